"""The answer comes once the change is saved and handed over; a broken bus is told, and all is saved."""

import json
from collections.abc import AsyncIterator, Sequence

import pytest
from pytest_django import Settings

from livestream.bus.base import Bus, Message
from livestream.errors import BusUnavailable
from livestream.models import LiveStream, Product
from tests.wire.live import Api, assert_error

pytestmark = pytest.mark.django_db(transaction=True)
SENTENCE = "The change is saved and reaches viewers as soon as the message bus answers again"
published: list[Message] = []
seen: list[list[str]] = []


class BrokenBus(Bus):
    """Nobody answers."""

    def publish(self, messages: Sequence[Message]) -> None:
        raise BusUnavailable

    def subscribe(self) -> AsyncIterator[Message]:
        raise BusUnavailable


class KeepingBus(BrokenBus):
    """Keeps what it was handed, and what the database held at that moment."""

    def publish(self, messages: Sequence[Message]) -> None:
        published.extend(messages)
        seen.append([pin.item for pin in LiveStream.objects.get().pins.open()])


@pytest.fixture
def broken(live: LiveStream, settings: Settings) -> None:
    settings.LIVESTREAM = {"BUS": {"BACKEND": f"{__name__}.BrokenBus"}}


@pytest.fixture
def keeping(live: LiveStream, settings: Settings) -> None:
    published.clear()
    seen.clear()
    settings.LIVESTREAM = {"BUS": {"BACKEND": f"{__name__}.KeepingBus"}}


def test_pins_are_saved_though_the_bus_is_down(
    api: Api, live: LiveStream, broken: None, products: list[Product]
) -> None:
    assert_error(api.pin(live.public_id, products[0].public_id), 503, SENTENCE)
    assert [pin.item for pin in live.pins.open()] == [products[0].public_id]


def test_unpinning_is_saved_though_the_bus_is_down(
    api: Api, live: LiveStream, products: list[Product], settings: Settings
) -> None:
    api.pin(live.public_id, products[0].public_id)
    settings.LIVESTREAM = {"BUS": {"BACKEND": f"{__name__}.BrokenBus"}}
    assert_error(api.unpin(live.public_id, products[0].public_id), 503, SENTENCE)
    assert not live.pins.open().exists()


def test_the_end_is_saved_though_the_bus_is_down(api: Api, live: LiveStream, broken: None) -> None:
    assert_error(api.end(live.public_id), 503, SENTENCE)
    live.refresh_from_db()
    assert live.status == "replay"


def test_reading_needs_no_bus(api: Api, live: LiveStream, broken: None) -> None:
    assert api.details(live.public_id).status_code == 200


def test_viewers_are_handed_the_pins_after_they_are_saved_and_before_the_answer(
    api: Api, live: LiveStream, keeping: None, products: list[Product]
) -> None:
    wanted = [products[1].public_id, products[0].public_id]
    assert api.pin(live.public_id, *wanted).status_code == 200
    assert {message.topic for message in published} == {f"{live.pk}.public", f"{live.pk}.staff"}
    for message in published:
        assert [card["id"] for card in json.loads(message.body)["pins"]] == wanted
    assert seen == [wanted]


def test_a_refused_pin_is_handed_to_nobody(api: Api, live: LiveStream, keeping: None) -> None:
    api.pin(live.public_id, "x")
    api.unpin(live.public_id, "x")
    assert published == []
