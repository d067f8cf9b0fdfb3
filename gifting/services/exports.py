"""A copy of everything that is held on one person: as JSON, or as a ZIP file with the videos."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import IO, Any
from zipfile import ZipFile

from django.db.models import QuerySet

from gifting.conf import conf
from gifting.models import (
    Brand,
    JournalEntry,
    Order,
    Recording,
    Shipment,
    VideoContainer,
    WebhookReceipt,
)
from gifting.services import files, links, pack_persons, privacy

Document = dict[str, Any]
Video = Callable[[Recording], Document]
DATES = (
    *("created_at", "recorded_at", "printed_at", "activated_at", "delivered_at", "seen_at"),
    *("send_at", "held_at", "recalled_at", "hidden_at", "warned_at", "expires_at"),
)


def export_person(*, address: str, now: datetime) -> Document:
    """What is held on the person, ready for JSON. Links to videos open for `MEDIA_URL_SECONDS`.

    Of the other person on a gift it has the first name, as the gift itself says it, and no address.
    """
    until = now + timedelta(seconds=conf().MEDIA_URL_SECONDS)

    def link(recording: Recording) -> Document:
        path = links.media_links(recording, for_staff=True).video
        return {"link": recording.container.order.brand.url(f"{path}?download"), "opens_until": _time(until)}

    return _held(address, link, now=now)


def export_archive(*, address: str, target: IO[bytes], now: datetime) -> int:
    """Write the same as a ZIP file, with the videos in it: how many gifts. Raises Unavailable."""
    with ZipFile(target, "w") as archive:

        def pack(recording: Recording) -> Document:
            name = f"videos/{recording.container.urid}.mp4"
            return {"file": name if _pack(recording, archive, name) else None}

        held = _held(address, pack, now=now)
        archive.writestr("person.json", as_json(held))
    return len(held["gifts"])


def export_pack_user(*, brand: Brand, user: str, target: IO[bytes], now: datetime) -> int:
    """Write what is held on a user of gift packs as such a ZIP file: how many gifts. Raises Invalid."""
    held = pack_persons.export(brand=brand, user=user, now=now)
    with ZipFile(target, "w") as archive:
        archive.writestr("person.json", as_json(held))
    return len(held["sent"]) + len(held["received"])


def as_json(held: Document) -> str:
    """As people read it."""
    return json.dumps(held, indent=2, ensure_ascii=False)


def _pack(recording: Recording, archive: ZipFile, name: str) -> bool:
    """False where the storage has lost the file."""
    stored = recording.video.name or ""
    if not stored or not files.is_there(stored):
        return False
    with archive.open(name, "w") as packed:
        files.copy(stored, packed)
    return True


def _held(address: str, video: Video, *, now: datetime) -> Document:
    pushes = WebhookReceipt.objects.filter(pk__in=privacy.pushes_on(address)).order_by("received_at")
    return {
        "address": address,
        "exported_at": _time(now),
        "gifts": [_gift(order, address, video) for order in _orders(address)],
        "pushes_from_carriers": [_push(receipt) for receipt in pushes],
    }


def _orders(address: str) -> QuerySet[Order]:
    found = privacy.find_person(address).select_related("brand", "container__recording")
    related = ("shipments__events", "container__messages", "container__journal", "container__uploads")
    return found.prefetch_related(*related).order_by("created_at")


def _gift(order: Order, address: str, video: Video) -> Document:
    is_giver = order.giver_email.lower() == address.strip().lower()
    is_receiver = order.receiver_email.lower() == address.strip().lower()
    return {
        "order": order.number,
        "shop": order.brand.name,
        "roles": [role for role, applies in (("giver", is_giver), ("receiver", is_receiver)) if applies],
        "ordered_at": _time(order.created_at),
        "giver": order.giver_name,
        "receiver": order.receiver_name,
        "product": order.product_name,
        "language": order.language,
        "sent_by_the_shop": order.additional_data if is_giver else {},
        "parcels": [_parcel(shipment) for shipment in order.shipments.all()],
        "message": _message(container, video) if (container := getattr(order, "container", None)) else None,
    }


def _message(container: VideoContainer, video: Video) -> Document:
    return {
        "state": container.state,
        **{name: _time(getattr(container, name)) for name in DATES},
        "note": container.note,
        "hidden_because": container.hidden_reason,
        "video": _video(container.recording, video) if container.recording else None,
        "uploads": [
            {"begun_at": _time(one.created_at), "bytes": one.offset} for one in container.uploads.all()
        ],
        "mails": [
            {"purpose": mail.purpose, "state": mail.state, "sent_at": _time(mail.sent_at)}
            for mail in container.messages.all()
        ],
        "journal": [_entry(entry) for entry in container.journal.all()],
    }


def _entry(entry: JournalEntry) -> Document:
    """Its detail is apart: it may have an `at` of its own."""
    who = entry.actor.partition(":")[0]
    return {"at": _time(entry.at), "who": who, "what": entry.event, "detail": entry.detail}


def _video(recording: Recording, video: Video) -> Document:
    facts = {"seconds": (recording.duration_ms or 0) / 1000, "bytes": recording.size_bytes}
    return {"ready_at": _time(recording.ready_at), **facts, **video(recording)}


def _parcel(shipment: Shipment) -> Document:
    return {
        "carrier": shipment.carrier,
        "code": shipment.code,
        "status": shipment.status,
        "delivered_at": _time(shipment.delivered_at),
        "news": [
            {"at": _time(event.happened_at), "status": event.status, "words": event.label, "by": event.source}
            for event in shipment.events.all()
        ],
    }


def _push(receipt: WebhookReceipt) -> Document:
    text = bytes(receipt.body).decode(errors="replace")
    return {"from": receipt.source, "received_at": _time(receipt.received_at), "text": text}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
