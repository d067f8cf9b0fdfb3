"""Calls at the same instant, with real threads and real transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from gifting.models import JournalEntry, Order, VideoContainer
from tests.wire.shop import NEW, Shop

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TIMES = 10


@pytest.fixture(autouse=True)
def _on_postgresql(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("Needs PostgreSQL: set DATABASE_URL=postgres://user@host/database.")


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """All calls released by one barrier, each in a thread with a connection of its own."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait(timeout=30)
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_ten_identical_posts_make_one_container(shop: Shop) -> None:
    answers = at_once([shop.open] * TIMES)
    assert sorted(answer.status_code for answer in answers) == [200] * (TIMES - 1) + [201]
    assert len({answer.content for answer in answers}) == 1
    assert VideoContainer.objects.count() == JournalEntry.objects.count() == 1


def test_of_ten_different_posts_for_one_crid_one_wins(shop: Shop) -> None:
    calls = [lambda n=n: shop.open(email=f"giver{n}@example.com") for n in range(TIMES)]
    statuses = sorted(answer.status_code for answer in at_once(calls))
    assert statuses == [201] + [409] * (TIMES - 1)
    assert Order.objects.count() == 1


def test_ten_notifies_activate_once(shop: Shop, crid: str) -> None:
    answers = at_once([lambda: shop.notify(crid)] * TIMES)
    assert {answer.status_code for answer in answers} == {200}
    assert JournalEntry.objects.filter(event="activated").count() == 1


def test_changes_to_different_fields_do_not_undo_each_other(shop: Shop, crid: str) -> None:
    changes = {
        "receiverEmail": "carol@example.com",
        "language": "fr",
        "additionalData": {"productName": "Vase"},
    }
    at_once([lambda name=name: shop.patch(crid, **{name: changes[name]}) for name in changes])
    known = shop.get(NEW["crid"]).json()
    assert {name: known[name] for name in changes} == changes


def test_ten_times_the_same_shipment_is_one_parcel(shop: Shop, crid: str) -> None:
    at_once([lambda: shop.patch(crid, shipmentCode="1Z9", shipmentCarrier="ups")] * TIMES)
    assert Order.objects.get().shipments.count() == 1
