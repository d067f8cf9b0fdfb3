"""How many statements a call takes: the key, and the least that does the job."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from gifting.models import VideoContainer
from tests.wire.shop import Shop

pytestmark = pytest.mark.django_db
KEY = FOUND = PARCELS = JOURNAL = 1
LOCKED = 2  # Locked, and then read.
TRANSACTION = 2  # In tests a savepoint: set and released.


def test_opening_inserts_order_container_and_journal(
    shop: Shop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(KEY + TRANSACTION + 3):
        shop.open()


def test_looking_is_one_select(
    shop: Shop, crid: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(KEY + 1):
        shop.get(crid)


def test_looking_is_one_select_also_with_shipment_and_video(
    shop: Shop,
    crid: str,
    record: Callable[[VideoContainer], VideoContainer],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    record(VideoContainer.objects.get())
    shop.patch(crid, shipmentCode="1Z9")
    with django_assert_num_queries(KEY + 1):
        assert shop.get(crid).json()["shipment"]


def test_adding_the_shipment_inserts_it_and_a_line_of_the_journal(
    shop: Shop, crid: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(KEY + FOUND + TRANSACTION + LOCKED + PARCELS + 1 + JOURNAL):
        shop.patch(crid, shipmentCode="1Z9", shipmentCarrier="ups")


def test_activating_updates_the_container_and_writes_a_line_of_the_journal(
    shop: Shop, crid: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(KEY + FOUND + TRANSACTION + LOCKED + 1 + JOURNAL):
        shop.notify(crid)


@pytest.mark.parametrize("rest", ["/qrcode", "/url"])
def test_the_code_and_the_url_are_one_select(
    shop: Shop, crid: str, rest: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(KEY + FOUND):
        shop.get(crid, rest)


def test_without_a_known_key_only_the_key_is_looked_up(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(KEY):
        Shop("gc_unknown").open()
