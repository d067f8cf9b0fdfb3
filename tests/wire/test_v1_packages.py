"""The catalogue: what a client shows of a pack, and their pictures."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from gifting.models import Brand, Sticker, StickerPack
from tests.gifting.pack_gifts import new_pack
from tests.wire.app import App, assert_code, assert_done, items
from tests.wire.test_v1_examples import ATTRIBUTES, PAGE_MAP

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue(brand: Brand, other_brand: Brand) -> None:
    """Three packs, one that was taken out, and one of another brand."""
    new_pack(brand, 1, "Stuart", keywords="dog,happy", category="Animals", artist="Ana Lune")
    new_pack(brand, 2, "Rosa 100%", keywords="love,rose", price="$0.99")
    new_pack(brand, 3, "Zoë", keywords="cat,happy", category="Animals", price="$1.99")
    new_pack(brand, 4, "Secret", is_listed=False)
    new_pack(other_brand, 5, "Soleil", keywords="happy")


def numbers(app: App, query: str = "") -> list[int]:
    return [item["packageId"] for item in items(app.call("GET", f"/v1/package{query}"))]


def test_the_list_holds_the_brands_packs_newest_first(app: App, catalogue: None) -> None:
    assert numbers(app) == [3, 2, 1]


def test_an_item_is_a_pack_with_its_price(app: App, catalogue: None) -> None:
    body = app.call("GET", "/v1/package").json()["body"]
    assert list(body["packageList"][0]) == [*ATTRIBUTES[:11], "price"]
    assert [item["price"] for item in body["packageList"]] == ["$1.99", "$0.99", "Free"]
    assert list(body["pageMap"]) == PAGE_MAP
    assert body["pageMap"]["totalCount"] == 3


@pytest.mark.parametrize(
    ("query", "expected"), [("?limit=2", [3, 2]), ("?limit=2&pageNumber=2", [1]), ("?pageNumber=9", [])]
)
def test_the_list_has_pages(app: App, catalogue: None, query: str, expected: list[int]) -> None:
    assert numbers(app, query) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", [3, 2, 1]),
        ("happy", [3, 1]),
        ("HAPPY", [3, 1]),
        ("stuart", [1]),
        ("animals", [3, 1]),
        ("ana", [1]),
        ("happy%20cat", [3]),
        ("cat%20dog", []),
        ("100%25", [2]),
        ("%25", [2]),
        ("_", []),
        ("'%22%5C", []),
        ("%F0%9F%8E%81", []),
    ],
)
def test_words_are_looked_for(app: App, catalogue: None, words: str, expected: list[int]) -> None:
    assert numbers(app, f"?q={words}") == expected


def test_the_map_counts_what_was_found(app: App, catalogue: None) -> None:
    found = app.call("GET", "/v1/package?q=happy&limit=1").json()["body"]["pageMap"]
    assert (found["totalCount"], found["pageCount"]) == (2, 2)


@pytest.mark.parametrize("query", ["?q=%00", "?q=" + "x" * 101, "?userId=" + "x" * 191, "?userId=%00"])
def test_impossible_words_and_users_are_an_invalid_parameter(app: App, catalogue: None, query: str) -> None:
    assert_code(app.call("GET", f"/v1/package{query}"), 400, "2000")


def test_the_flags_are_those_of_the_user_who_looks(app: App, catalogue: None) -> None:
    assert_done(app.call("POST", "/v1/download/1?userId=Bob&isPurchase=N"))
    mine = {
        item["packageId"]: item["isDownload"] for item in items(app.call("GET", "/v1/package?userId=Bob"))
    }
    assert mine == {3: "N", 2: "N", 1: "Y"}
    assert app.call("GET", "/v1/package/1?userId=Bob").json()["body"]["package"]["isDownload"] == "Y"
    assert app.call("GET", "/v1/package/1?userId=Alice").json()["body"]["package"]["isDownload"] == "N"


@pytest.mark.parametrize("query", ["", "?userId=", "?userId=%00", "?userId=" + "x" * 191])
def test_nobody_can_download_nothing(app: App, catalogue: None, query: str) -> None:
    assert_code(app.call("POST", f"/v1/download/1{query}"), 400, "2000")


def test_downloading_twice_is_fine(app: App, catalogue: None) -> None:
    for _ in range(2):
        assert_done(app.call("POST", "/v1/download/1?userId=Bob"))


# -- One pack, and pictures ---------------------------------------------------------------------------------


@pytest.fixture
def drawn(stuart: StickerPack) -> StickerPack:
    """The pack with a picture and two stickers; the second was drawn first."""
    stuart.image.save("Stuart.PNG", ContentFile(b"main"))
    for position, name in ((2, "b.gif"), (1, "a.webp")):
        sticker = Sticker(pack=stuart, position=position)
        sticker.image.save(name, ContentFile(name.encode()))
    return stuart


def look(app: App) -> Any:
    return app.call("GET", "/v1/package/118?packId=118&userId=Bob").json()["body"]["package"]


def fetch(address: str, **headers: str) -> Any:
    return Client().get(address.removeprefix("https://lune.example"), headers=headers)


def test_a_pack_comes_with_its_stickers_in_their_order(app: App, drawn: StickerPack) -> None:
    body = look(app)
    assert list(body) == [*ATTRIBUTES[:11], "stickers"]
    first, second = body["stickers"]
    assert list(first) == ["stickerId", "packageId", "stickerImg"]
    assert (first["packageId"], first["stickerImg"][-5:], second["stickerImg"][-4:]) == (118, ".webp", ".gif")


def test_a_pack_without_pictures_has_an_empty_address(app: App, stuart: StickerPack) -> None:
    assert (look(app)["packageImg"], look(app)["stickers"]) == ("", [])


def test_the_pictures_are_public_and_kept_by_caches(app: App, drawn: StickerPack) -> None:
    response = fetch(look(app)["packageImg"])
    assert (response.status_code, response.content, response["Content-Type"]) == (200, b"main", "image/png")
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Access-Control-Allow-Origin"] == "*"
    sticker = fetch(look(app)["stickers"][0]["stickerImg"])
    assert (sticker.content, sticker["Content-Type"]) == (b"a.webp", "image/webp")


def test_a_cache_that_has_the_picture_is_told_so(app: App, drawn: StickerPack) -> None:
    address = look(app)["packageImg"]
    assert fetch(address, **{"If-None-Match": fetch(address)["ETag"]}).status_code == 304


def test_another_picture_has_another_address(app: App, drawn: StickerPack) -> None:
    before = look(app)["packageImg"]
    drawn.image.delete()
    drawn.image.save("Stuart.PNG", ContentFile(b"other"))
    assert fetch(before).status_code == 404
    assert fetch(look(app)["packageImg"]).content == b"other"


@pytest.mark.parametrize("name", ["x.png", "..%2Fsecret.png", "x.svg", "x.html", "x", "%00.png"])
def test_only_the_packs_own_picture_is_shown(drawn: StickerPack, name: str) -> None:
    assert fetch(f"/packs/{drawn.pk}/{name}").status_code == 404
    assert fetch(f"/packs/{10**30}/{name}").status_code == 404


def test_a_file_that_is_no_picture_is_not_shown(app: App, stuart: StickerPack) -> None:
    stuart.image.save("page.html", ContentFile(b"<script>"))
    assert fetch(look(app)["packageImg"]).status_code == 404


def test_a_picture_that_is_lost_is_not_found(app: App, drawn: StickerPack) -> None:
    drawn.image.storage.delete(drawn.image.name)
    assert fetch(look(app)["packageImg"]).status_code == 404
