"""How many statements a call takes: the token, and the least that does the job."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from livestream.models import LiveStream, Playlist, Product
from livestream.services import streams
from tests.wire.live import Api

pytestmark = pytest.mark.django_db
TOKEN = STREAM = PRODUCTS = IMAGES = UNITS = PLAYLIST = NUMBERS = ENTRIES = 1


def test_a_refused_token_is_one_select(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(TOKEN):
        Api("garbage").details("x")


@pytest.mark.parametrize("count", [1, 12])
def test_the_details_take_as_many_however_many_products_there_are(
    api: Api,
    stream: LiveStream,
    new_product: Callable[..., Product],
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    more = [new_product(f"Product {n}", units=("S", "M", "L", "XL")) for n in range(count)]
    streams.fill_tray(stream=stream, products=more)
    with django_assert_num_queries(TOKEN + STREAM + PRODUCTS + IMAGES + UNITS):
        assert len(api.details(stream.public_id).json()["products"]) == 5 + count


def test_a_page_of_a_playlist_is_its_numbers_and_their_rows(
    api: Api, playlist: Playlist, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(TOKEN + PLAYLIST + NUMBERS + ENTRIES):
        api.playlist(playlist.public_id)


# In tests a transaction is a savepoint, set and released. Viewers get pins with pictures and units.
TRANSACTION, LOCK, OPEN, INSERT, TRAY, VERSION, STATE, JOURNAL = 2, 1, 1, 1, 1, 1, 3, 1
PIN = STREAM + TRANSACTION + LOCK + OPEN + INSERT + TRAY + VERSION + STATE + JOURNAL


def test_pinning_takes_as_many_whatever_is_pinned(
    api: Api, live: LiveStream, products: list[Product], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ids = [product.public_id for product in products]
    with django_assert_num_queries(TOKEN + PRODUCTS + PIN):
        api.pin(live.public_id, *ids[:3])
    close = reorder = 1
    with django_assert_num_queries(TOKEN + PRODUCTS + PIN + close + reorder):
        api.pin(live.public_id, ids[3], ids[2], ids[1])


def test_pinning_units_beside_products_takes_one_more(
    api: Api, live: LiveStream, products: list[Product], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    unit = products[0].units.get().public_id
    with django_assert_num_queries(TOKEN + PRODUCTS + UNITS + PIN):
        api.pin(live.public_id, unit, products[1].public_id)
