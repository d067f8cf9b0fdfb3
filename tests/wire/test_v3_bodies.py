"""Bodies that are too large, of another type, or no JSON: refused in words, whatever they are."""

import io
import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.wire.shop import NEW, WITH_BODY, Shop, assert_error

pytestmark = pytest.mark.django_db
both_calls = pytest.mark.parametrize(("method", "path"), WITH_BODY)


@both_calls
@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"{",
        b'{"crid": "ORD-1",}',
        b"{'crid': 'ORD-1'}",
        b'{"crid": NaN}',
        b'{"crid": -Infinity}',
        b'{"language": "en", "language": "fr"}',
        b'{"additionalData": {"a": 1, "a": 1}}',
        b'{"crid": "\xff"}',
        b'{"crid": "\xed\xa0\x80"}',
        b'{"crid": "a\x00b"}',
        '{"crid": "Ü"}'.encode("utf-16"),
        b"[" * 20_000,
        b'{"additionalData": ' * 3_000,
        b'{"additionalData": {"a": ' + b"9" * 5_000 + b"}}",
        b"\x00",
        b" ",
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_is_no_json_is_refused(shop: Shop, crid: str, method: str, path: str, body: bytes) -> None:
    assert_error(shop.call(method, path, body), 400, "invalid", "body")


@both_calls
@pytest.mark.parametrize("body", [[], [NEW], "ORD-1", 7, None, True])
def test_json_that_is_no_object_is_refused(shop: Shop, crid: str, method: str, path: str, body: Any) -> None:
    assert_error(shop.call(method, path, body), 400, "invalid", "body")


@both_calls
def test_deep_nesting_that_the_parser_bears_is_refused(shop: Shop, crid: str, method: str, path: str) -> None:
    deep = json.loads("[" * 500 + "]" * 500)
    assert_error(
        shop.call(method, path, NEW | {"additionalData": {"a": deep}}), 400, "invalid", "additionalData"
    )


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_a_number_without_end_is_refused(shop: Shop, number: str) -> None:
    body = json.dumps(NEW).replace('"Gift Box"', number).encode()
    assert_error(shop.call("POST", "/v3/containers", body), 400, "invalid", "additionalData")


@pytest.mark.parametrize("number", ["12345678901234567890123", "1e22", "5e-324", "-0.0", "9" * 4_000])
def test_any_other_number_is_kept(shop: Shop, number: str) -> None:
    body = json.dumps(NEW).replace('"Gift Box"', number).encode()
    assert shop.call("POST", "/v3/containers", body).status_code == 201
    assert shop.get(NEW["crid"]).json()["additionalData"]["productName"] == json.loads(number)


def test_a_byte_order_mark_is_let_pass(shop: Shop) -> None:
    assert shop.call("POST", "/v3/containers", json.dumps(NEW).encode("utf-8-sig")).status_code == 201


@pytest.mark.parametrize(
    "content_type",
    ["application/json; charset=utf-8", "APPLICATION/JSON", "application/merge-patch+json", ""],
)
def test_json_is_known_by_any_of_its_names(shop: Shop, content_type: str) -> None:
    body = json.dumps(NEW).encode()
    assert shop.call("POST", "/v3/containers", body, content_type).status_code == 201


@both_calls
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "json",
    ],
)
def test_a_body_of_another_type_is_refused(
    shop: Shop, crid: str, method: str, path: str, content_type: str
) -> None:
    body = json.dumps(NEW).encode()
    assert_error(shop.call(method, path, body, content_type), 415, "unsupported_media_type")


class BrokenOff(io.BytesIO):
    """What a server reads from a client that has gone."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise ConnectionResetError


def test_a_body_that_breaks_off_is_refused(shop: Shop) -> None:
    environ = {"CONTENT_TYPE": "application/json", "HTTP_AUTHORIZATION": f"Bearer {shop.key}"}
    stream = {"wsgi.input": BrokenOff(), "CONTENT_LENGTH": "100"}
    response = Client().request(REQUEST_METHOD="POST", PATH_INFO="/v3/containers", **environ, **stream)
    assert_error(response, 400, "invalid")


# -- 413 -----------------------------------------------------------------------------------------------------


def padded(size: int) -> bytes:
    """The first example as a body of exactly `size` bytes."""
    body = json.dumps(NEW).encode()
    return body + b" " * (size - len(body))


@both_calls
def test_a_body_over_the_limit_is_refused(shop: Shop, crid: str, method: str, path: str) -> None:
    assert_error(shop.call(method, path, padded(65_537)), 413, "too_large")


def test_a_body_at_the_limit_is_read(shop: Shop) -> None:
    assert shop.call("POST", "/v3/containers", padded(65_536)).status_code == 201


def test_the_limit_is_a_setting(shop: Shop, settings: Settings) -> None:
    settings.GIFTING = {"MAX_BODY_BYTES": 300}
    assert_error(shop.call("POST", "/v3/containers", padded(301)), 413, "too_large")


def test_a_declared_length_over_the_limit_is_refused_before_anything_is_read(shop: Shop) -> None:
    environ = {"CONTENT_TYPE": "application/json", "HTTP_AUTHORIZATION": f"Bearer {shop.key}"}
    stream = {"wsgi.input": io.BytesIO(b""), "CONTENT_LENGTH": "65537"}
    response = Client().request(REQUEST_METHOD="POST", PATH_INFO="/v3/containers", **environ, **stream)
    assert_error(response, 413, "too_large")


def send_chunked(shop: Shop, body: bytes) -> Any:
    """A chunked request as a WSGI server hands it on: no length, but a stream that ends."""
    environ = {"CONTENT_TYPE": "application/json", "HTTP_AUTHORIZATION": f"Bearer {shop.key}"}
    stream = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True}
    return Client().request(REQUEST_METHOD="POST", PATH_INFO="/v3/containers", **environ, **stream)


def test_a_chunked_body_is_read(shop: Shop) -> None:
    assert send_chunked(shop, padded(1_000)).status_code == 201


def test_a_chunked_body_over_the_limit_is_refused_while_it_is_read(shop: Shop) -> None:
    assert_error(send_chunked(shop, padded(1_000_000)), 413, "too_large")
