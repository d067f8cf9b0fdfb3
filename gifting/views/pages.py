"""What all pages share: the order's language, the brand's look, and headers that keep them private."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import translation

from gifting.conf import conf
from gifting.models import Order, VideoContainer
from gifting.services import languages, links

PRIVATE = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


def page(request: HttpRequest, template: str, *, order: Order, context: Mapping[str, Any]) -> HttpResponse:
    """A page in the order's language and its brand's look. Of the order the template sees `context` only."""
    with translation.override(languages.spoken(order)):
        html = render_to_string(template, {"brand": order.brand, **context}, request)
        return HttpResponse(html, headers={**PRIVATE, "Content-Language": translation.get_language()})


def elsewhere(address: str) -> HttpResponse:
    """To the page that a hosted gift has in its account."""
    return HttpResponseRedirect(address, headers=PRIVATE)


def message_context(container: VideoContainer) -> dict[str, Any]:
    """A message as the receiver and the giver's preview show it.

    `recording` and `media` are None for a note alone; the links of `media` open for `media_seconds`.
    """
    recording = container.recording
    return {
        "container": container,
        "order": container.order,
        "recording": recording,
        "media": links.media_links(recording) if recording else None,
        "media_seconds": conf().MEDIA_URL_SECONDS,
    }


def not_found(request: HttpRequest, template: str = "gifting/not_found.html") -> HttpResponse:
    """A friendly 404 in the visitor's language, the same for everything that is not there."""
    return HttpResponse(render_to_string(template, request=request), status=404, headers=PRIVATE)
