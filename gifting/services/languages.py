"""Which language an order's pages and mails are in."""

from django.conf import settings
from django.utils.translation import get_supported_language_variant

from gifting.models import Order


def spoken(order: Order) -> str:
    """The first that this site speaks: the order's language, the brand's, the site's."""
    wished = (order.language, order.brand.default_language)
    return next((code for tag in wished if (code := _supported(tag))), settings.LANGUAGE_CODE)


def _supported(tag: str) -> str:
    """`de` for `de-CH`; empty where nothing of it is in LANGUAGES."""
    try:
        return get_supported_language_variant(tag.lower()) if tag else ""
    except LookupError:
        return ""
