"""A shop's products come in by calls: by the shop's own numbers, with few queries."""

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from livestream.dto import Audience
from livestream.errors import Invalid
from livestream.models import Channel, LiveStream, Product, ProductUnit
from livestream.services import catalogue, pins, state
from livestream.services.catalogue_entries import ProductEntry, UnitEntry
from tests.livestream.conftest import STAFF

RED = UnitEntry(ext_id="S-red", name="Red", price=Decimal("49.00"))
BLUE = UnitEntry(ext_id="S-blue", name="Blue", price=Decimal("59.00"))
SCARF = ProductEntry(
    ext_id="S",
    name="Scarf",
    currency="EUR",
    url="https://shop.example/s",
    images=["https://cdn.example/1.jpg", "https://cdn.example/2.jpg"],
    units=[RED, BLUE],
)


def units(product: Product) -> list[tuple[str, str, bool]]:
    return [(unit.name, f"{unit.price:.2f}", unit.is_sold_out) for unit in product.units.all()]


def scarf(channel: Channel, entry: ProductEntry = SCARF) -> Product:
    outcome = catalogue.upsert_many(channel=channel, products=[entry])
    assert not outcome.refused, outcome.refused
    return Product.objects.get(channel=channel, ext_id=entry.ext_id)


def test_one_call_adds_a_product(channel: Channel) -> None:
    product = catalogue.upsert_product(
        channel=channel,
        ext_id="S",
        name="Scarf",
        currency="EUR",
        units=[RED],
        images=["https://cdn.example/1.jpg"],
    )
    assert units(product) == [("Red", "49.00", False)]
    assert product.images.get().src == "https://cdn.example/1.jpg"


def test_the_same_call_again_changes_nothing(channel: Channel) -> None:
    scarf(channel)
    outcome = catalogue.upsert_many(channel=channel, products=[SCARF])
    assert (outcome.added, outcome.changed, outcome.unchanged) == (set(), set(), {"S"})


def test_what_is_not_said_stays(channel: Channel) -> None:
    scarf(channel)
    product = scarf(channel, ProductEntry(ext_id="S", is_sold_out=True))
    assert (product.name, product.currency, product.is_sold_out) == ("Scarf", "EUR", True)
    assert (product.units.count(), product.images.count()) == (2, 2)


def test_units_keep_their_rows(channel: Channel) -> None:
    """Pins and links name them."""
    before = set(scarf(channel).units.values_list("pk", flat=True))
    product = scarf(channel, replace(SCARF, units=[replace(BLUE, price=Decimal("60.00")), RED]))
    assert set(product.units.values_list("pk", flat=True)) == before
    assert units(product) == [("Blue", "60.00", False), ("Red", "49.00", False)]


def test_a_unit_that_is_not_named_goes(channel: Channel) -> None:
    scarf(channel)
    assert units(scarf(channel, replace(SCARF, units=[RED]))) == [("Red", "49.00", False)]


def test_a_unit_that_was_shown_is_sold_out_instead(channel: Channel, live: LiveStream, now: datetime) -> None:
    blue = scarf(channel).units.get(name="Blue")
    pins.pin(stream=live, ids=[blue.public_id], actor=STAFF, now=now)
    product = scarf(channel, replace(SCARF, units=[RED]))
    assert units(product) == [("Red", "49.00", False), ("Blue", "59.00", True)]


def test_units_are_only_added_where_the_list_is_not_whole(channel: Channel) -> None:
    scarf(channel)
    green = UnitEntry(ext_id="S-green", name="Green", price=Decimal(5))
    product = scarf(channel, ProductEntry(ext_id="S", units=[green], all_units=False))
    assert [unit.name for unit in product.units.all()] == ["Red", "Blue", "Green"]


def test_a_product_with_one_nameless_unit_may_be_renamed(channel: Channel) -> None:
    plain = replace(SCARF, units=[UnitEntry(price=Decimal(49))])
    before = scarf(channel, plain).units.get()
    after = scarf(channel, replace(plain, name="Silk scarf")).units.get()
    assert (before.pk, before.name, after.name) == (after.pk, "Scarf", "Silk scarf")


def test_viewers_see_the_new_price_at_once(channel: Channel, live: LiveStream, now: datetime) -> None:
    red = scarf(channel).units.get(name="Red")
    pins.pin(stream=live, ids=[red.public_id], actor=STAFF, now=now)
    before = state.load(number=live.pk, audience=Audience.PUBLIC)
    scarf(channel, replace(SCARF, units=[replace(RED, price=Decimal("39.00")), BLUE]))
    after = state.load(number=live.pk, audience=Audience.PUBLIC)
    assert (before.pins[0].price, after.pins[0].price) == ("€49.00", "€39.00")
    assert after.version > before.version


def test_nobody_is_told_of_what_nobody_sees(channel: Channel, live: LiveStream) -> None:
    scarf(channel)
    version = live.version
    scarf(channel, replace(SCARF, name="Silk scarf"))
    live.refresh_from_db()
    assert live.version == version


def test_another_channels_number_is_another_product(channel: Channel, other_channel: Channel) -> None:
    scarf(channel)
    scarf(other_channel, replace(SCARF, name="Theirs"))
    assert Product.objects.get(channel=channel, ext_id="S").name == "Scarf"


WRONG = {
    "no number": (replace(SCARF, ext_id=""), "no number"),
    "no name": (replace(SCARF, name=None), "no name"),
    "empty name": (replace(SCARF, name=""), "no name"),
    "no currency": (replace(SCARF, currency=None), "no currency"),
    "strange currency": (replace(SCARF, currency="euro"), "three capital letters"),
    "long name": (replace(SCARF, name="x" * 201), "too long"),
    "script": (replace(SCARF, url="javascript:alert(1)"), "no address"),
    "picture": (replace(SCARF, images=["/1.jpg"]), "no address"),
    "negative": (replace(SCARF, units=[replace(RED, price=Decimal(-1))]), "negative"),
    "no number at all": (replace(SCARF, units=[replace(RED, price=Decimal("NaN"))]), "too large"),
    "huge": (replace(SCARF, units=[replace(RED, price=Decimal(10**10))]), "too large"),
    "mills": (replace(SCARF, units=[replace(RED, price=Decimal("1.005"))]), "two digits"),
    "no price": (replace(SCARF, units=[replace(RED, price=None)]), "no price"),
    "twice": (replace(SCARF, units=[RED, RED]), "named twice"),
    "zero byte": (replace(SCARF, name="a\0b"), "cannot be kept"),
}


@pytest.mark.parametrize(("entry", "why"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_refused_with_a_sentence(channel: Channel, entry: ProductEntry, why: str) -> None:
    good = replace(SCARF, ext_id="good")
    outcome = catalogue.upsert_many(channel=channel, products=[entry, good])
    assert why in outcome.refused[entry.ext_id]
    assert list(Product.objects.values_list("ext_id", flat=True)) == ["good"]


def test_one_that_is_refused_raises(channel: Channel) -> None:
    with pytest.raises(Invalid, match="no currency"):
        catalogue.upsert_product(channel=channel, ext_id="S", name="Scarf", currency="€")


def test_a_trial_keeps_nothing(channel: Channel) -> None:
    outcome = catalogue.upsert_many(channel=channel, products=[SCARF], is_trial=True)
    assert (outcome.added, Product.objects.count()) == ({"S"}, 0)


def many(count: int, price: str) -> list[ProductEntry]:
    unit = UnitEntry(name="One size", price=Decimal(price))
    return [replace(SCARF, ext_id=f"S{n}", units=[unit]) for n in range(count)]


@pytest.mark.parametrize("count", [2, 20])
def test_queries_do_not_grow_with_the_products(
    channel: Channel, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(12):
        catalogue.upsert_many(channel=channel, products=many(count, "1.00"))
    with django_assert_max_num_queries(12):
        catalogue.upsert_many(channel=channel, products=many(count, "2.00"))
    assert ProductUnit.objects.filter(price=2).count() == count


def test_sold_out_in_one_go(
    channel: Channel, products: list[Product], live: LiveStream, now: datetime
) -> None:
    pins.pin(stream=live, ids=[products[0].public_id], actor=STAFF, now=now)
    assert catalogue.sell(products=[product.pk for product in products], is_sold_out=True) == 5
    (card,) = state.load(number=live.pk, audience=Audience.PUBLIC).pins
    assert card.is_sold_out


def test_the_documented_call_works(channel: Channel) -> None:
    text = (Path(__file__).parents[2] / "docs/live-console.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(example, {})
    assert set(Product.objects.values_list("name", "is_sold_out")) == {("Scarf", True), ("Hat", False)}
