"""Which language pages and mails are in."""

from django.conf import settings
from django.utils.translation import get_supported_language_variant


def spoken(*wished: str) -> str:
    """The first of the wished tags that this site speaks (`de` for `de-CH`), else the site's own language."""
    return next((code for tag in wished if (code := supported(tag))), settings.LANGUAGE_CODE)


def supported(tag: str) -> str:
    """The site's code for the tag; empty where nothing of it is in LANGUAGES."""
    try:
        return get_supported_language_variant(tag.lower()) if tag else ""
    except LookupError:
        return ""
