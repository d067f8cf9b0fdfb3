"""One envelope everywhere under /v1, every code of the contract, and nothing of the framework's own."""

import logging
from datetime import datetime
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from gifting.dto import Actor, ActorKind
from gifting.models import ApiKey, Brand, GiftPack, StickerPack
from gifting.services import keys, packs
from tests.gifting.pack_gifts import new_pack
from tests.wire.app import CALLS, App, assert_code, assert_done, pair
from tests.wire.shop import CALLS as SHOP_CALLS
from tests.wire.shop import Shop, assert_error

pytestmark = pytest.mark.django_db
every_call = pytest.mark.parametrize(("method", "path"), CALLS)


# -- 9000, 9001: the key ------------------------------------------------------------------------------------


@every_call
@pytest.mark.parametrize("header", [None, "", " ", "gc_no", "é", "x" * 5000])
def test_without_a_known_key_nothing_opens(db: None, method: str, path: str, header: str | None) -> None:
    headers = {} if header is None else {"apikey": header}
    assert_code(Client().generic(method, path, b"no json", "text/plain", headers=headers), 401, "9000")


@every_call
def test_a_revoked_key_does_not_exist(app: App, method: str, path: str) -> None:
    keys.revoke_key(key=ApiKey.objects.get(), now=timezone.now())
    assert_code(app.call(method, path), 401, "9000")


@every_call
def test_a_blocked_key_is_told_so(app: App, method: str, path: str) -> None:
    keys.block_key(key=ApiKey.objects.get(), now=timezone.now())
    assert_code(app.call(method, path), 403, "9001")


def test_an_unblocked_key_opens_again(app: App, stuart: StickerPack) -> None:
    keys.block_key(key=ApiKey.objects.get(), now=timezone.now())
    keys.unblock_key(key=ApiKey.objects.get())
    assert_done(app.send("9937", "8805"))


@every_call
def test_a_key_for_videos_does_not_open_gift_packs(key: str, method: str, path: str) -> None:
    assert_code(App(key).call(method, path), 401, "9000")


@pytest.mark.parametrize(("method", "path"), SHOP_CALLS)
def test_a_key_for_gift_packs_does_not_open_videos(app: App, method: str, path: str) -> None:
    assert_error(Shop(app.key).call(method, path), 401, "unauthorized")


def test_a_blocked_key_for_videos_opens_nothing(key: str, shop: Shop) -> None:
    keys.block_key(key=ApiKey.objects.get(), now=timezone.now())
    assert_error(shop.open(), 401, "unauthorized")


# -- 2000: parameters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "package", ["0", "-1", "-118", "text", "118a", "1.5", "1e3", "0118", "+118", "%20118", "١١٨"]
)
def test_a_package_id_is_a_whole_number_from_one(app: App, stuart: StickerPack, package: str) -> None:
    assert_code(app.send("9937", "8805", package), 400, "2000")
    assert_code(app.confirm("9937", "8805", package), 400, "2000")
    assert_code(app.call("GET", f"/v1/package/{package}"), 400, "2000")
    assert_code(app.call("POST", f"/v1/download/{package}?userId=8805"), 400, "2000")


@pytest.mark.parametrize("path", ["/v1/gift/send/9937", "/v1/gift/receive/8805", "/v1/package"])
@pytest.mark.parametrize("name", ["limit", "pageNumber"])
@pytest.mark.parametrize(
    "value", ["0", "-1", "", "text", "1.0", "+1", "%201", "1_0", "99999999999", "9" * 5000, "٥", "%FF"]
)
def test_limit_and_page_are_whole_numbers_from_one(app: App, path: str, name: str, value: str) -> None:
    assert_code(app.call("GET", f"{path}?{name}={value}"), 400, "2000")


@pytest.mark.parametrize("path", ["/v1/gift/send/9937", "/v1/gift/receive/8805", "/v1/package"])
def test_a_page_has_at_most_fifty_rows(app: App, path: str) -> None:
    assert app.call("GET", f"{path}?limit=50").status_code == 200
    assert_code(app.call("GET", f"{path}?limit=51"), 400, "2000")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/download/118?userId="),
        ("GET", "/v1/package?userId="),
        ("GET", "/v1/package?q="),
        ("GET", "/v1/package/118?userId="),
        ("POST", "/v1/gift/118/9937/8805?note="),
    ],
)
def test_a_query_is_text(app: App, stuart: StickerPack, method: str, path: str) -> None:
    for said in ("%FF", "%ED%A0%80", "a%C3"):
        assert_code(app.call(method, path + said), 400, "2000")
    assert app.call(method, path + "%EF%BF%BD").status_code == 200  # The sign for what is no text is one.


def test_what_is_not_asked_for_may_be_anything(app: App) -> None:
    assert app.sent("9937", "?userId=%FF&%FF=1").status_code == 200


def test_what_is_wrong_is_said(app: App) -> None:
    message = app.sent("9937", "?limit=51").json()["header"]["message"]
    assert message == "invalid parameter: limit must be a whole number from 1 to 50."


def test_too_many_parameters_are_an_invalid_parameter(app: App) -> None:
    many = "&".join(f"x{number}=1" for number in range(2000))
    assert_code(app.sent("9937", f"?{many}"), 400, "2000")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "rest",
    [
        "",
        "/",
        "//",
        "/no",
        "/gift",
        "/gift/",
        "/gift/118",
        "/gift/118/9937",
        "/gift/118/9937/8805/x",
        "//gift/118/9937/8805",
        "/Gift/118/9937/8805",
        "/package/118/stickers",
        "/download",
        "/%0A",
        "/%00",
        "/%",
        "/gift%2F118%2F9937%2F8805",
    ],
)
def test_an_unknown_address_is_not_found_with_or_without_a_key(app: App, rest: str, method: str) -> None:
    assert_code(app.call(method, f"/v1{rest}"), 404, "2000")
    assert_code(App("").call(method, f"/v1{rest}"), 404, "2000")


def test_an_unknown_address_asks_for_no_csrf_token(db: None) -> None:
    assert_code(Client(enforce_csrf_checks=True).post("/v1/nothing"), 404, "2000")


@pytest.mark.parametrize("path", ["/v1", "/v1/gift/send/9937"])
def test_a_host_that_is_not_ours_is_an_invalid_parameter(settings: Settings, path: str) -> None:
    settings.ALLOWED_HOSTS = ["lune.example"]
    assert_code(Client().get(path), 400, "2000")
    assert Client().get("/v1x")["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PATCH", "DELETE", "OPTIONS", "TRACE", "FLY"])
def test_a_pair_takes_only_post_and_put(app: App, method: str) -> None:
    response = app.call(method, pair("9937", "8805"))
    if method == "HEAD":
        assert (response.status_code, response.content) == (405, b"")
    else:
        assert_code(response, 405, "2000")
    assert response["Allow"] == "POST, PUT"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    [
        "/v1/gift/send/9937",
        "/v1/gift/receive/8805",
        "/v1/package",
        "/v1/package/118",
        "/v1/docs",
        "/v1/openapi.json",
    ],
)
def test_what_is_read_takes_only_get_and_head(app: App, path: str, method: str) -> None:
    response = app.call(method, path)
    assert_code(response, 405, "2000")
    assert response["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/v1/gift/send/9937", "/v1/gift/receive/8805", "/v1/package"])
def test_head_answers_like_get_without_the_body(app: App, path: str) -> None:
    response = app.call("HEAD", path)
    assert (response.status_code, response.content) == (200, b"")


# -- 2001 to 2005: packs and gifts --------------------------------------------------------------------------


@pytest.mark.parametrize("package", [119, 2**31 - 1, 2**31, 2**63, "9" * 400, "9" * 10_240])
def test_an_unknown_pack_is_told_so(app: App, stuart: StickerPack, package: Any) -> None:
    assert_code(app.send("9937", "8805", package), 404, "2001")
    assert_code(app.confirm("9937", "8805", package), 404, "2001")
    assert_code(app.call("GET", f"/v1/package/{package}"), 404, "2001")
    assert_code(app.call("POST", f"/v1/download/{package}?userId=8805"), 404, "2001")


def test_another_brands_pack_is_unknown(other_app: App, stuart: StickerPack) -> None:
    assert_code(other_app.send("9937", "8805"), 404, "2001")


def test_a_pack_that_left_the_catalogue_is_given_no_more(app: App, stuart: StickerPack) -> None:
    app.send("9937", "8805")
    StickerPack.objects.update(is_listed=False)
    assert_code(app.send("9937", "someone"), 404, "2001")
    assert_done(app.confirm("9937", "8805"))


def test_a_gift_that_nobody_sent_cannot_be_confirmed(app: App, stuart: StickerPack) -> None:
    assert_code(app.confirm("9937", "8805"), 404, "2002")


@pytest.mark.parametrize(("sender", "receiver"), [("8805", "9937"), ("9937", "1"), ("1", "8805")])
def test_only_the_named_pair_confirms(app: App, stuart: StickerPack, sender: str, receiver: str) -> None:
    app.send("9937", "8805")
    assert_code(app.confirm(sender, receiver), 404, "2002")
    assert GiftPack.objects.get().state == "sent"


def test_another_brands_gift_cannot_be_confirmed(
    app: App, other_app: App, other_brand: Brand, stuart: StickerPack
) -> None:
    new_pack(other_brand)
    app.send("9937", "8805")
    assert_code(other_app.confirm("9937", "8805"), 404, "2002")


@pytest.mark.parametrize("sender", ["9937", "1234"])
@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_pack_is_given_to_a_user_once(
    app: App, stuart: StickerPack, sender: str, is_confirmed: bool
) -> None:
    app.send("9937", "8805")
    if is_confirmed:
        app.confirm("9937", "8805")
    assert_code(app.send(sender, "8805"), 409, "2003")
    assert GiftPack.objects.count() == 1


def test_who_has_downloaded_a_pack_is_not_given_it(app: App, stuart: StickerPack) -> None:
    assert_done(app.call("POST", "/v1/download/118?userId=8805"))
    assert_code(app.send("9937", "8805"), 409, "2003")


def test_nobody_gives_to_oneself(app: App, stuart: StickerPack) -> None:
    assert_code(app.send("9937", "9937"), 400, "2004")
    assert_code(app.confirm("9937", "9937"), 400, "2004")


def test_a_revoked_gift_is_gone(app: App, stuart: StickerPack, now: datetime) -> None:
    app.send("9937", "8805")
    packs.revoke(gift=GiftPack.objects.get(), actor=Actor(ActorKind.STAFF, "maria"), now=now)
    assert_code(app.confirm("9937", "8805"), 410, "2005")


@pytest.mark.parametrize("is_swept", [False, True])
def test_an_expired_gift_is_gone(app: App, stuart: StickerPack, now: datetime, is_swept: bool) -> None:
    app.send("9937", "8805")
    GiftPack.objects.update(expires_at=now)
    if is_swept:
        packs.expire_due(now=timezone.now())
    assert_code(app.confirm("9937", "8805"), 410, "2005")


def test_confirming_twice_changes_nothing(app: App, stuart: StickerPack) -> None:
    app.send("9937", "8805")
    app.confirm("9937", "8805")
    first = GiftPack.objects.values().get()
    assert_done(app.confirm("9937", "8805"))
    assert GiftPack.objects.values().get() == first


# -- 1000: the server ---------------------------------------------------------------------------------------


def refuse(*args: Any) -> Any:
    raise OperationalError("connection refused: password=secret")


@every_call
def test_a_database_that_does_not_answer_is_a_server_error(app: App, method: str, path: str) -> None:
    with connection.execute_wrapper(refuse):
        response = app.call(method, path)
    assert_code(response, 500, "1000")
    assert b"secret" not in response.content


def test_a_fault_of_ours_is_logged_and_not_shown(
    app: App, stuart: StickerPack, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.DEBUG = True
    settings.GIFTING = {"GIFT_PACK_EXPIRES_DAYS": 2_000_000_000}  # A date that no calendar has.
    with caplog.at_level(logging.ERROR):
        response = app.send("9937", "8805")
    assert_code(response, 500, "1000")
    assert "OverflowError" in caplog.text
