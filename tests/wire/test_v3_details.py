"""GET /v3/containers/{crid}: what is known of a container."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gifting.dto import Actor, ActorKind
from gifting.models import Brand, Shipment, VideoContainer
from gifting.services import containers, deliveries, links
from tests.wire.shop import NEW, Shop, assert_error

pytestmark = pytest.mark.django_db
CARRIER = Actor(ActorKind.CARRIER)
UNKNOWN_AT_FIRST = ("shipment", "activatedAt", "recordedAt", "deliveredAt", "video")


def test_the_fields_come_in_the_order_of_the_contract(shop: Shop, crid: str) -> None:
    assert list(shop.get(crid).json()) == [
        *("crid", "urid", "state", "editKey", "links"),
        *("email", "receiverEmail", "language", "additionalData", "shipment"),
        *("activatedAt", "recordedAt", "deliveredAt", "expiresAt", "video"),
    ]


def test_what_the_shop_sent_is_told(shop: Shop, crid: str) -> None:
    known = shop.get(crid).json()
    assert {name: known[name] for name in NEW} == NEW


@pytest.mark.parametrize("fact", UNKNOWN_AT_FIRST)
def test_what_has_not_happened_is_null(shop: Shop, crid: str, fact: str) -> None:
    assert shop.get(crid).json()[fact] is None


@pytest.mark.parametrize("fact", ["receiverEmail", "language", "additionalData"])
def test_what_the_shop_did_not_send_is_null(shop: Shop, fact: str) -> None:
    shop.open(receiverEmail=None, language=None, additionalData=None)
    assert shop.get(NEW["crid"]).json()[fact] is None


def test_the_end_of_keeping_follows_from_the_brand(shop: Shop, brand: Brand) -> None:
    Brand.objects.update(retention_days=30)
    shop.open()
    days = datetime.fromisoformat(shop.get(NEW["crid"]).json()["expiresAt"]) - datetime.now(UTC)
    assert timedelta(days=29) < days <= timedelta(days=30)


def test_times_are_iso_8601_in_utc(shop: Shop, crid: str) -> None:
    at = datetime(2026, 11, 20, 8, 31, 12, 345678, tzinfo=UTC)
    VideoContainer.objects.update(recorded_at=at)
    assert shop.get(crid).json()["recordedAt"] == "2026-11-20T08:31:12Z"


def test_a_shipment_is_told_with_its_status(shop: Shop, crid: str) -> None:
    shop.patch(crid, shipmentCode="1Z9", shipmentCarrier="ups")
    shipment = shop.get(crid).json()["shipment"]
    assert shipment == {"code": "1Z9", "carrier": "ups", "status": "shipped", "deliveredAt": None}


def test_a_shipment_without_a_carrier_tells_null_for_it(shop: Shop, crid: str) -> None:
    shop.patch(crid, shipmentCode="1Z9")
    assert shop.get(crid).json()["shipment"]["carrier"] is None


def test_of_several_parcels_the_newest_is_told(shop: Shop, crid: str, now: datetime) -> None:
    shop.patch(crid, shipmentCode="FIRST")
    deliveries.confirm_delivery(shipment=Shipment.objects.get(), actor=CARRIER, now=now)
    shop.patch(crid, shipmentCode="SECOND")
    assert shop.get(crid).json()["shipment"]["code"] == "SECOND"


def test_a_delivered_parcel_is_told(shop: Shop, crid: str) -> None:
    shop.patch(crid, shipmentCode="1Z9")
    at = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
    deliveries.confirm_delivery(shipment=Shipment.objects.get(), actor=CARRIER, now=at)
    known = shop.get(crid).json()
    assert (known["state"], known["deliveredAt"]) == ("delivered", "2026-11-23T10:15:00Z")
    assert known["shipment"]["deliveredAt"] == "2026-11-23T10:15:00Z"


def test_a_recording_is_told_with_its_length_and_size(
    shop: Shop, crid: str, recorded: VideoContainer
) -> None:
    video = shop.get(crid).json()["video"]
    assert (video["durationSeconds"], video["width"], video["height"]) == (3.0, 640, 480)


def test_a_recorded_container_says_so(shop: Shop, crid: str, recorded: VideoContainer) -> None:
    known = shop.get(crid).json()
    assert (known["state"], known["recordedAt"] is not None) == ("recorded", True)


def test_the_poster_has_a_link_of_the_brand_that_opens(
    shop: Shop, crid: str, recorded: VideoContainer
) -> None:
    brand, _, rest = shop.get(crid).json()["video"]["posterUrl"].partition("/media/")
    assert brand == "https://lune.example"
    assert links.open_media_link(token=rest.split("/")[0], name="poster.jpg") == recorded.recording


@pytest.fixture
def recorded(crid: str, record: Callable[[VideoContainer], VideoContainer]) -> VideoContainer:
    return record(VideoContainer.objects.get())


def test_a_cancelled_container_is_still_told(shop: Shop, crid: str, now: datetime) -> None:
    containers.cancel(container=VideoContainer.objects.get(), actor=CARRIER, now=now)
    assert shop.get(crid).json()["state"] == "cancelled"


def test_another_brands_container_is_not_found(other_shop: Shop, crid: str) -> None:
    assert_error(other_shop.get(crid), 404, "not_found")


def test_each_brand_sees_its_own_container_of_the_same_crid(
    shop: Shop, other_shop: Shop, opened: dict[str, Any]
) -> None:
    other_shop.open(email="carol@example.com")
    assert shop.get(NEW["crid"]).json()["urid"] == opened["urid"]


def test_the_key_of_the_answer_is_never_the_watch_token(shop: Shop, crid: str) -> None:
    assert VideoContainer.objects.get().watch_token not in shop.get(crid).content.decode()
