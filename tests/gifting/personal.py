"""A gift with something personal in every column that can hold words, and a look for it in all tables."""

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models

from gifting.dto import Actor, ActorKind
from gifting.models import (
    HostedGift,
    OutgoingMessage,
    Recording,
    TrackingEvent,
    Upload,
    VendorCall,
    VideoContainer,
)
from gifting.models.files import gift_storage
from gifting.services import containers, journal, notes

GIVER, RECEIVER = "Quentin@Example.com", "wilhelmina@example.com"
CODE = "1ZNEEDLE99"
SECRETS = ("quentin", "wilhelmina", "emerald", "pond", "needle", "zeppelin")
MAILS = OutgoingMessage.State
ORDER = {
    "email": GIVER,
    "receiver_email": RECEIVER,
    "additional_data": {
        "senderFirstName": "Quentin",
        "receiverFirstName": "Wilhelmina",
        "productName": "Emerald Ring",
        "engraving": "zeppelin",
    },
}
"""What a shop says: `new_container(**ORDER)`."""


def fill(gift: VideoContainer, *, now: datetime) -> VideoContainer:
    """Everything that can happen to a gift has happened to it: it is delivered, seen, and full of data."""
    giver, staff = Actor(ActorKind.GIVER), Actor(ActorKind.STAFF, "maria")
    gift = notes.write_note(container=gift, note="Meet me at the pond.", alone=False, actor=giver, now=now)
    _record(gift, now=now)
    _hand_in(gift, now=now)
    containers.change_container(
        container=gift, changes={"shipmentCode": CODE, "shipmentCarrier": "ups"}, actor=staff, now=now
    )
    containers.activate(container=gift, actor=staff, now=now)
    journal.write(gift, "changed", actor=staff, now=now, was=RECEIVER, file="zeppelin.webm")
    _hear(gift, now=now)
    _mail(gift, now=now)
    _host(gift, now=now)
    gift.refresh_from_db()
    gift.hidden_reason = "Quentin swears."
    gift.save()
    return gift


def _record(gift: VideoContainer, *, now: datetime) -> None:
    gift.recording = Recording(container=gift, state="ready", due_at=now, created_at=now, ready_at=now)
    gift.recording.save()
    for field, content in (("video", b"film"), ("poster", b"picture")):
        name = f"gifts/{gift.urid}/{gift.recording.pk}/{field}"
        setattr(gift.recording, field, gift_storage().save(name, ContentFile(content)))
    gift.recording.save()
    containers.message_ready(gift, now=now)


def _hand_in(gift: VideoContainer, *, now: datetime) -> None:
    """Another film that could not be prepared."""
    upload = Upload.objects.create(
        container=gift,
        uid=f"upload-{gift.urid}",
        parts=[f"uploads/upload-{gift.urid}/1"],
        metadata={"filename": "zeppelin.webm"},
        created_at=now,
        expires_at=now + timedelta(days=1),
        finished_at=now,
    )
    gift_storage().save(upload.parts[0], ContentFile(b"film"))
    facts = {"state": "failed", "last_error": "zeppelin.webm broke", "due_at": now, "created_at": now}
    Recording.objects.create(container=gift, upload=upload, **facts)


def _hear(gift: VideoContainer, *, now: datetime) -> None:
    facts = {"code": CODE, "label": "Left with Wilhelmina", "happened_at": now, "received_at": now}
    shipment = gift.order.shipments.get()
    for owner in (shipment, None):
        TrackingEvent.objects.create(shipment=owner, status="delivered", source="ups", **facts)
    gift.order.shipments.update(last_error="Nobody knows NEEDLE")


def _mail(gift: VideoContainer, *, now: datetime) -> None:
    states = {
        "gift_ready": MAILS.SENT,
        "nothing_recorded": MAILS.FAILED,
        "invitation": MAILS.BOUNCED,
        "seen": MAILS.QUEUED,
        "warning_giver": MAILS.HELD,
        "warning_receiver": MAILS.UNSURE,
    }
    for purpose, state in states.items():
        row = {"state": state, "last_error": f"{RECEIVER} is unknown", "created_at": now}
        OutgoingMessage.objects.update_or_create(container=gift, purpose=purpose, defaults=row)


def _host(gift: VideoContainer, *, now: datetime) -> None:
    words = dict.fromkeys(("recording_url", "preview_url", "watch_url"), "https://vendor.example/needle")
    named = {"urid": "needle", "edit_key": "needle", "state": "needle"}
    HostedGift.objects.create(container=gift, backend="livstick", opened_at=now, **words, **named)
    VendorCall.objects.create(
        container=gift, action="open", payload={"email": GIVER}, last_error="needle", created_at=now
    )


def tell_tales(*secrets: str) -> list[str]:
    """Where something personal still stands: `Model.column`."""
    wanted = secrets or SECRETS
    return sorted(
        {
            f"{model.__name__}.{column}"
            for model in apps.get_app_config("gifting").get_models()
            for row in model._default_manager.values()
            for column, value in row.items()
            if any(secret in _text(value).lower() for secret in wanted)
        }
    )


def wordy_columns() -> set[str]:
    """Every column in which somebody could write something: `Model.column`."""
    wordy = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField)
    return {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("gifting").get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, wordy) and not field.choices
    }


def _text(value: Any) -> str:
    return bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else repr(value)
