"""What needs attention is found by an index among very many gifts that need none."""

import uuid
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from gifting.models import (
    Brand,
    Order,
    OutgoingMessage,
    Recording,
    Shipment,
    VendorCall,
    VideoContainer,
    WebhookReceipt,
)
from gifting.services import attention
from gifting.services.reasons import Reason
from tests.gifting.troubles import UPS

MANY = 3_000
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads small shops whole."),
]
INDEXES = {
    **dict.fromkeys([Reason.MAIL_BOUNCED, Reason.MAIL_FAILED, Reason.MAIL_UNSURE], "gifting_message_trouble"),
    Reason.NO_ADDRESS: "gifting_order_no_address",
    **dict.fromkeys([Reason.RETURNED, Reason.PROBLEM], "gifting_shipment_trouble"),
    **dict.fromkeys(
        [Reason.CARRIER_UNKNOWN, Reason.CARRIER_REFUSES, Reason.GIVEN_UP], "gifting_shipment_under_way"
    ),
    Reason.SILENT: "gifting_shipment_silent",
    Reason.UNSHIPPED: "gifting_container_unsent",
    **dict.fromkeys([Reason.VIDEO_FAILED, Reason.VIDEO_REFUSED], "gifting_recording_trouble"),
    Reason.HOSTED_FAILED: "gifting_vendor_call_failed",
    Reason.PUSH_FAILED: "gifting_receipt_failed",
    Reason.HELD_LONG: "gifting_container_held",
    Reason.DATE_EMPTY: "gifting_container_date_empty",
    **dict.fromkeys([Reason.PRINTED_EMPTY, Reason.DELIVERED_EMPTY], "gifting_container_empty"),
}


@pytest.fixture
def many_gifts(brand: Brand, now: datetime) -> None:
    """One in ten is under way, with news of its parcel; the others are delivered."""
    at = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    orders = Order.objects.bulk_create(
        Order(brand=brand, number=str(n), giver_email="a@b.example", created_at=at) for n in range(MANY)
    )
    gifts = VideoContainer.objects.bulk_create(
        VideoContainer(
            order=order, urid=f"{order.pk:010}", edit_key=uuid.uuid4(), watch_token=f"token-{order.pk}",
            state="delivered" if order.pk % 10 else "recorded", created_at=at, recorded_at=at,
        )
        for order in orders
    )  # fmt: skip
    under_way = {"state": "queued", "heard_at": now}
    arrived = {"state": "done", "delivered_at": at}
    Shipment.objects.bulk_create(
        Shipment(
            order=one, code="1Z", carrier="ups", created_at=at, **(arrived if one.pk % 10 else under_way)
        )
        for one in orders
    )
    OutgoingMessage.objects.bulk_create(
        OutgoingMessage(container=one, purpose="gift_ready", state="sent", created_at=at) for one in gifts
    )
    Recording.objects.bulk_create(Recording(container=one, state="ready", created_at=at) for one in gifts)
    VendorCall.objects.bulk_create(
        VendorCall(container=one, action="open", state="done", created_at=at) for one in gifts
    )
    WebhookReceipt.objects.bulk_create(
        WebhookReceipt(source="ups", key=str(n), body=b"", state="done", received_at=at) for n in range(MANY)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_every_question_has_its_index() -> None:
    assert INDEXES.keys() == set(Reason)


@pytest.mark.usefixtures("many_gifts")
def test_each_reason_is_read_by_its_index(now: datetime, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "CARRIERS": {"ups": UPS}}
    for reason, index in INDEXES.items():
        rule = attention.RULES[reason]
        rows = rule.table.model.objects.filter(rule.when(now))
        assert index in rows.order_by()[: attention.CAP].explain(), reason
        assert index in rows.order_by(rule.longest)[:3].explain(), reason
