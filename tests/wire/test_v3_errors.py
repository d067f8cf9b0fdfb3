"""One error shape everywhere under /v3, and nothing of the framework's own."""

import logging
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from gifting.models import ApiKey, Brand
from gifting.services import keys
from tests.wire.shop import CALLS, NEW, ONE_ORDER, Shop, address, assert_error

pytestmark = pytest.mark.django_db
CRID = NEW["crid"]
every_call = pytest.mark.parametrize(("method", "path"), CALLS)
calls_on_an_order = pytest.mark.parametrize(("method", "path"), ONE_ORDER)


# -- 401: before anything is said about the body -------------------------------------------------------------


@every_call
@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer gc_no", "Basic gc_no", "gc_no", "Bearer é"]
)
def test_without_a_good_key_nothing_opens(method: str, path: str, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = Client().generic(method, path, b"not json", content_type="text/plain", headers=headers)
    assert_error(response, 401, "unauthorized")
    assert response["WWW-Authenticate"] == "Bearer"


@every_call
def test_a_revoked_key_opens_nothing(shop: Shop, method: str, path: str) -> None:
    keys.revoke_key(key=ApiKey.objects.get(), now=timezone.now())
    assert_error(shop.call(method, path), 401, "unauthorized")


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(shop: Shop, crid: str, scheme: str) -> None:
    assert Client().get(address(crid), headers={"Authorization": f"{scheme} {shop.key}"}).status_code == 200


def test_no_csrf_token_is_asked_for(shop: Shop) -> None:
    strict, headers = Client(enforce_csrf_checks=True), {"Authorization": f"Bearer {shop.key}"}
    response = strict.post("/v3/containers", NEW, content_type="application/json", headers=headers)
    assert response.status_code == 201


# -- 404 -----------------------------------------------------------------------------------------------------


@calls_on_an_order
def test_an_unknown_order_is_not_found(shop: Shop, method: str, path: str) -> None:
    assert_error(shop.call(method, path, {"language": "en"}), 404, "not_found")


@calls_on_an_order
def test_another_brands_order_is_not_found(crid: str, other_shop: Shop, method: str, path: str) -> None:
    assert_error(other_shop.call(method, path, {"language": "en"}), 404, "not_found")


@calls_on_an_order
@pytest.mark.parametrize("crid", ["%00", "%0A", "%FF", "%ED%A0%80", "a%2Fb", "x" * 5000])
def test_a_number_that_no_order_can_have_is_not_found(shop: Shop, crid: str, method: str, path: str) -> None:
    assert_error(shop.call(method, path.replace(CRID, crid), {"language": "en"}), 404, "not_found")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "rest", ["", "/", "/no", "/containers/", "//containers", "/containers/a/b", "/containers/a/url/"]
)
def test_an_unknown_address_is_not_found_with_or_without_a_key(shop: Shop, rest: str, method: str) -> None:
    assert_error(shop.call(method, f"/v3{rest}"), 404, "not_found")
    assert_error(Client().generic(method, f"/v3{rest}"), 404, "not_found")


def test_an_unknown_address_asks_for_no_csrf_token() -> None:
    assert_error(Client(enforce_csrf_checks=True).post("/v3/nothing"), 404, "not_found")


# -- 405 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "FLY"])
@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v3/containers", "POST"),
        (address(CRID), "GET, HEAD, PATCH"),
        (address(CRID, "/notify"), "POST"),
        (address(CRID, "/qrcode"), "GET, HEAD"),
        (address(CRID, "/card"), "GET, HEAD"),
        (address(CRID, "/url"), "GET, HEAD"),
        ("/v3/docs", "GET, HEAD"),
        ("/v3/openapi.json", "GET, HEAD"),
    ],
)
def test_another_method_is_refused_with_those_allowed(
    shop: Shop, path: str, allowed: str, method: str
) -> None:
    response = shop.call(method, path)
    assert_error(response, 405, "method_not_allowed")
    assert response["Allow"] == allowed


def test_head_answers_like_get_without_the_body(shop: Shop, crid: str) -> None:
    response = shop.call("HEAD", address(crid))
    assert (response.status_code, response.content) == (200, b"")


# -- 503 -----------------------------------------------------------------------------------------------------


def refuse(*args: Any) -> Any:
    raise OperationalError("connection refused: password=secret")


@every_call
def test_a_database_that_does_not_answer_is_said_so(shop: Shop, method: str, path: str) -> None:
    with connection.execute_wrapper(refuse):
        assert_error(shop.call(method, path, NEW), 503, "unavailable")


def test_a_fault_of_ours_is_logged_and_not_shown(
    shop: Shop, brand: Brand, caplog: pytest.LogCaptureFixture
) -> None:
    Brand.objects.update(retention_days=2_000_000_000)  # A date that no calendar has.
    with caplog.at_level(logging.ERROR):
        response = shop.open()
    assert_error(response, 503, "unavailable")
    assert b"date" not in response.content
    assert "OverflowError" in caplog.text


def test_a_fault_is_not_shown_while_debugging_either(shop: Shop, settings: Settings) -> None:
    settings.DEBUG = True
    with connection.execute_wrapper(refuse):
        assert_error(shop.get(CRID), 503, "unavailable")


def test_no_secret_of_an_exception_is_shown(shop: Shop) -> None:
    with connection.execute_wrapper(refuse):
        assert b"secret" not in shop.get(CRID).content
