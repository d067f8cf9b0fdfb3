"""The page of a livestream, and the same to be shown in a frame of any shop."""

from dataclasses import asdict
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from livestream.conf import conf
from livestream.dto import Audience, Chapter, LiveState, Mode
from livestream.models import LiveStream
from livestream.services import buses, chapters, reminders, state, trays
from livestream.services.trays import TrayItem
from livestream.views import pages
from livestream.views.audiences import audience_of
from livestream.views.reminders import sentence
from livestream.views.streams import stream_or_404
from livestream.views.words import words

Status = LiveStream.Status
FACTS = ("state", "ticket", "moments")
INDEXED = frozenset({Status.IDLE, Status.ACTIVE, Status.PAUSED, Status.REPLAY})


@login_not_required
@require_safe
def watch(request: HttpRequest, public_id: str) -> HttpResponse:
    """The viewer page. With `?rehearsal=1` staff see the rehearsal."""
    stream = stream_or_404(public_id)
    with translation.override(pages.language(request, stream)):
        context = _context(request, stream, audience=audience_of(request), in_frame=False)
        response = pages.page(request, "livestream/watch.html", stream=stream, context=context)
    if not context["is_indexed"]:
        response["X-Robots-Tag"] = "noindex"
    return response


@login_not_required
@require_safe
@xframe_options_exempt  # The policy names who may show it.
def embed(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same without a header, for the frame that `embed.js` makes."""
    stream = stream_or_404(public_id)
    frames = ("'self'", *stream.channel.embed_origins)
    with translation.override(pages.language(request, stream)):
        context = _context(request, stream, audience=Audience.PUBLIC, in_frame=True)
        response = pages.page(request, "livestream/embed.html", stream=stream, context=context, frames=frames)
    response["X-Robots-Tag"] = "noindex"
    return response


def _context(
    request: HttpRequest, stream: LiveStream, *, audience: Audience, in_frame: bool
) -> dict[str, Any]:
    """What the templates see; `page` is what the scripts see."""
    shown, tray = state.build(stream, audience), trays.tray(stream)
    is_replay = shown.player.mode == Mode.REPLAY and bool(shown.player.src)
    moments = chapters.chapters(stream) if is_replay else []
    address = stream.channel.url(reverse("livestream:watch", args=[stream.public_id]))
    basket = {"url": stream.channel.basket_url, "shown": in_frame or bool(stream.channel.basket_url)}
    return {
        "state": shown,
        "tray": tray,
        "chapters": moments,
        "is_staff_view": audience == Audience.STAFF,
        "is_indexed": audience == Audience.PUBLIC and shown.status in INDEXED,
        "in_frame": in_frame,
        "can_remind": reminders.can_ask(stream, now=timezone.now()),
        "said": sentence(request.GET.get("reminder", "")),
        "url": request.build_absolute_uri(address),
        "picture": stream.poster_url and request.build_absolute_uri(stream.poster_url),
        "page": {
            **_page(stream, shown, audience, tray, moments),
            "basket": basket,
            "hosts": stream.channel.embed_origins if in_frame else [],
        },
    }


def _page(
    stream: LiveStream,
    shown: LiveState,
    audience: Audience,
    tray: tuple[TrayItem, ...],
    moments: list[Chapter],
) -> dict[str, Any]:
    own, query = [stream.public_id], "?rehearsal=1" if audience == Audience.STAFF else ""
    return {
        "state": asdict(shown),
        "chapters": [asdict(one) for one in moments],
        "tray": [asdict(item.card) for item in tray],
        "choices": {item.card.id: [asdict(one) for one in item.choices] for item in tray if item.choices},
        "urls": {
            **{name: reverse(f"livestream:{name}", args=own) + query for name in FACTS},
            "products": reverse("livestream:watch", args=own) + "products/",
        },
        "events": buses.events_url(stream=stream.pk, audience=audience),
        "counts": audience == Audience.PUBLIC,
        "hls": conf().HLS_JS_URL,
        "language": translation.get_language(),
        "starts": stream.scheduled_at.isoformat(),
        "words": words(),
    }
