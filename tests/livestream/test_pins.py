"""What pinning does to the set, and to its history."""

from datetime import datetime, timedelta

import pytest

from livestream.errors import NothingPinned, NotLive, ProductsUnknown
from livestream.models import LiveStream, Product
from livestream.services import pins, streams
from tests.livestream.conftest import STAFF


def pinned(stream: LiveStream) -> list[str]:
    return [pin.item for pin in stream.pins.open()]


def ids(*products: Product) -> list[str]:
    return [product.public_id for product in products]


def test_a_pin_replaces_the_whole_set(live: LiveStream, products: list[Product], now: datetime) -> None:
    pins.pin(stream=live, ids=ids(*products[:3]), actor=STAFF, now=now)
    pins.pin(stream=live, ids=ids(products[4], products[0]), actor=STAFF, now=now)
    assert pinned(live) == ids(products[4], products[0])


def test_what_stays_pinned_keeps_its_row(live: LiveStream, products: list[Product], now: datetime) -> None:
    pins.pin(stream=live, ids=ids(*products[:2]), actor=STAFF, now=now)
    pins.pin(stream=live, ids=ids(products[1], products[2]), actor=STAFF, now=now)
    assert live.pins.count() == 3


def test_a_unit_and_its_product_are_two_things(
    live: LiveStream, products: list[Product], now: datetime
) -> None:
    unit = products[0].units.get()
    wanted = [unit.public_id, products[0].public_id]
    assert pins.pin(stream=live, ids=wanted, actor=STAFF, now=now) == wanted


def test_products_of_other_channels_are_left_out(
    live: LiveStream, products: list[Product], new_product, other_channel, now: datetime
) -> None:
    foreign = new_product("Foreign", channel=other_channel)
    assert pins.pin(stream=live, ids=ids(foreign, products[0]), actor=STAFF, now=now) == ids(products[0])


def test_only_foreign_products_are_no_products(
    live: LiveStream, new_product, other_channel, now: datetime
) -> None:
    with pytest.raises(ProductsUnknown):
        pins.pin(stream=live, ids=ids(new_product("Foreign", channel=other_channel)), actor=STAFF, now=now)


def test_an_idle_livestream_takes_no_pins(stream: LiveStream, products: list[Product], now: datetime) -> None:
    with pytest.raises(NotLive):
        pins.pin(stream=stream, ids=ids(products[0]), actor=STAFF, now=now)


def test_products_can_be_unpinned_after_the_end(
    live: LiveStream, products: list[Product], now: datetime
) -> None:
    pins.pin(stream=live, ids=ids(products[0]), actor=STAFF, now=now)
    streams.end(stream=live, actor=STAFF, now=now)
    assert pins.unpin(stream=live, ids=ids(products[0]), actor=STAFF, now=now) == ids(products[0])


def test_what_is_not_pinned_cannot_be_unpinned(
    live: LiveStream, products: list[Product], now: datetime
) -> None:
    with pytest.raises(NothingPinned):
        pins.unpin(stream=live, ids=ids(products[0]), actor=STAFF, now=now)


def test_a_clock_that_goes_back_unpins_nothing_before_it_was_pinned(
    live: LiveStream, products: list[Product], now: datetime
) -> None:
    pins.pin(stream=live, ids=ids(products[0]), actor=STAFF, now=now)
    pins.unpin(stream=live, ids=ids(products[0]), actor=STAFF, now=now - timedelta(seconds=5))
    assert live.pins.get().unpinned_at == now


def test_a_clock_that_goes_back_ends_no_show_before_it_began(live: LiveStream, now: datetime) -> None:
    ended = streams.end(stream=live, actor=STAFF, now=now - timedelta(seconds=5))
    assert ended.ended_at == ended.started_at
