"""Gifts in every kind of trouble: for each reason, the facts that make it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from gifting.models import (
    HostedGift,
    Order,
    OutgoingMessage,
    Recording,
    Shipment,
    VendorCall,
    VideoContainer,
    WebhookReceipt,
)
from gifting.services.reasons import Reason

UPS = {"BACKEND": "gifting.carriers.ups.Ups", "OPTIONS": {"client_id": "id", "client_secret": "secret"}}
UPS_CODE = "1Z5R89390357567127"
Trouble = Callable[[VideoContainer, datetime], Any]


def change(gift: VideoContainer, **facts: Any) -> None:
    VideoContainer.objects.filter(pk=gift.pk).update(**facts)
    gift.refresh_from_db()


def mail(state: str, **facts: Any) -> Trouble:
    def make(gift: VideoContainer, now: datetime) -> OutgoingMessage:
        return OutgoingMessage.objects.create(
            container=gift, purpose="gift_ready", state=state, created_at=now, due_at=now,
            handed_at=now, last_error="The mail server refused the address.", **facts,
        )  # fmt: skip

    return make


def parcel(days: int = 0, **facts: Any) -> Trouble:
    def make(gift: VideoContainer, now: datetime) -> Shipment:
        told = {"code": UPS_CODE, "carrier": "ups", "state": "queued", **facts}
        return Shipment.objects.create(order=gift.order, created_at=now - timedelta(days=days), **told)

    return make


def video(state: str, **facts: Any) -> Trouble:
    def make(gift: VideoContainer, now: datetime) -> Recording:
        return Recording.objects.create(
            container=gift, state=state, attempts=5, due_at=now, created_at=now, **facts
        )

    return make


def no_address(gift: VideoContainer, now: datetime) -> None:
    Order.objects.filter(pk=gift.order_id).update(delivery="email", receiver_email="")


def hosted(gift: VideoContainer, now: datetime) -> VendorCall:
    HostedGift.objects.create(container=gift, backend="livstick")
    facts = {"action": "change", "state": "failed", "created_at": now, "due_at": now}
    return VendorCall.objects.create(container=gift, last_error="The account does not answer.", **facts)


def push(gift: VideoContainer, now: datetime) -> WebhookReceipt:
    return WebhookReceipt.objects.create(
        source="ups", key="1", body=b'{"name": "Bob"}', state="failed", due_at=now, received_at=now
    )


def at(days: int, field: str, **facts: Any) -> Trouble:
    """The gift has had this date for so many days."""

    def make(gift: VideoContainer, now: datetime) -> None:
        change(gift, **{field: now - timedelta(days=days)}, **facts)

    return make


TROUBLES: dict[Reason, Trouble] = {
    Reason.MAIL_BOUNCED: mail("bounced"),
    Reason.MAIL_FAILED: mail("failed"),
    Reason.MAIL_UNSURE: mail("unsure"),
    Reason.NO_ADDRESS: no_address,
    Reason.RETURNED: parcel(status="returned", state="done"),
    Reason.PROBLEM: parcel(status="problem"),
    Reason.CARRIER_UNKNOWN: parcel(carrier="", state="idle"),
    Reason.CARRIER_REFUSES: parcel(state="failed"),
    Reason.SILENT: parcel(days=6),
    Reason.GIVEN_UP: parcel(state="stopped"),
    Reason.UNSHIPPED: at(8, "created_at"),
    Reason.VIDEO_FAILED: video("failed"),
    Reason.VIDEO_REFUSED: video("refused", refusal="too_long"),
    Reason.HOSTED_FAILED: hosted,
    Reason.PUSH_FAILED: push,
    Reason.HELD_LONG: at(8, "held_at"),
    Reason.DATE_EMPTY: at(1, "send_at"),
    Reason.PRINTED_EMPTY: at(0, "printed_at"),
    Reason.DELIVERED_EMPTY: at(0, "delivered_at", state="delivered"),
}
