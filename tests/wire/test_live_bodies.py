"""What an application may send to pin and unpin, and what it is told otherwise."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from livestream.dto import Actor, ActorKind
from livestream.ids import Kind, encode
from livestream.models import JournalEntry, LiveStream, Product
from livestream.services import streams
from tests.wire.live import NEW, Api, assert_error

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("call", ["pin_product", "unpin_product"])
HERE = Actor(ActorKind.SYSTEM)
Status = LiveStream.Status


def send(api: Api, live: LiveStream, call: str, body: Any, content_type: str = "application/json") -> Any:
    return api.call("POST", f"{NEW}/{live.public_id}/{call}", body, content_type)


def pinned(stream: LiveStream) -> list[str]:
    return [pin.item for pin in stream.pins.open()]


@BOTH
@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "product_ids is required"),
        (b"{", "Request body is not valid JSON"),
        (b"\xff\xfe", "Request body is not valid JSON"),
        (b"[" * 60_000, "Request body is not valid JSON"),
        (b"1" * 5000, "Request body is not valid JSON"),
        (b"[]", "Request body must be a JSON object"),
        (b'"a"', "Request body must be a JSON object"),
        (b"null", "Request body must be a JSON object"),
        (b"{}", "product_ids is required"),
        ({"product_ids": None}, "product_ids is required"),
        ({"productIds": ["a"]}, "product_ids is required"),
        ({"product_ids": "GeEk8y"}, "product_ids must be an array of strings"),
        ({"product_ids": {"id": "GeEk8y"}}, "product_ids must be an array of strings"),
        ({"product_ids": 7}, "product_ids must be an array of strings"),
        ({"product_ids": [7]}, "product_ids must be an array of strings"),
        ({"product_ids": [None]}, "product_ids must be an array of strings"),
        ({"product_ids": [["GeEk8y"]]}, "product_ids must be an array of strings"),
        ({"product_ids": []}, "product_ids cannot be empty"),
        ({"product_ids": ["a"] * 4}, "Maximum 3 products allowed per request"),
    ],
)
def test_a_wrong_body_is_told_what_is_wrong(
    api: Api, live: LiveStream, call: str, body: Any, sentence: str
) -> None:
    assert_error(send(api, live, call, body), 400, sentence)


BAD_IDS = ["", "x", "616d p", "é", "\x00", "\ud800", "x" * 10_000, "0", "%s"]


@pytest.mark.parametrize("bad", BAD_IDS)
def test_an_id_that_does_not_decode_is_not_pinned(
    api: Api, live: LiveStream, products: list[Product], bad: str
) -> None:
    response = api.pin(live.public_id, products[0].public_id, bad)
    assert_error(response, 400, "Malformed product id")
    assert pinned(live) == []


@pytest.mark.parametrize("bad", BAD_IDS)
def test_an_id_that_does_not_decode_is_pinned_nowhere(api: Api, live: LiveStream, bad: str) -> None:
    assert_error(api.unpin(live.public_id, bad), 404, "No valid products found to unpin")


@pytest.mark.parametrize("kind", [Kind.STREAM, Kind.PLAYLIST, Kind.IMAGE])
def test_the_id_of_another_thing_is_no_product(api: Api, live: LiveStream, kind: Kind) -> None:
    assert_error(api.pin(live.public_id, encode(kind, live.pk)), 404, "No valid products found")


def test_an_unknown_product_is_none(api: Api, live: LiveStream) -> None:
    unknown = [encode(Kind.PRODUCT, 2**63 - 1), encode(Kind.UNIT, 4711)]
    assert_error(api.pin(live.public_id, *unknown), 404, "No valid products found")


def test_a_product_of_another_channel_is_none(
    api: Api, live: LiveStream, new_product, other_channel, products: list[Product]
) -> None:
    foreign = new_product("Foreign", channel=other_channel)
    for item in (foreign.public_id, foreign.units.get().public_id):
        assert_error(api.pin(live.public_id, item), 404, "No valid products found")
        response = api.pin(live.public_id, item, products[0].public_id)
        assert response.json() == {"pinned_product_ids": [products[0].public_id]}


def test_the_same_product_twice_is_pinned_once(api: Api, live: LiveStream, products: list[Product]) -> None:
    first, second = products[0].public_id, products[1].public_id
    assert api.pin(live.public_id, second, first, second).json() == {"pinned_product_ids": [second, first]}
    assert api.unpin(live.public_id, first, first).json() == {"unpinned_product_ids": [first]}


def test_pinning_replaces_what_was_pinned(api: Api, live: LiveStream, products: list[Product]) -> None:
    ids = [product.public_id for product in products]
    api.pin(live.public_id, *ids[:3])
    assert api.pin(live.public_id, ids[4], ids[0]).json() == {"pinned_product_ids": [ids[4], ids[0]]}
    assert pinned(live) == [ids[4], ids[0]]


def test_unpinning_answers_with_what_was_pinned(api: Api, live: LiveStream, products: list[Product]) -> None:
    ids = [product.public_id for product in products]
    api.pin(live.public_id, *ids[:3])
    response = api.unpin(live.public_id, ids[4], ids[2], ids[0])
    assert response.json() == {"unpinned_product_ids": [ids[2], ids[0]]}
    assert pinned(live) == [ids[1]]


def test_the_journal_names_the_application(api: Api, live: LiveStream, products: list[Product]) -> None:
    api.pin(live.public_id, products[0].public_id)
    assert JournalEntry.objects.filter(event="pinned").get().actor == "api:Till"


# -- Statuses


@pytest.mark.parametrize("status", Status)
def test_products_are_pinned_while_it_is_active_or_paused(
    api: Api, live: LiveStream, products: list[Product], status: Status
) -> None:
    LiveStream.objects.update(status=status)
    response = api.pin(live.public_id, products[0].public_id)
    if status in (Status.ACTIVE, Status.PAUSED):
        assert response.status_code == 200
    else:
        assert_error(response, 422, "Livestream must be active or paused to pin products")
        assert pinned(live) == []


@pytest.mark.parametrize("status", Status)
def test_products_are_unpinned_in_any_status(
    api: Api, live: LiveStream, products: list[Product], status: Status
) -> None:
    api.pin(live.public_id, products[0].public_id)
    LiveStream.objects.update(status=status)
    assert api.unpin(live.public_id, products[0].public_id).status_code == 200


@pytest.mark.parametrize("status", Status)
def test_it_ends_while_it_is_active_or_paused(api: Api, live: LiveStream, status: Status) -> None:
    LiveStream.objects.update(status=status)
    response = api.end(live.public_id)
    if status in (Status.ACTIVE, Status.PAUSED):
        assert response.json() == {"live_stream_id": live.public_id, "status": "ended"}
    else:
        assert_error(response, 400, "Livestream must be active or paused to end")


def test_a_paused_livestream_ends_for_good(api: Api, live: LiveStream, now) -> None:
    streams.move(stream=live, to=Status.PAUSED, actor=HERE, now=now)
    api.end(live.public_id)
    assert api.details(live.public_id).json()["status"] == "replay"


@pytest.mark.parametrize("body", [b"", b"{}", b"{", b"\xff", b"x" * 100_000])
def test_the_end_needs_no_body_and_reads_none(api: Api, live: LiveStream, body: bytes) -> None:
    assert api.call("PATCH", f"{NEW}/{live.public_id}/end", body, "text/plain").status_code == 200


# -- Bytes


@BOTH
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "text/json"])
def test_a_body_that_is_declared_as_something_else_is_not_read(
    api: Api, live: LiveStream, call: str, content_type: str
) -> None:
    response = send(api, live, call, b'{"product_ids": []}', content_type)
    assert_error(response, 415, "Content-Type must be application/json")


@BOTH
@pytest.mark.parametrize("content_type", ["", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_read_also_where_nobody_says_so(
    api: Api, live: LiveStream, call: str, content_type: str
) -> None:
    response = send(api, live, call, b'{"product_ids": []}', content_type)
    assert_error(response, 400, "product_ids cannot be empty")


def test_a_byte_order_mark_is_let_pass(api: Api, live: LiveStream, products: list[Product]) -> None:
    body = json.dumps({"product_ids": [products[0].public_id]}).encode("utf-8-sig")
    assert send(api, live, "pin_product", body).status_code == 200


def test_other_fields_are_ignored(api: Api, live: LiveStream, products: list[Product]) -> None:
    body = {"product_ids": [products[0].public_id], "test_mode": True}
    assert send(api, live, "pin_product", body).status_code == 200


@BOTH
def test_a_body_that_is_too_large_is_not_read(api: Api, live: LiveStream, call: str) -> None:
    sentence = "Request body is too large, at most 65536 bytes are accepted"
    assert_error(send(api, live, call, b" " * 65_537), 413, sentence)


@pytest.mark.parametrize(("size", "status"), [(0, 200), (70_000, 413)])
def test_a_body_in_chunks_is_read(
    api: Api, live: LiveStream, products: list[Product], size: int, status: int
) -> None:
    """As servers hand it over that mark its end."""
    body = json.dumps({"product_ids": [products[0].public_id]}).encode() + b" " * size
    stream = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True}
    response = Client().request(
        REQUEST_METHOD="POST",
        PATH_INFO=f"{NEW}/{live.public_id}/pin_product",
        CONTENT_TYPE="application/json",
        HTTP_AUTHORIZATION=f"Bearer {api.token}",
        **stream,
    )
    assert response.status_code == status


def test_the_limit_of_a_body_is_a_setting(api: Api, live: LiveStream, settings: Settings) -> None:
    settings.LIVESTREAM = {"MAX_BODY_BYTES": 10}
    assert send(api, live, "pin_product", b'{"a": 123}').status_code == 400
    assert send(api, live, "pin_product", b'{"a": 1234}').status_code == 413


def test_a_body_longer_than_it_was_declared_is_cut_there(
    api: Api, live: LiveStream, products: list[Product]
) -> None:
    body = json.dumps({"product_ids": [products[0].public_id]}).encode()
    response = Client().generic(
        "POST",
        f"{NEW}/{live.public_id}/pin_product",
        body + b"rubbish",
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.token}"},
        CONTENT_LENGTH=str(len(body)),
    )
    assert response.status_code == 200
