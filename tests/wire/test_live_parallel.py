"""Calls at the same instant, on PostgreSQL: one outcome each, and at most three pins."""

from collections import Counter
from functools import partial
from itertools import combinations

import pytest

from livestream.models import JournalEntry, LiveStream, Product
from tests.racing import at_once, needs_postgres
from tests.wire.live import Api

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TIMES = 10
ROUNDS = pytest.mark.parametrize("round_", range(3))


@pytest.fixture(autouse=True)
def _postgres(db: None) -> None:
    needs_postgres()


def pinned(stream: LiveStream) -> list[str]:
    return [pin.item for pin in stream.pins.open()]


@ROUNDS
def test_of_two_ends_at_once_one_ends(api: Api, live: LiveStream, round_: int) -> None:
    answers = at_once(*[partial(api.end, live.public_id)] * 2)
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    assert JournalEntry.objects.filter(event="ended").count() == 1


@ROUNDS
def test_parallel_pins_leave_the_set_of_one_of_them(
    api: Api, live: LiveStream, products: list[Product], round_: int
) -> None:
    wanted = [list(ids) for ids in combinations([product.public_id for product in products], 3)]
    answers = at_once(*[partial(api.pin, live.public_id, *ids) for ids in wanted])
    assert {answer.status_code for answer in answers} == {200}
    assert pinned(live) in wanted
    live.refresh_from_db()
    assert live.version == 2 + len(wanted)


@ROUNDS
def test_the_same_pin_many_times_at_once_is_one_row_each(
    api: Api, live: LiveStream, products: list[Product], round_: int
) -> None:
    ids = [product.public_id for product in products[:3]]
    answers = at_once(*[partial(api.pin, live.public_id, *ids)] * TIMES)
    assert Counter(answer.status_code for answer in answers) == {200: TIMES}
    assert (pinned(live), live.pins.count()) == (ids, 3)


@ROUNDS
def test_of_many_unpins_at_once_one_gets_the_product(
    api: Api, live: LiveStream, products: list[Product], round_: int
) -> None:
    api.pin(live.public_id, products[0].public_id)
    answers = at_once(*[partial(api.unpin, live.public_id, products[0].public_id)] * TIMES)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 404: TIMES - 1}


@ROUNDS
def test_a_pin_and_the_end_at_once_are_in_some_order(
    api: Api, live: LiveStream, products: list[Product], round_: int
) -> None:
    pin, end = at_once(
        partial(api.pin, live.public_id, products[0].public_id), partial(api.end, live.public_id)
    )
    assert end.status_code == 200
    assert (pin.status_code, pinned(live)) in [(200, [products[0].public_id]), (422, [])]
