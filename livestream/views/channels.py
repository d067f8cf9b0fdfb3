"""A channel's look: its color as a stylesheet, and its logo. Public, and the same for everybody."""

from hashlib import sha256
from pathlib import PurePosixPath

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from livestream import colors
from livestream.models import Channel

LOGO_CSP = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"
LOGO_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}
THEME = """\
:root {{
  --lv-accent: {accent};
  --lv-on-accent: {on_accent};
  --lv-accent-text: {by_day};
}}

@media (prefers-color-scheme: dark) {{
  :root {{
    --lv-accent-text: {by_night};
  }}
}}
"""


@login_not_required
@require_safe
def theme(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The accent as custom properties, with shades of it that can be read by day and at night."""
    accent = colors.accent(get_object_or_404(Channel, slug=slug).accent_color)
    css = THEME.format(
        accent=accent,
        on_accent=colors.readable_on(accent),
        by_day=colors.readable_as_text(accent, surface=colors.DAY),
        by_night=colors.readable_as_text(accent, surface=colors.NIGHT),
    )
    return cacheable(request, css.encode(), "text/css; charset=utf-8", seconds=3600)


@login_not_required
@require_safe
def logo(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The uploaded picture. An SVG opened as a page of its own can run nothing and load nothing."""
    channel = get_object_or_404(Channel, slug=slug)
    media_type = LOGO_TYPES.get(PurePosixPath(channel.logo.name or "").suffix.lower())
    if media_type is None:
        raise Http404
    response = cacheable(request, _logo_bytes(channel), media_type, seconds=3600)
    response["Content-Security-Policy"] = LOGO_CSP
    return response


def _logo_bytes(channel: Channel) -> bytes:
    try:
        with channel.logo.open() as file:
            data: bytes = file.read()
    except FileNotFoundError:
        raise Http404 from None
    return data


def cacheable(request: HttpRequest, body: bytes, media_type: str, *, seconds: int) -> HttpResponseBase:
    """A public file that browsers keep for so long, and then ask whether it changed."""
    etag = f'"{sha256(body).hexdigest()[:24]}"'
    response = HttpResponse(body, content_type=media_type)
    answer = get_conditional_response(request, etag=etag, response=response) or response
    answer["ETag"], answer["Cache-Control"] = etag, f"public, max-age={seconds}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
