"""What the calls answer: plain JSON, built by hand in the order of the contract."""

import json
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse

from gifting.models import Brand, Recording, VideoContainer
from gifting.services import links


def reply(body: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """JSON that no cache keeps: it holds keys and mail addresses."""
    return HttpResponse(
        json.dumps(body),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def ok() -> HttpResponse:
    return reply({"result": "ok"})


def opened(container: VideoContainer) -> dict[str, Any]:
    """The five fields that a shop stores; those of a hosted account, once the gift is open there."""
    is_there = container.is_hosted and container.hosted.urid
    return {
        "crid": container.order.number,
        "urid": container.hosted.urid if is_there else container.urid,
        "state": container.state,
        "editKey": container.hosted.edit_key if is_there else str(container.edit_key),
        "links": {"recordingUrl": container.recording_url, "previewUrl": container.preview_url},
    }


def _opened(brand: Brand, crid: str, facts: Any) -> dict[str, Any]:
    """The same, from facts."""
    return {
        "crid": crid,
        "urid": facts.hosted__urid or facts.urid,
        "state": facts.state,
        "editKey": facts.hosted__edit_key or str(facts.edit_key),
        "links": {
            "recordingUrl": facts.hosted__recording_url or brand.url(f"/{facts.urid}"),
            "previewUrl": facts.hosted__preview_url or brand.url(f"/preview/{facts.urid}"),
        },
    }


def details(brand: Brand, crid: str, facts: Any) -> dict[str, Any]:
    """The five fields and all that is known; what is not is null."""
    return {
        **_opened(brand, crid, facts),
        "email": facts.order__giver_email,
        "receiverEmail": facts.order__receiver_email or None,
        "language": facts.order__language or None,
        "additionalData": facts.order__additional_data or None,
        "shipment": _shipment(facts) if facts.order__shipments__pk else None,
        "activatedAt": _time(facts.activated_at),
        "recordedAt": _time(facts.recorded_at),
        "deliveredAt": _time(facts.delivered_at),
        "expiresAt": _time(facts.expires_at),
        "video": _video(brand, facts) if facts.recording__pk else None,
    }


def _shipment(facts: Any) -> dict[str, Any]:
    return {
        "code": facts.order__shipments__code or None,
        "carrier": facts.order__shipments__carrier or None,
        "status": facts.order__shipments__status,
        "deliveredAt": _time(facts.order__shipments__delivered_at),
    }


def _video(brand: Brand, facts: Any) -> dict[str, Any]:
    length = facts.recording__duration_ms
    return {
        "durationSeconds": None if length is None else length / 1000,
        "width": facts.recording__width,
        "height": facts.recording__height,
        "posterUrl": brand.url(links.media_links(Recording(pk=facts.recording__pk)).poster),
    }


def _time(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
