"""The published contract, replayed: addresses, fields and their order, sentences."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from livestream.models import Channel, LiveStream, Playlist, Product
from tests.wire.live import NEW, OLD, Api, assert_error

pytestmark = pytest.mark.django_db
FAMILIES = pytest.mark.parametrize("family", [OLD, NEW])
MOMENT = datetime(2025, 3, 19, 9, 41, tzinfo=UTC)


@pytest.fixture
def headphones(channel: Channel) -> Product:
    """The product of the contract's example."""
    product = Product.objects.create(
        channel=channel,
        name="Wireless Bluetooth Headphones",
        description="Premium noise-canceling wireless headphones",
        currency="USD",
    )
    product.images.create(src="https://cdn.example.com/image.jpg", position=1)
    product.units.create(name="Black / Standard", price=Decimal("149.99"), ext_id="variant-abc-123")
    return product


@pytest.fixture
def launch(channel: Channel, now: datetime) -> LiveStream:
    """The livestream of the contract's example."""
    return LiveStream.objects.create(
        channel=channel,
        event_name="Product Launch Livestream",
        event_description="Join us for our exciting new product reveal!",
        scheduled_at=MOMENT,
        created_at=now,
    )


@FAMILIES
def test_the_details_of_a_livestream_without_products(api: Api, launch: LiveStream, family: str) -> None:
    response = api.details(launch.public_id, family)
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.json() == {
        "event_name": "Product Launch Livestream",
        "event_description": "Join us for our exciting new product reveal!",
        "products": [],
        "status": "idle",
        "scheduled_at": "2025-03-19T09:41:00.000000Z",
    }


@FAMILIES
def test_the_details_of_a_livestream_with_products_to_the_byte(
    api: Api, launch: LiveStream, headphones: Product, family: str
) -> None:
    launch.tray.create(product=headphones)
    LiveStream.objects.update(status="active")
    expected: dict[str, Any] = {
        "status": "active",
        "scheduled_at": "2025-03-19T09:41:00.000000Z",
        "event_name": "Product Launch Livestream",
        "event_description": "Join us for our exciting new product reveal!",
        "products": [
            {
                "id": headphones.public_id,
                "product_name": "Wireless Bluetooth Headphones",
                "product_description": "Premium noise-canceling wireless headphones",
                "product_currency": "USD",
                "product_images": [
                    {
                        "id": headphones.images.get().public_id,
                        "image_src": "https://cdn.example.com/image.jpg",
                        "image_position": 1,
                    }
                ],
                "product_units": [
                    {
                        "id": headphones.units.get().public_id,
                        "unit_name": "Black / Standard",
                        "unit_price": 149.99,
                        "unit_price_string": "$149.99",
                        "unit_ext_id": "variant-abc-123",
                    }
                ],
            }
        ],
    }
    assert api.details(launch.public_id, family).content.decode() == json.dumps(expected)


def test_products_pictures_and_units_come_in_their_order(
    api: Api, launch: LiveStream, headphones: Product, channel: Channel
) -> None:
    second = Product.objects.create(channel=channel, name="A case", currency="USD")
    launch.tray.create(product=headphones, position=2)
    launch.tray.create(product=second, position=1)
    headphones.images.create(src="https://cdn.example.com/first.jpg", position=0)
    headphones.units.create(name="White", price=Decimal("159.90"), position=0)
    products = api.details(launch.public_id).json()["products"]
    assert [product["product_name"] for product in products] == ["A case", "Wireless Bluetooth Headphones"]
    assert [image["image_position"] for image in products[1]["product_images"]] == [0, 1]
    assert [unit["unit_name"] for unit in products[1]["product_units"]] == ["White", "Black / Standard"]
    assert (products[0]["product_images"], products[0]["product_units"]) == ([], [])


@pytest.mark.parametrize(
    ("price", "number"), [("0.00", b"0.0"), ("0.10", b"0.1"), ("9999999999.99", b"9999999999.99")]
)
def test_a_price_is_a_number_to_the_cent(
    api: Api, launch: LiveStream, headphones: Product, price: str, number: bytes
) -> None:
    launch.tray.create(product=headphones)
    headphones.units.update(price=Decimal(price))
    assert b'"unit_price": %s,' % number in api.details(launch.public_id).content


def test_prices_are_written_in_the_language_of_the_channel(
    api: Api, channel: Channel, launch: LiveStream, headphones: Product
) -> None:
    launch.tray.create(product=headphones)
    Product.objects.update(currency="EUR")
    Channel.objects.update(default_language="fr")
    unit = api.details(launch.public_id).json()["products"][0]["product_units"][0]
    assert unit["unit_price_string"] == "149,99\N{NO-BREAK SPACE}€"


def test_times_are_utc_whatever_the_time_zone_of_the_site(
    api: Api, launch: LiveStream, settings: Settings
) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    assert api.details(launch.public_id).json()["scheduled_at"] == "2025-03-19T09:41:00.000000Z"


@FAMILIES
def test_the_page_of_a_playlist_to_the_byte(
    api: Api, channel: Channel, playlist: Playlist, now: datetime, family: str
) -> None:
    newer = LiveStream.objects.create(
        channel=channel,
        event_name="event name",
        event_description="event description",
        status="replay",
        scheduled_at=datetime(2022, 12, 2, 6, 30, tzinfo=UTC),
        created_at=now,
    )
    playlist.entries.create(stream=newer)
    address = f"{family}/playlists/{playlist.public_id}/videos"
    expected = {
        "live_streams": [
            {
                "event_description": "event description",
                "event_name": "event name",
                "id": newer.public_id,
                "scheduled_at": "2022-12-02T06:30:00.000000Z",
                "status": "replay",
            }
        ],
        "paging": {"next": f"{address}?before_id={newer.pk}&page_size=1"},
    }
    assert api.playlist(playlist.public_id, "?page_size=1", family).content.decode() == json.dumps(expected)


def test_three_products_are_pinned_and_unpinned(api: Api, live: LiveStream, products: list[Product]) -> None:
    ids = [product.public_id for product in products[:3]]
    response = api.pin(live.public_id, *ids)
    assert (response.status_code, response.json()) == (200, {"pinned_product_ids": ids})
    response = api.unpin(live.public_id, *ids)
    assert (response.status_code, response.json()) == (200, {"unpinned_product_ids": ids})


def test_a_unit_is_pinned_and_unpinned(api: Api, live: LiveStream, products: list[Product]) -> None:
    unit = products[0].units.get().public_id
    assert api.pin(live.public_id, unit).json() == {"pinned_product_ids": [unit]}
    assert api.unpin(live.public_id, unit).json() == {"unpinned_product_ids": [unit]}


def test_a_livestream_is_ended(api: Api, live: LiveStream) -> None:
    response = api.end(live.public_id)
    assert (response.status_code, response.json()) == (
        200,
        {"live_stream_id": live.public_id, "status": "ended"},
    )
    assert api.details(live.public_id).json()["status"] == "replay"


# -- The sentences of sections 6.7, 7.7 and 8.6


def test_pinning_in_an_idle_livestream(api: Api, stream: LiveStream, products: list[Product]) -> None:
    response = api.pin(stream.public_id, products[0].public_id)
    assert_error(response, 422, "Livestream must be active or paused to pin products")


@pytest.mark.parametrize("call", ["pin_product", "unpin_product"])
def test_without_product_ids(api: Api, live: LiveStream, call: str) -> None:
    address = f"{NEW}/{live.public_id}/{call}"
    assert_error(api.call("POST", address, {}), 400, "product_ids is required")
    assert_error(api.call("POST", address, {"product_ids": []}), 400, "product_ids cannot be empty")


@pytest.mark.parametrize("call", ["pin_product", "unpin_product"])
def test_four_products(api: Api, live: LiveStream, products: list[Product], call: str) -> None:
    ids = [product.public_id for product in products[:4]]
    response = api.call("POST", f"{NEW}/{live.public_id}/{call}", {"product_ids": ids})
    assert_error(response, 400, "Maximum 3 products allowed per request")


def test_unpinning_what_is_not_pinned(api: Api, live: LiveStream, products: list[Product]) -> None:
    response = api.unpin(live.public_id, products[0].public_id)
    assert_error(response, 404, "No valid products found to unpin")


def test_ending_twice(api: Api, live: LiveStream) -> None:
    api.end(live.public_id)
    assert_error(api.end(live.public_id), 400, "Livestream must be active or paused to end")


def test_a_livestream_that_is_not_there(api: Api, live: LiveStream) -> None:
    live.journal.all().delete()
    gone = live.public_id
    live.delete()
    for response in (api.details(gone), api.details(gone, OLD), api.pin(gone, "x"), api.end(gone)):
        assert_error(response, 404, "Livestream not found")
