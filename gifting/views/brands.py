"""A brand's look: its colors as a stylesheet, and its logo. Public, and the same for everybody."""

from hashlib import sha256
from pathlib import PurePosixPath

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from gifting import colors
from gifting.models import Brand
from gifting.services.cards import LOGO_TYPES

LOGO_CSP = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"
THEME = """\
:root {{
  --gc-accent: {accent};
  --gc-on-accent: {on_accent};
  --gc-accent-text: {by_day};
}}

@media (prefers-color-scheme: dark) {{
  :root {{
    --gc-accent-text: {by_night};
  }}
}}
"""
MY_GIFTS_THEME = """\
.gc-mine {{
  --gc-mine-accent: {accent};
  --gc-mine-on-accent: {on_accent};
}}
"""


@login_not_required
@require_safe
def theme(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The accent as custom properties, with shades of it that can be read by day and at night."""
    brand = get_object_or_404(Brand, slug=slug)
    return _cacheable(request, theme_css(brand.accent_color).encode(), "text/css; charset=utf-8")


def theme_css(color: str) -> str:
    """The stylesheet of one accent color."""
    accent = colors.accent(color)
    return THEME.format(
        accent=accent,
        on_accent=colors.readable_on(accent),
        by_day=colors.readable_as_text(accent, surface=colors.DAY),
        by_night=colors.readable_as_text(accent, surface=colors.NIGHT),
    )


@login_not_required
@require_safe
def my_gifts_theme(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The accent for `{% my_gift_packs %}` alone: around it is a page of the shop, with colors of its own."""
    accent = colors.accent(get_object_or_404(Brand, slug=slug).accent_color)
    css = MY_GIFTS_THEME.format(accent=accent, on_accent=colors.readable_on(accent))
    return _cacheable(request, css.encode(), "text/css; charset=utf-8")


@login_not_required
@require_safe
def logo(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The uploaded picture. An SVG opened as a page of its own can run nothing and load nothing."""
    brand = get_object_or_404(Brand, slug=slug)
    media_type = LOGO_TYPES.get(PurePosixPath(brand.logo.name or "").suffix.lower())
    if media_type is None:
        raise Http404
    response = _cacheable(request, _logo_bytes(brand), media_type)
    response["Content-Security-Policy"] = LOGO_CSP
    return response


def _logo_bytes(brand: Brand) -> bytes:
    try:
        with brand.logo.open() as file:
            data: bytes = file.read()
    except FileNotFoundError:
        raise Http404 from None
    return data


def _cacheable(request: HttpRequest, body: bytes, media_type: str) -> HttpResponseBase:
    etag = f'"{sha256(body).hexdigest()[:24]}"'
    headers = {"Cache-Control": "public, max-age=3600", "ETag": etag, "X-Content-Type-Options": "nosniff"}
    response = HttpResponse(body, content_type=media_type, headers=headers)
    return get_conditional_response(request, etag=etag, response=response) or response
