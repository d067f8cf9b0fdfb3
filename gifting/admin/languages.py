"""Languages to choose from in forms."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _


def language_choices(current: str, *, blank: bool) -> list[tuple[str, str]]:
    """The site's languages, and `current` where a shop sent one that the site has no translation for."""
    choices = [("", _("the brand's language"))] if blank else []
    choices += settings.LANGUAGES
    if current and current not in dict(choices):
        choices.append((current, current))
    return choices
