"""What a user sent and received: newest first, in pages, with a map of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from gifting.api.gift.pages import Ask, page_map
from gifting.dto import Actor, ActorKind
from gifting.models import Brand, GiftPack, StickerPack
from gifting.services import pack_catalogue, packs
from tests.gifting.pack_gifts import give_many, new_pack
from tests.wire.app import App, items

STAFF = Actor(ActorKind.STAFF, "maria")
both_lists = pytest.mark.parametrize("which", ["send", "receive"])


@pytest.fixture
def give(brand: Brand, now: datetime) -> Callable[[int], None]:
    """So many gifts from Alice to Bob; the pack's number is the gift's, 1 is the oldest."""

    def make(count: int) -> None:
        for number in range(1, count + 1):
            new_pack(brand, number)
            packs.send(brand=brand, number=number, sender="Alice", receiver="Bob", now=now)

    return make


@pytest.fixture
def long_lists(brand: Brand) -> None:
    """2,303 gifts from Alice to Bob, numbered as above."""
    give_many(brand, "Alice", "Bob", 2303)


def listed(app: App, which: str, query: str = "") -> Any:
    return app.call("GET", f"/v1/gift/{which}/{'Alice' if which == 'send' else 'Bob'}{query}")


def numbers(response: Any) -> list[int]:
    return [item["packageId"] for item in items(response)]


# -- Pages --------------------------------------------------------------------------------------------------


@both_lists
def test_a_list_begins_with_the_newest_and_has_twenty_rows(
    app: App, give: Callable[[int], None], which: str
) -> None:
    give(21)
    assert numbers(listed(app, which)) == list(range(21, 1, -1))


@both_lists
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?limit=3", [7, 6, 5]),
        ("?limit=3&pageNumber=2", [4, 3, 2]),
        ("?limit=3&pageNumber=3", [1]),
        ("?limit=3&pageNumber=4", []),
        ("?limit=7", [7, 6, 5, 4, 3, 2, 1]),
        ("?limit=50&pageNumber=2147483647", []),
    ],
)
def test_pages_follow_each_other(
    app: App, give: Callable[[int], None], which: str, query: str, expected: list[int]
) -> None:
    give(7)
    assert numbers(listed(app, which, query)) == expected


@both_lists
@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("?limit=50&pageNumber=20", 1353, 1304),
        ("?limit=50&pageNumber=21", 1303, 1254),  # from here on counted from the nearer end
        ("?limit=50&pageNumber=24", 1153, 1104),
        ("?limit=50&pageNumber=25", 1103, 1054),
        ("?limit=50&pageNumber=46", 53, 4),
        ("?limit=50&pageNumber=47", 3, 1),
        ("?limit=1&pageNumber=2303", 1, 1),
        ("?limit=49&pageNumber=47", 49, 1),
    ],
)
def test_far_pages_are_as_right_as_near_ones(
    app: App, long_lists: None, which: str, query: str, first: int, last: int
) -> None:
    assert numbers(listed(app, which, query)) == list(range(first, last - 1, -1))


@both_lists
@pytest.mark.parametrize("query", ["?limit=50&pageNumber=48", "?limit=49&pageNumber=48"])
def test_the_page_after_a_long_lists_last_is_empty(
    app: App, long_lists: None, which: str, query: str
) -> None:
    assert numbers(listed(app, which, query)) == []


@both_lists
@pytest.mark.parametrize("page", [1, 2, 99])
def test_the_map_tells_the_length_of_the_list_on_any_page(
    app: App, give: Callable[[int], None], which: str, page: int
) -> None:
    give(3)
    found = listed(app, which, f"?limit=2&pageNumber={page}").json()["body"]["pageMap"]
    assert (found["totalCount"], found["pageCount"], found["pageNumber"]) == (3, 2, page)


@pytest.mark.django_db
@both_lists
def test_the_list_of_somebody_unknown_is_empty(app: App, which: str) -> None:
    body = listed(app, which).json()["body"]
    assert (body["packageList"], body["pageMap"]["totalCount"]) == ([], 0)


MAP = {
    # page, limit, total: pages, groups, group, first and last page of it, rows from, to, rest, first number
    (1, 10, 2953): (296, 30, 0, 1, 10, 0, 10, 3, 2953),
    (1, 20, 1): (1, 1, 0, 1, 1, 0, 20, 1, 1),
    (10, 10, 2953): (296, 30, 0, 1, 10, 90, 100, 3, 2863),
    (11, 10, 2953): (296, 30, 1, 11, 20, 100, 110, 3, 2853),
    (296, 10, 2953): (296, 30, 29, 291, 296, 2950, 2960, 3, 3),
    (1, 20, 40): (2, 1, 0, 1, 2, 0, 20, 0, 40),
    (2, 20, 40): (2, 1, 0, 1, 2, 20, 40, 0, 20),
    (3, 20, 40): (2, 1, 0, 1, 2, 40, 60, 0, 0),
    (1, 20, 0): (0, 0, 0, 1, 0, 0, 20, 0, 0),
}


@pytest.mark.parametrize(("asked", "expected"), MAP.items())
def test_the_map_of_pages(asked: tuple[int, int, int], expected: tuple[int, ...]) -> None:
    page, limit, total = asked
    found = page_map(Ask(page, limit), total)
    assert list(found.values()) == [page, limit, total, *expected[:3], 10, *expected[3:]]


# -- What is listed -----------------------------------------------------------------------------------------


@both_lists
def test_revoked_and_expired_gifts_leave_both_lists(
    app: App, give: Callable[[int], None], which: str, settings: Settings, now: datetime
) -> None:
    settings.GIFTING = {"GIFT_PACK_EXPIRES_DAYS": 1}
    give(4)
    packs.revoke(gift=GiftPack.objects.get(pack__number=2), actor=STAFF, now=now)
    GiftPack.objects.filter(pack__number=3).update(expires_at=now)
    packs.expire_due(now=timezone.now())
    response = listed(app, which)
    assert numbers(response) == [4, 1]
    assert response.json()["body"]["pageMap"]["totalCount"] == 2


@both_lists
def test_confirmed_gifts_stay_where_they_were(app: App, give: Callable[[int], None], which: str) -> None:
    give(2)
    app.confirm("Alice", "Bob", 1)
    assert [(item["packageId"], item["isReceive"]) for item in items(listed(app, which))] == [
        (2, "N"),
        (1, "Y"),
    ]


@both_lists
def test_another_brand_has_lists_of_its_own(
    app: App, other_app: App, give: Callable[[int], None], which: str
) -> None:
    give(1)
    assert numbers(listed(other_app, which)) == []


def test_a_pack_that_left_the_catalogue_stays_in_the_lists(app: App, give: Callable[[int], None]) -> None:
    give(1)
    StickerPack.objects.update(is_listed=False)
    assert numbers(listed(app, "receive")) == [1]


# -- Flags: of the user in the path -------------------------------------------------------------------------


def flags(app: App, which: str) -> str:
    item = items(listed(app, which))[0]
    return item["isDownload"] + item["isWish"] + item["isReceive"]


def test_a_gift_that_waits_is_nobodys(app: App, give: Callable[[int], None]) -> None:
    give(1)
    assert (flags(app, "receive"), flags(app, "send")) == ("NNN", "NNN")


def test_a_confirmed_gift_belongs_to_the_receiver(app: App, give: Callable[[int], None]) -> None:
    give(1)
    app.confirm("Alice", "Bob", 1)
    assert (flags(app, "receive"), flags(app, "send")) == ("YNY", "NNY")


@pytest.mark.parametrize(("user", "expected"), [("Alice", ("NNN", "NYN")), ("Bob", ("NYN", "NNN"))])
def test_a_wish_is_that_of_the_user_of_the_list(
    app: App, brand: Brand, give: Callable[[int], None], now: datetime, user: str, expected: tuple[str, str]
) -> None:
    give(1)
    pack_catalogue.wish(brand=brand, number=1, user=user, now=now)
    assert (flags(app, "receive"), flags(app, "send")) == expected


def test_a_wish_can_be_taken_back(app: App, brand: Brand, give: Callable[[int], None], now: datetime) -> None:
    give(1)
    pack_catalogue.wish(brand=brand, number=1, user="Bob", now=now)
    pack_catalogue.unwish(brand=brand, number=1, user="Bob")
    assert flags(app, "receive") == "NNN"


def test_a_download_and_a_wish_do_not_undo_each_other(
    app: App, brand: Brand, give: Callable[[int], None], now: datetime
) -> None:
    give(1)
    pack_catalogue.wish(brand=brand, number=1, user="Alice", now=now)
    pack_catalogue.mark_downloaded(brand=brand, number=1, user="Alice", now=now)
    assert flags(app, "send") == "YYN"


def test_the_user_in_the_query_is_ignored(app: App, give: Callable[[int], None]) -> None:
    give(1)
    app.confirm("Alice", "Bob", 1)
    assert items(app.sent("Alice", "?userId=Bob")) == items(app.sent("Alice"))


# -- Dates --------------------------------------------------------------------------------------------------


def test_the_dates_are_those_of_sending_and_confirming(app: App, brand: Brand, stuart: StickerPack) -> None:
    noon = datetime.fromisoformat("2026-11-20T12:00:00.9+01:00")
    gift = {"brand": brand, "number": 118, "sender": "Alice", "receiver": "Bob"}
    packs.send(**gift, now=noon)
    packs.confirm(**gift, now=noon + timedelta(days=1))
    item = items(app.received("Bob"))[0]
    assert (item["sendDate"], item["receiveDate"]) == ("2026-11-20 11:00:00", "2026-11-21 11:00:00")
