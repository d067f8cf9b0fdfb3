"""Very long lists of gifts: pages in their midst are as right as the first, also once gifts have left."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from gifting.dto import Actor, ActorKind
from gifting.models import Brand, GiftPack, StickerPack
from gifting.services import pack_lists, packs
from gifting.services.pack_lists import GiftPage
from tests.gifting.pack_gifts import give_back, give_many

LENGTH, LIMIT = 33_000, 50
FAR = [180, 210, 219, 220, 221, 250, 400, 439, 440, 441, 459, 460, 461, 659, 660]
both_lists = pytest.mark.parametrize("which", ["sent", "received"])


@pytest.fixture
def long_lists(brand: Brand) -> None:
    """Gifts of the packs 1 to 33,000 from Alice to Bob; the highest number is the newest."""
    give_many(brand, "Alice", "Bob", LENGTH)


def page(brand: Brand, which: str, number: int) -> GiftPage:
    if which == "sent":
        return pack_lists.sent(brand=brand, user="Alice", page=number, limit=LIMIT)
    return pack_lists.received(brand=brand, user="Bob", page=number, limit=LIMIT)


def numbers(brand: Brand, which: str, number: int) -> list[int]:
    return [gift.pack.number for gift in page(brand, which, number).items]


def expected(all_numbers: list[int], number: int) -> list[int]:
    return all_numbers[(number - 1) * LIMIT : number * LIMIT]


@both_lists
def test_every_page_follows_the_one_before(brand: Brand, long_lists: None, which: str) -> None:
    left = list(range(LENGTH, 0, -1))
    assert [numbers(brand, which, one) for one in FAR] == [expected(left, one) for one in FAR]


def test_the_two_lists_of_a_user_are_not_mixed_up(brand: Brand, long_lists: None) -> None:
    give_back(brand)
    for which in ("sent", "received"):
        gifts = pack_lists.sent if which == "sent" else pack_lists.received
        items = gifts(brand=brand, user="Alice", page=300, limit=LIMIT).items
        assert {getattr(gift, "sender" if which == "sent" else "receiver") for gift in items} == {"Alice"}
        assert [gift.pack.number for gift in items] == expected(list(range(LENGTH, 0, -1)), 300)


@both_lists
def test_pages_are_right_after_gifts_have_left_and_come(brand: Brand, long_lists: None, which: str) -> None:
    for one in FAR:
        page(brand, which, one)
    left = list(range(LENGTH, 0, -1))
    for gone in (15_000, 1, LENGTH):
        gift = GiftPack.objects.get(pack__number=gone)
        packs.revoke(gift=gift, actor=Actor(ActorKind.STAFF), now=timezone.now())
        left.remove(gone)
    StickerPack.objects.create(brand=brand, number=LENGTH + 1, name="New", created_at=timezone.now())
    packs.send(brand=brand, number=LENGTH + 1, sender="Alice", receiver="Bob", now=timezone.now())
    left.insert(0, LENGTH + 1)
    assert [numbers(brand, which, one) for one in FAR] == [expected(left, one) for one in FAR]
    assert page(brand, which, 300).total == LENGTH - 2


@both_lists
def test_a_gift_that_comes_while_a_far_page_is_read_moves_nothing(
    brand: Brand, long_lists: None, which: str
) -> None:
    StickerPack.objects.create(brand=brand, number=LENGTH + 1, name="New", created_at=timezone.now())
    come = [{"brand": brand, "number": LENGTH + 1, "sender": "Alice", "receiver": "Bob"}]

    def meanwhile(execute: Any, sql: str, *rest: Any) -> Any:
        if "OFFSET" in sql and come:
            packs.send(**come.pop(), now=timezone.now())
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        assert numbers(brand, which, 250) == expected(list(range(LENGTH, 0, -1)), 250)
    assert numbers(brand, which, 250) == expected(list(range(LENGTH + 1, 0, -1)), 250)


@both_lists
def test_a_far_page_skips_few_gifts_once_its_neighbors_were_read(
    brand: Brand, long_lists: None, which: str
) -> None:
    page(brand, which, 400)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        page(brand, which, 401)
    skipped = [
        int(query["sql"].partition("OFFSET ")[2].split(")")[0] or 0)
        for query in captured
        if "OFFSET" in query["sql"]
    ]
    assert len(captured) == 2
    assert max(skipped) < pack_lists.STEP


@both_lists
def test_without_a_cache_the_pages_are_the_same(
    brand: Brand, long_lists: None, which: str, settings: Settings
) -> None:
    down = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = {"default": down}
    left = list(range(LENGTH, 0, -1))
    assert numbers(brand, which, 400) == expected(left, 400)
