"""How many statements a call takes: the key, and the least that does the job."""

import pytest
from pytest_django import DjangoAssertNumQueries

from gifting.models import Brand, Sticker, StickerPack
from tests.gifting.pack_gifts import give_many, new_pack
from tests.wire.app import App, items

pytestmark = pytest.mark.django_db
KEY = PACK = GIFT = TALLIES = OWNED = ROWS = TOTAL = STICKERS = 1
TRANSACTION = 2  # In tests a savepoint: set and released.


@pytest.fixture
def three_gifts(app: App, brand: Brand) -> None:
    for number in (1, 2, 3):
        new_pack(brand, number)
        app.send("Alice", "Bob", number)


def test_sending_looks_for_the_pack_and_writes_gift_and_tallies(
    app: App, stuart: StickerPack, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(KEY + PACK + TRANSACTION + GIFT + TALLIES):
        app.send("Alice", "Bob")


def test_confirming_looks_for_the_gift_and_writes_it_and_who_has_the_pack(
    app: App, stuart: StickerPack, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    app.send("Alice", "Bob")
    with django_assert_num_queries(KEY + GIFT + TRANSACTION + GIFT + OWNED):
        app.confirm("Alice", "Bob")


def test_confirming_again_only_looks(
    app: App, stuart: StickerPack, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    app.send("Alice", "Bob")
    app.confirm("Alice", "Bob")
    with django_assert_num_queries(KEY + GIFT):
        app.confirm("Alice", "Bob")


@pytest.mark.parametrize("path", ["/v1/gift/send/Alice", "/v1/gift/receive/Bob"])
def test_the_first_page_of_a_list_is_one_select(
    app: App, three_gifts: None, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(KEY + ROWS):
        assert len(app.call("GET", path).json()["body"]["packageList"]) == 3


@pytest.mark.parametrize("path", ["/v1/gift/send/Alice", "/v1/gift/receive/Bob"])
@pytest.mark.parametrize("page", [21, 40])
def test_a_far_page_asks_for_the_length_of_the_list_first(
    app: App, brand: Brand, path: str, page: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    give_many(brand, "Alice", "Bob", 2001)
    with django_assert_num_queries(KEY + TOTAL + ROWS):
        assert len(items(app.call("GET", f"{path}?limit=50&pageNumber={page}"))) == 50


def test_a_page_past_the_end_reads_no_gift(
    app: App, three_gifts: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(KEY + TOTAL):
        app.received("Bob", "?pageNumber=1000000")


def test_the_catalogue_is_counted_and_read(
    app: App, three_gifts: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(KEY + TOTAL + ROWS):
        app.call("GET", "/v1/package?userId=Bob")


def test_a_pack_and_its_stickers_are_two_selects(
    app: App, stuart: StickerPack, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for position in range(3):
        Sticker.objects.create(pack=stuart, image="packs/a.png", position=position)
    with django_assert_num_queries(KEY + PACK + STICKERS):
        app.call("GET", "/v1/package/118?userId=Bob")


def test_without_a_known_key_only_the_key_is_looked_up(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(KEY):
        App("gc_unknown").send("Alice", "Bob")
