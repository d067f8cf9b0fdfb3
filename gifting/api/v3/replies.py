"""What the calls answer: plain JSON, built by hand in the order of the contract."""

import json
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse

from gifting.models import Brand, Recording
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


def opened(brand: Brand, crid: str, container: Any) -> dict[str, Any]:
    """The five fields that a shop stores, from a container or from its facts."""
    return {
        "crid": crid,
        "urid": container.urid,
        "state": container.state,
        "editKey": str(container.edit_key),
        "links": {
            "recordingUrl": brand.url(f"/{container.urid}"),
            "previewUrl": brand.url(f"/preview/{container.urid}"),
        },
    }


def details(brand: Brand, crid: str, facts: Any) -> dict[str, Any]:
    """The five fields and all that is known; what is not is null."""
    return {
        **opened(brand, crid, facts),
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
