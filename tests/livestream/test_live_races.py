"""Pins, sales, imports and counts of one livestream at the same instant, on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from livestream.errors import ProductsUnknown
from livestream.models import LiveStream, Product, ProductClick, ProductUnit
from livestream.services import catalogue, clicks, pins, reminders, streams, viewers
from livestream.services.catalogue_entries import ProductEntry, UnitEntry
from tests.livestream.conftest import STAFF
from tests.racing import closing, needs_postgres, overtaken

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _postgres() -> None:
    needs_postgres()


@pytest.fixture
def two_units(live: LiveStream, new_product, now: datetime) -> Product:
    """A product of two units, itself pinned."""
    made: Product = new_product("Shawl", units=("Red", "Blue"), ext_id="SH")
    pins.pin(stream=live, ids=[made.public_id], actor=STAFF, now=now)
    return made


def pin(stream: LiveStream, *ids: str, now: datetime) -> list[str]:
    return pins.pin(stream=stream, ids=ids, actor=STAFF, now=now)


def without(product: Product, unit: ProductUnit) -> list[ProductEntry]:
    """The product as a shop sends it that has this unit no more."""
    left = product.units.exclude(pk=unit.pk)
    return [ProductEntry(ext_id=product.ext_id, units=[UnitEntry(name=one.name) for one in left])]


class TestWhatDoesNotWait:
    """While a livestream is being changed, others write down what refers to it."""

    @pytest.fixture
    def soon(self, live: LiveStream) -> Any:
        """`soon(call)`: what it gives while the livestream is held."""

        def run(call: Any) -> Any:
            with ThreadPoolExecutor(1) as pool, transaction.atomic():
                streams.locked(live.pk)
                return pool.submit(closing(call)).result(timeout=5)

        return run

    def test_a_click(self, live: LiveStream, products: list[Product], soon: Any, now: datetime) -> None:
        shown = clicks.find(stream=live, item=products[0].public_id)
        soon(partial(clicks.count, stream=live, pin=shown, action=ProductClick.Action.LINK, now=now))
        assert live.clicks.count() == 1

    def test_the_counts_of_viewers(self, live: LiveStream, soon: Any, now: datetime) -> None:
        soon(partial(viewers.record, counts={live.pk: 7}, impressions={}, process="one", now=now))
        assert live.samples.get().viewers == 7

    def test_a_reminder(self, stream: LiveStream, now: datetime) -> None:
        ask = partial(reminders.ask, stream=stream, email="a@shop.example", language="en", now=now)
        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            streams.locked(stream.pk)
            assert pool.submit(closing(ask)).result(timeout=5).pk


def test_counts_that_are_being_written_do_not_meet_the_next_pins(
    live: LiveStream, products: list[Product], now: datetime
) -> None:
    pin(live, products[0].public_id, now=now)
    shown = live.pins.get()

    def count() -> None:
        viewers.record(counts={live.pk: 7}, impressions={shown.pk: 7}, process="one", now=now)

    overtaken(partial(pin, live, products[1].public_id, now=now), hold=count)
    shown.refresh_from_db()
    assert (shown.impressions, shown.unpinned_at) == (7, now)


def test_a_sale_and_a_pin_of_one_product_do_not_meet(
    live: LiveStream, two_units: Product, now: datetime
) -> None:
    unit = two_units.units.all()[0]
    sell = partial(catalogue.sell, products=[two_units.pk], is_sold_out=True)
    assert overtaken(sell, hold=partial(pin, live, unit.public_id, now=now)) == 1
    assert [one.item for one in live.pins.open()] == [unit.public_id]


def test_an_import_and_a_pin_of_the_unit_that_it_drops_do_not_meet(
    live: LiveStream, two_units: Product, now: datetime
) -> None:
    unit = two_units.units.all()[0]
    update = partial(catalogue.upsert_many, channel=live.channel, products=without(two_units, unit))
    overtaken(update, hold=partial(pin, live, unit.public_id, now=now))
    unit.refresh_from_db()
    assert unit.is_sold_out  # what was shown stays in the history


def test_what_was_dropped_while_a_pin_waited_is_not_there(
    live: LiveStream, two_units: Product, now: datetime
) -> None:
    unit = two_units.units.all()[0]

    def drop() -> None:
        catalogue.upsert_many(channel=live.channel, products=without(two_units, unit))

    with pytest.raises(ProductsUnknown):
        overtaken(partial(pin, live, unit.public_id, now=now), hold=drop)


def test_who_waited_for_another_does_not_unpin_before_it_was_pinned(
    live: LiveStream, products: list[Product], now: datetime
) -> None:
    first, second = (one.public_id for one in products[:2])
    late = partial(pin, live, second, now=now)  # asked first, and served second
    overtaken(late, hold=partial(pin, live, first, now=now + timedelta(seconds=1)))
    row = live.pins.get(item=first)
    assert row.unpinned_at == row.pinned_at
