"""PATCH /v3/containers/{crid}: the shipment, the receiver, the language, the additional data."""

from datetime import datetime
from typing import Any

import pytest

from gifting.dto import Actor, ActorKind
from gifting.models import JournalEntry, Order, Shipment, VideoContainer
from gifting.services import containers, deliveries
from tests.wire.shop import NEW, Shop, address, assert_error

pytestmark = pytest.mark.django_db
STAFF = Actor(ActorKind.STAFF, "maria")
CHANGES: dict[str, Any] = {
    "receiverEmail": "carol@example.com",
    "language": "fr",
    "additionalData": {"receiverFirstName": "Carol"},
}


@pytest.mark.parametrize("field", CHANGES)
def test_a_field_is_changed_alone(shop: Shop, crid: str, field: str) -> None:
    shop.patch(crid, **{field: CHANGES[field]})
    known = shop.get(crid).json()
    assert {name: known[name] for name in NEW} == NEW | {field: CHANGES[field]}


def test_all_can_be_changed_at_once(shop: Shop, crid: str) -> None:
    shop.patch(crid, **CHANGES, shipmentCode="1Z9", shipmentCarrier="dhl")
    known = shop.get(crid).json()
    assert {name: known[name] for name in CHANGES} == CHANGES
    assert known["shipment"]["carrier"] == "dhl"


def test_new_names_reach_the_card(shop: Shop, crid: str) -> None:
    shop.patch(crid, additionalData={"receiverFirstName": "Carol"})
    assert Order.objects.get().receiver_name == "Carol"


def test_code_and_carrier_may_come_one_after_the_other(shop: Shop, crid: str) -> None:
    shop.patch(crid, shipmentCode="1Z9")
    shop.patch(crid, shipmentCarrier="ups")
    shipment = shop.get(crid).json()["shipment"]
    assert (shipment["code"], shipment["carrier"]) == ("1Z9", "ups")


def test_a_wrong_code_can_be_corrected_while_the_parcel_is_under_way(shop: Shop, crid: str) -> None:
    shop.patch(crid, shipmentCode="WRONG")
    shop.patch(crid, shipmentCode="RIGHT")
    assert [parcel.code for parcel in Shipment.objects.all()] == ["RIGHT"]


def test_the_same_shipment_again_changes_nothing(shop: Shop, crid: str) -> None:
    shop.patch(crid, shipmentCode="1Z9", shipmentCarrier="ups")
    before = JournalEntry.objects.count()
    assert shop.patch(crid, shipmentCode="1Z9", shipmentCarrier="ups").status_code == 200
    assert (Shipment.objects.count(), JournalEntry.objects.count()) == (1, before)


def test_the_same_shipment_again_after_its_delivery_is_no_new_parcel(
    shop: Shop, crid: str, now: datetime
) -> None:
    shop.patch(crid, shipmentCode="1Z9", shipmentCarrier="ups")
    deliveries.confirm_delivery(shipment=Shipment.objects.get(), actor=STAFF, now=now)
    shop.patch(crid, shipmentCode="1Z9", shipmentCarrier="ups")
    assert shop.get(crid).json()["shipment"]["status"] == "delivered"


def test_an_empty_receiver_takes_the_receiver_away(shop: Shop, crid: str) -> None:
    shop.patch(crid, receiverEmail="")
    assert shop.get(crid).json()["receiverEmail"] is None


@pytest.mark.parametrize(
    "body",
    [{}, {"receiverEmail": None}, {"crid": "ORD-2", "colour": "red"}],
    ids=["empty", "null", "unknown fields"],
)
def test_a_body_that_changes_nothing_is_refused(shop: Shop, crid: str, body: dict[str, Any]) -> None:
    assert_error(shop.call("PATCH", address(crid), body), 400, "invalid")


def test_no_body_is_refused(shop: Shop, crid: str) -> None:
    assert_error(shop.call("PATCH", address(crid), b""), 400, "invalid")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("shipmentCarrier", "fedex"),
        ("shipmentCarrier", ""),
        ("shipmentCarrier", 7),
        ("shipmentCode", ""),
        ("shipmentCode", "x" * 101),
        ("shipmentCode", "1Z\x00"),
        ("shipmentCode", "1Z\n9"),
        ("shipmentCode", ["1Z9"]),
        ("receiverEmail", "bob"),
        ("language", "en_US"),
        ("additionalData", ["Bob"]),
        ("additionalData", {"a": "\x00"}),
        ("additionalData", {"a": "x" * 16_384}),
    ],
)
def test_a_bad_field_is_named(shop: Shop, crid: str, field: str, value: Any) -> None:
    assert_error(shop.patch(crid, **{field: value}), 400, "invalid", field)


def test_one_bad_field_leaves_everything_as_it_was(shop: Shop, crid: str) -> None:
    shop.patch(crid, language="fr", shipmentCarrier="fedex")
    assert shop.get(crid).json()["language"] == "en"


def test_a_cancelled_container_is_locked(shop: Shop, crid: str, now: datetime) -> None:
    containers.cancel(container=VideoContainer.objects.get(), actor=STAFF, now=now)
    assert_error(shop.patch(crid, shipmentCode="1Z9"), 409, "locked")


def test_the_journal_tells_who_changed_what(shop: Shop, crid: str) -> None:
    shop.patch(crid, language="fr", shipmentCode="1Z9")
    changed, shipped = JournalEntry.objects.order_by("pk")[1:]
    assert (changed.event, changed.detail) == ("changed", {"fields": ["language", "shipmentCode"]})
    assert (shipped.event, shipped.detail, shipped.actor) == ("shipped", {"code": "1Z9"}, changed.actor)
