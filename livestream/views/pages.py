"""What all pages share: the visitor's language, the channel's look, headers, and forms without cookies."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from livestream.models import LiveStream
from livestream.policy import policy
from livestream.services import languages


def page(
    request: HttpRequest,
    template: str,
    *,
    stream: LiveStream,
    context: Mapping[str, Any],
    frames: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    """A page in the language that is in force and the channel's look."""
    html = render_to_string(template, {"stream": stream, "channel": stream.channel, **context}, request)
    peers = (stream.channel.basket_url, stream.captions_url)
    headers = {
        "Cache-Control": "private, no-cache",
        "Content-Language": translation.get_language(),
        "Content-Security-Policy": policy(is_secure=request.is_secure(), peers=peers, frames=frames),
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }
    response = HttpResponse(html, status=status, headers=headers)
    patch_vary_headers(response, ["Accept-Language"])
    return response


def language(request: HttpRequest, stream: LiveStream) -> str:
    """What the address asks for (`?lang=de`), else the browser, else the channel's."""
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500])
    tags = (tag for tag, _weight in accepted)
    return languages.spoken(request.GET.get("lang", "")[:35], *tags, stream.channel.default_language)


def is_from_here(request: HttpRequest) -> bool:
    """Whether one of our own pages sent the form. Browsers say so themselves; older ones name its origin.

    This stands for Django's token, which needs a cookie that a frame in a shop's page does not get.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    try:
        return urlsplit(request.headers.get("Origin", "")).netloc == request.get_host()
    except ValueError:  # Not an address at all.
        return False
