"""Where an account is reached: the published addresses by name, and those of any other server."""

from gifting.http import address_of, origin

BASES = {
    "production": "https://public.api.livstick.com/v3",
    "staging": "https://service.stage.livstick.com/v3",
}
WIDGET_PATH = "/widget/assets/widget.latest.js"
PUBLISHED_WIDGET = f"https://app.livstick.com{WIDGET_PATH}"
PUBLISHED_ORIGINS = "https://*.livstick.com"


def base_of(name: str) -> str:
    """The base URL of `production`, `staging`, or of an address that is one. Raises ValueError for others."""
    return address_of(name, BASES)


def widget_of(base: str) -> str:
    """The widget's script that belongs to a base URL."""
    return PUBLISHED_WIDGET if base in BASES.values() else f"{origin(base)}{WIDGET_PATH}"


def origins(name: str, widget_url: str = "") -> list[str]:
    """What a Content Security Policy must allow, so that a page can show the widget of this base."""
    base = base_of(name)
    own = PUBLISHED_ORIGINS if base in BASES.values() else origin(base)
    return sorted({own, origin(widget_url) if widget_url else own})
