"""Two merchandisers at the same instant, on PostgreSQL: what both did is there."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest

from livestream.errors import LivestreamError
from livestream.models import LiveStream, Product
from livestream.services import catalogue, cues, sets
from livestream.services.catalogue_entries import ProductEntry
from tests.livestream.conftest import STAFF
from tests.racing import at_once, needs_postgres

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = pytest.mark.parametrize("round_", range(5))


@pytest.fixture(autouse=True)
def _postgres() -> None:
    needs_postgres()


def attempt(call: Any) -> Any:
    """What it gives, or the error that it raises."""
    try:
        return call()
    except LivestreamError as exc:
        return exc


@ROUNDS
def test_two_who_pin_at_once_pin_both(
    live: LiveStream, products: list[Product], now: datetime, round_: int
) -> None:
    ids = [product.public_id for product in products[:2]]
    at_once(*(partial(sets.put, stream=live, item=one, place=None, actor=STAFF, now=now) for one in ids))
    assert sorted(sets.current(live)) == sorted(ids)


@ROUNDS
def test_of_two_who_press_next_at_once_one_does_the_step(
    live: LiveStream, now: datetime, round_: int
) -> None:
    first, second = (cues.create(stream=live, title=title) for title in ("A", "B"))
    press = partial(cues.pin_next, stream=live, actor=STAFF, now=now, cue=first.pk)
    results = at_once(partial(attempt, press), partial(attempt, press))
    assert sorted(type(one).__name__ for one in results) == ["Cue", "CueDone"]
    assert cues.next_cue(live) == second


@ROUNDS
def test_an_import_and_a_pin_at_once_are_both_there(
    live: LiveStream, products: list[Product], now: datetime, round_: int
) -> None:
    Product.objects.filter(pk=products[0].pk).update(ext_id="S")
    entry = ProductEntry(ext_id="S", is_sold_out=True)
    sets.put(stream=live, item=products[0].public_id, place=None, actor=STAFF, now=now)
    at_once(
        partial(catalogue.upsert_many, channel=live.channel, products=[entry]),
        partial(sets.put, stream=live, item=products[1].public_id, place=None, actor=STAFF, now=now),
    )
    products[0].refresh_from_db()
    assert (len(sets.current(live)), products[0].is_sold_out) == (2, True)
