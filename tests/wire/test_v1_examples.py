"""The published contract, replayed: addresses, envelope, attributes and their order."""

import re
from typing import Any

import pytest
from django.test import Client

from gifting.models import GiftPack, StickerPack
from tests.wire.app import DONE, App, items

pytestmark = pytest.mark.django_db
ATTRIBUTES = [
    "packageId",
    "packageName",
    "packageImg",
    "packageCategory",
    "packageKeywords",
    "packageAnimated",
    "isNew",
    "artistName",
    "language",
    "isDownload",
    "isWish",
    "isReceive",
    "sendUserId",
    "receiveUserId",
    "sendDate",
    "receiveDate",
]
PAGE_MAP = [
    "pageNumber",
    "onePageCountRow",
    "totalCount",
    "pageCount",
    "groupCount",
    "groupNumber",
    "pageGroupCount",
    "startPage",
    "endPage",
    "startRow",
    "endRow",
    "modNum",
    "listStartNumber",
]
DATE = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"


@pytest.fixture
def sent(app: App, stuart: StickerPack) -> None:
    app.send("9937", "8805")


def call(app: App, method: str, address: str) -> Any:
    """As the published sample does: the key in the header, and nothing in the body."""
    return Client().generic(method, address, content_type="", headers={"apikey": app.key})


def test_sending_the_published_way_answers_the_published_envelope(app: App, stuart: StickerPack) -> None:
    response = call(app, "POST", "/v1/gift/118/9937/8805")
    assert (response.status_code, response.json()) == (200, DONE)
    assert response["Content-Type"] == "application/json"


def test_confirming_the_published_way_answers_the_published_envelope(app: App, sent: None) -> None:
    response = call(app, "PUT", "/v1/gift/118/9937/8805")
    assert (response.status_code, response.json()) == (200, DONE)
    assert list(response.json()) == ["header", "body"]
    assert list(response.json()["header"]) == ["code", "status", "message"]


@pytest.mark.parametrize("address", ["/v1/gift/send/9937", "/v1/gift/receive/8805"])
@pytest.mark.parametrize("query", ["", "?pageNumber=1&limit=20", "?userId=4711&pageNumber=1&limit=20"])
def test_both_lists_hold_packages_and_a_map_of_pages(app: App, sent: None, address: str, query: str) -> None:
    response = call(app, "GET", address + query)
    assert response.json()["header"] == DONE["header"]
    assert list(response.json()["body"]) == ["packageList", "pageMap"]
    assert len(response.json()["body"]["packageList"]) == 1
    assert list(response.json()["body"]["pageMap"]) == PAGE_MAP
    assert {type(value) for value in response.json()["body"]["pageMap"].values()} == {int}


def test_an_item_has_the_published_attributes_in_their_order(app: App, sent: None) -> None:
    assert list(items(app.received("8805"))[0]) == ATTRIBUTES


def test_the_attributes_have_the_published_types(app: App, sent: None) -> None:
    item = items(app.received("8805"))[0]
    assert isinstance(item["packageId"], int)
    flags = ["packageAnimated", "isNew", "isDownload", "isWish", "isReceive"]
    assert {item[name] for name in flags} == {"N"}
    assert {type(item[name]) for name in ATTRIBUTES[1:15]} == {str}
    assert re.fullmatch(DATE, item["sendDate"])
    assert item["receiveDate"] is None


def test_a_confirmed_gift_has_a_date_of_receipt(app: App, sent: None) -> None:
    app.confirm("9937", "8805")
    assert re.fullmatch(DATE, items(app.received("8805"))[0]["receiveDate"])


def test_an_item_says_what_the_pack_is(app: App, stuart: StickerPack) -> None:
    StickerPack.objects.update(
        category="Animals",
        keywords="dog,happy",
        is_animated=True,
        is_new=True,
        artist="Ana",
        language="en",
        image="packs/0f3a.png",
    )
    app.send("9937", "8805")
    item = items(app.sent("9937"))[0]
    assert [item[name] for name in ATTRIBUTES[:9]] == [
        118,
        "Stuart",
        f"https://lune.example/packs/{stuart.pk}/0f3a.png",
        "Animals",
        "dog,happy",
        "Y",
        "Y",
        "Ana",
        "en",
    ]
    assert [item["sendUserId"], item["receiveUserId"]] == ["9937", "8805"]


def test_dates_are_utc_whatever_the_time_zone_of_the_site(app: App, sent: None, settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    sent_at = GiftPack.objects.get().sent_at
    assert items(app.sent("9937"))[0]["sendDate"] == sent_at.strftime("%Y-%m-%d %H:%M:%S")
