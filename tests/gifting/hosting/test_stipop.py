"""An account of gift packs: its addresses by name, its documents in our words, and what it may not do."""

import copy
import json
import logging
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gifting.backends.stipop import StipopBackend, places
from gifting.errors import (
    AlreadyGiven,
    GiftingError,
    GiftOver,
    GiftUnknown,
    Invalid,
    PackUnknown,
    SameUser,
    VendorError,
    VendorRejected,
    VendorUnavailable,
)
from tests.contract.strange import twisted
from tests.fakes.server import Answer, Server, answer, drop, hang, serve, trickle, trickle_head

KEY = "gc_the_account"
PAIR = {"sender": "alice", "receiver": "bob"}
SUCCESS = {"code": "0000", "status": "success", "message": "success"}
PACK = {
    "packageId": 118,
    "packageName": "Stuart",
    "packageImg": "https://img.stipop.example/118.png",
    "packageCategory": "Animation/Cartoon",
    "packageKeywords": "Stuart,Sticker",
    "packageAnimated": "N",
    "isNew": "N",
    "artistName": "MightyCat",
    "language": "English",
    "isDownload": "Y",
    "isWish": "N",
}
PUBLISHED_GIFT = {**PACK, "sendUserId": "9937", "receiveUserId": "8805", "sendDate": "2026-11-20 10:15:00"}
PUBLISHED_LIST = {
    "header": SUCCESS,
    "body": {"packageList": [PUBLISHED_GIFT], "pageMap": {"pageNumber": 1, "totalCount": 2953}},
}
STICKER = {"stickerId": 790, "packageId": 118, "stickerImg": "https://img.stipop.example/790.png"}
PUBLISHED_PACK = {"header": SUCCESS, "body": {"package": {**PACK, "stickers": [STICKER]}}}


def failure(code: str, message: str = "no") -> dict[str, Any]:
    return {"header": {"code": code, "status": "fail", "message": message}, "body": []}


def ask(document: Any, status: int = 200) -> Any:
    """What a list comes to when the account answers so."""
    with serve(lambda call: answer(document, status)) as server:
        return account(server).received("8805")


def account(server: Server) -> StipopBackend:
    return StipopBackend(key=KEY, base_url=f"{server.url}/v1")


def changed(document: Any, *path: Any, to: Any) -> Any:
    copied = copy.deepcopy(document)
    inner = copied
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return copied


# -- Its addresses


@pytest.mark.parametrize(
    ("name", "base", "images"),
    [
        ("production", "https://messenger.stipop.io/v1", "https://*.stipop.io"),
        ("sandbox", "https://sandbox.stipop.com/v1", "https://*.stipop.io"),
        ("http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000"),
    ],
)
def test_the_published_addresses_are_known_by_name(name: str, base: str, images: str) -> None:
    assert (places.base_of(name), places.images_of(name)) == (base, images)


@pytest.mark.parametrize("options", [{"key": ""}, {"key": "k", "base_url": "prod"}])
def test_an_account_without_key_or_address_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"STIPOP_KEY|neither production nor sandbox"):
        StipopBackend(**options)


# -- What it is told


def test_the_calls_are_those_of_the_contract() -> None:
    with serve(lambda call: answer({"header": SUCCESS, "body": []})) as server:
        account(server).send(118, **PAIR)
        account(server).confirm(118, **PAIR)
    assert [(call.method, call.path, call.body) for call in server.calls] == [
        ("POST", "/v1/gift/118/alice/bob", b""),
        ("PUT", "/v1/gift/118/alice/bob", b""),
    ]
    assert {call.headers["apikey"] for call in server.calls} == {KEY}


def test_an_order_that_broke_off_is_not_repeated() -> None:
    with serve(lambda call: drop) as server, pytest.raises(VendorUnavailable):
        account(server).send(118, **PAIR)
    assert len(server.calls) == 1


def test_no_log_tells_who_gives_to_whom(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="gifting")
    with serve(lambda call: drop) as server:
        for call in (lambda: account(server).send(118, **PAIR), lambda: account(server).sent("alice")):
            with pytest.raises(VendorUnavailable):
                call()
    assert "/gift/" in caplog.text
    assert "alice" not in caplog.text
    assert "bob" not in caplog.text


@pytest.mark.parametrize(
    "location",
    ["https://elsewhere.example/v1/gift", "//elsewhere.example/v1/x", "/v2/gift", "../../../../x", ""],
)
def test_the_key_is_not_carried_elsewhere(location: str) -> None:
    moved = answer(failure("2000"), 307, Location=location)
    with serve(lambda call: moved) as server, pytest.raises(VendorUnavailable, match="sends us elsewhere"):
        account(server).send(118, **PAIR)
    assert len(server.calls) == 1


def test_a_server_that_sends_us_round_and_round_is_left() -> None:
    moved = answer(failure("2000"), 307, Location="-?pair=x")
    with serve(lambda call: moved) as server, pytest.raises(VendorUnavailable, match="redirect"):
        account(server).send(118, **PAIR)
    assert len(server.calls) == 2


@pytest.mark.parametrize("misbehaviour", [hang, trickle, trickle_head])
def test_an_account_that_does_not_answer_is_left_in_time(settings: Any, misbehaviour: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "VENDOR_TIMEOUT_SECONDS": 0.3}
    with serve(lambda call: misbehaviour) as server:
        for call in (lambda: account(server).confirm(118, **PAIR), lambda: account(server).received("8805")):
            started = monotonic()
            with pytest.raises(VendorUnavailable, match="did not answer in time"):
                call()
            assert monotonic() - started < 3


# -- What it answers


def test_the_published_list_is_understood() -> None:
    page = ask(PUBLISHED_LIST)
    (gift,) = page.items
    assert (page.total, gift.sender, gift.receiver, gift.is_confirmed) == (2953, "9937", "8805", False)
    assert (gift.sent_at, gift.confirmed_at) == (datetime(2026, 11, 20, 10, 15, tzinfo=UTC), None)
    assert (gift.pack.number, gift.pack.artist, gift.pack.is_downloaded) == (118, "MightyCat", True)


def test_the_published_pack_is_understood() -> None:
    with serve(lambda call: answer(PUBLISHED_PACK)) as server:
        pack = account(server).pack(118)
    assert (pack.name, pack.price, pack.stickers[0].pk) == ("Stuart", "", 790)


def test_what_an_older_account_leaves_out_is_not_told() -> None:
    (gift,) = ask(changed(PUBLISHED_LIST, "body", "packageList", 0, to=PACK)).items
    assert (gift.sender, gift.sent_at, gift.is_confirmed) == ("", None, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("packageId", "118"),
        ("packageId", True),
        ("packageId", 0),
        ("packageId", None),
        ("packageName", 7),
        ("packageName", "x" * 2001),
        ("packageImg", "javascript:alert(1)"),
        ("packageImg", "https://a\n.example"),
        ("isDownload", "yes"),
        ("isDownload", True),
        ("sendDate", "yesterday"),
        ("sendDate", 1_700_000_000),
        ("stickers", {"a": 1}),
    ],
)
def test_a_malformed_item_is_not_guessed_at(name: str, value: Any) -> None:
    with pytest.raises(VendorUnavailable, match="in a form that we do not know"):
        ask(changed(PUBLISHED_LIST, "body", "packageList", 0, name, to=value))


@pytest.mark.parametrize(
    "document",
    [
        *(None, [], "ok", 7, {}, {"header": SUCCESS}, {"header": SUCCESS, "body": []}, {"header": []}),
        changed(PUBLISHED_LIST, "body", "pageMap", "totalCount", to=-1),
        changed(PUBLISHED_LIST, "body", "pageMap", to=None),
        changed(PUBLISHED_LIST, "header", "code", to=0),
    ],
)
def test_what_is_no_list_is_not_guessed_at(document: Any) -> None:
    with pytest.raises(VendorUnavailable):
        ask(document)


def test_a_page_for_people_is_to_be_tried_later() -> None:
    html: Answer = (200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><p>Under maintenance</p>")
    with serve(lambda call: html) as server, pytest.raises(VendorUnavailable, match="not a JSON"):
        account(server).packs()


@hypothesis_settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_nearly_right_documents_never_break_us(data: st.DataObject) -> None:
    body = twisted(json.dumps(PUBLISHED_LIST).encode(), data)
    with serve(lambda call: (200, {}, body)) as server:
        try:
            page = account(server).received("8805")
        except (VendorError, PackUnknown, Invalid):
            return
    assert all(gift.pack.number >= 1 for gift in page.items)


# -- What it refuses

REFUSALS: list[tuple[str, int, type[GiftingError]]] = [
    ("9000", 401, VendorRejected),
    ("9001", 403, VendorRejected),
    ("2000", 400, Invalid),
    ("2001", 404, PackUnknown),
    ("2002", 404, GiftUnknown),
    ("2003", 409, AlreadyGiven),
    ("2004", 400, SameUser),
    ("2005", 410, GiftOver),
    ("7777", 400, VendorRejected),
    ("1000", 500, VendorUnavailable),
    ("9009", 429, VendorUnavailable),
]


@pytest.mark.parametrize(("code", "status", "kind"), REFUSALS)
def test_refusals_are_told_apart_with_and_without_a_status(
    code: str, status: int, kind: type[GiftingError]
) -> None:
    for sent in (status, 200):
        with pytest.raises(GiftingError) as refusal:
            ask(failure(code), sent)
        assert type(refusal.value) is kind
        assert refusal.value.message.endswith(("no", "."))


@pytest.mark.parametrize("status", [200, 401])
@pytest.mark.parametrize("code", ["9002", "9003"])
def test_a_token_is_refused_without_an_envelope(code: str, status: int) -> None:
    with pytest.raises(VendorRejected, match="wants users to sign in") as refusal:
        ask({"code": code, "message": "invalid access token"}, status)
    assert refusal.value.word == code


def test_a_success_with_the_status_of_a_refusal_is_none() -> None:
    with pytest.raises(VendorRejected):
        ask(PUBLISHED_LIST, 404)


def test_a_reason_of_the_account_is_one_short_line() -> None:
    with pytest.raises(Invalid) as refusal:
        ask(failure("2000", "invalid parameter:\n" + "x" * 5000))
    assert "\n" not in refusal.value.message
    assert len(refusal.value.message) < 400
