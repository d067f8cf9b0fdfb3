"""What the recording widget reads and writes as JSON: its container's document and the giver's note."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from pydantic import BaseModel, ConfigDict, Field

from gifting.api import cors, edit_key
from gifting.api.bodies import read_body
from gifting.conf import conf
from gifting.dto import Actor, ActorKind
from gifting.models import Brand, Recording, VideoContainer
from gifting.models.containers import NOTE_MAX
from gifting.services import languages, links, notes, recordings

State = VideoContainer.State
GIVER = Actor(ActorKind.GIVER)
LOCKED = {
    State.ACTIVATED: "activated",
    State.DELIVERED: "activated",
    State.EXPIRED: "expired",
    State.CANCELLED: "cancelled",
}
PHASES = {Recording.State.QUEUED: "processing"}


class Note(BaseModel):
    """The giver's words. `alone`: they are the whole message."""

    model_config = ConfigDict(strict=True)

    note: str = Field(max_length=65_536)  # Only a bounded text is proved to be valid Unicode.
    alone: bool = False


@csrf_exempt
@login_not_required
def container(request: HttpRequest, urid: str) -> HttpResponse:
    """GET: everything that the widget shows. Needs the header `X-Edit-Key`."""
    return _serve(request, urid, {"GET": _read})


@csrf_exempt
@login_not_required
def note(request: HttpRequest, urid: str) -> HttpResponse:
    """PUT `{"note", "alone"}`: keep the note, answer with the document. Needs the header `X-Edit-Key`."""
    return _serve(request, urid, {"PUT": _write})


def _serve(request: HttpRequest, urid: str, methods: dict[str, cors.Handler[VideoContainer]]) -> HttpResponse:
    return cors.serve(
        request,
        find=lambda: links.open_giver_link(urid=urid),
        brand_of=lambda found: found.order.brand,
        methods=methods,
    )


def _read(request: HttpRequest, found: VideoContainer) -> HttpResponse:
    edit_key.check(request, found)
    return JsonResponse(document(found), headers={"Cache-Control": "no-store"})


def _write(request: HttpRequest, found: VideoContainer) -> HttpResponse:
    edit_key.check(request, found)
    said = read_body(request, Note)
    changed = notes.write_note(
        container=found, note=said.note, alone=said.alone, actor=GIVER, now=timezone.now()
    )
    return JsonResponse(document(changed), headers={"Cache-Control": "no-store"})


def document(found: VideoContainer) -> dict[str, Any]:
    """The container as the widget knows it: names in camelCase, sizes in bytes, times in seconds."""
    order = found.order
    may_record = recordings.may_record(found) and not found.is_hosted
    return {
        "urid": found.urid,
        "state": found.state,
        "canRecord": may_record,
        "lockedReason": None if may_record else LOCKED.get(State(found.state)),
        "brand": _brand(order.brand),
        "receiverName": order.receiver_name,
        "note": found.note,
        "noteMax": NOTE_MAX,
        "maxSeconds": conf().MAX_VIDEO_SECONDS,
        "maxBytes": conf().MAX_UPLOAD_BYTES,
        "maxChunkBytes": conf().MAX_CHUNK_BYTES,
        "language": languages.spoken(order),
        "recording": _recording(found, order.brand),
        "previewUrl": found.preview_url,
    }


def _brand(brand: Brand) -> dict[str, Any]:
    logo = brand.url(reverse("gifting:logo", args=[brand.slug])) if brand.logo else None
    return {"name": brand.name, "accentColor": brand.accent_color, "logoUrl": logo}


def _recording(found: VideoContainer, brand: Brand) -> dict[str, Any] | None:
    """The newest one: what became of the last video that the giver handed in."""
    newest = found.recordings.order_by("-pk").first()
    if newest is None:
        return None
    is_ready = newest.state == Recording.State.READY
    media = links.media_links(newest) if is_ready else None
    return {
        "state": PHASES.get(Recording.State(newest.state), newest.state),
        "refusal": newest.refusal or None,
        "videoUrl": brand.url(media.video) if media else None,
        "posterUrl": brand.url(media.poster) if media else None,
        "durationSeconds": newest.duration_ms / 1000 if is_ready and newest.duration_ms else None,
    }
