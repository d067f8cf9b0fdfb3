"""Which pages may speak to the recording endpoints: their brand's own, and the shop's registered ones."""

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client

from gifting.models import Brand, VideoContainer
from tests.gifting.serving import URL
from tests.gifting.tus import Tus

SHOP = "https://www.lune.example"
STRANGER = "https://evil.example"
TUS_HEADERS = [
    "content-type",
    "tus-resumable",
    "upload-checksum",
    "upload-defer-length",
    "upload-length",
    "upload-metadata",
    "upload-offset",
    "x-edit-key",
    "x-http-method-override",
    "x-request-id",
    "x-requested-with",
]


@pytest.fixture(autouse=True)
def _registered(brand: Brand, other_brand: Brand) -> None:
    Brand.objects.filter(pk=brand.pk).update(widget_origins=[SHOP, "https://B.example:8443"])
    Brand.objects.filter(pk=other_brand.pk).update(widget_origins=["https://www.soleil.example"])


@pytest.fixture
def tus(container: VideoContainer, client: Client) -> Tus:
    return Tus(container, client)


@pytest.fixture
def document(container: VideoContainer) -> str:
    return f"/widget/containers/{container.urid}"


def preflight(client: Client, path: str, origin: str, method: str = "PATCH") -> HttpResponse:
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    return client.options(path, headers=headers)


def allowed(response: HttpResponse) -> str | None:
    assert "Origin" in response["Vary"]
    assert "Access-Control-Allow-Credentials" not in response
    return response.get("Access-Control-Allow-Origin")


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        (SHOP, True),
        ("https://b.example:8443", True),
        ("https://lune.example", True),  # the brand's base URL
        ("http://127.0.0.1:8000", True),  # PUBLIC_BASE_URL
        ("http://www.lune.example", False),
        ("https://www.lune.example:444", False),
        ("https://b.example", False),
        ("https://www.lune.example.evil.example", False),
        ("https://www.soleil.example", False),
        (STRANGER, False),
        ("null", False),
    ],
)
def test_the_document_is_open_to_the_brand_s_origins(
    client: Client, document: str, origin: str, is_allowed: bool
) -> None:
    assert allowed(preflight(client, document, origin, "GET")) == (origin if is_allowed else None)
    assert allowed(client.get(document, headers={"Origin": origin})) == (origin if is_allowed else None)


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("https://lune.example:443", "https://lune.example"),
        ("https://Lune.example/gifts/", "https://lune.example"),
    ],
)
def test_an_origin_is_compared_as_browsers_write_it(
    client: Client, brand: Brand, document: str, base_url: str, origin: str
) -> None:
    Brand.objects.filter(pk=brand.pk).update(base_url=base_url)
    assert allowed(preflight(client, document, origin)) == origin


def test_a_preflight_is_answered_without_a_body(client: Client, document: str) -> None:
    response = preflight(client, f"{document}/note", SHOP, "PUT")
    assert (response.status_code, response.content) == (204, b"")
    assert response["Access-Control-Allow-Methods"] == "OPTIONS, PUT"
    assert response["Access-Control-Max-Age"] == "3600"


def test_a_preflight_allows_every_header_of_tus(tus: Tus) -> None:
    response = preflight(tus.client, tus.create(3), SHOP)
    assert sorted(response["Access-Control-Allow-Headers"].lower().split(", ")) == TUS_HEADERS
    assert response["Access-Control-Allow-Methods"] == "OPTIONS, HEAD, PATCH, DELETE"


def test_an_upload_is_open_to_its_brand_alone(tus: Tus) -> None:
    path = tus.create(3)
    assert allowed(preflight(tus.client, path, SHOP)) == SHOP
    assert allowed(preflight(tus.client, path, "https://www.soleil.example")) is None
    assert allowed(tus.head(path, origin=SHOP)) == SHOP
    assert allowed(tus.head(path, origin="https://www.soleil.example")) is None


def test_what_tus_clients_need_can_be_read(tus: Tus) -> None:
    exposed = tus.post(upload_length="3", origin=SHOP)["Access-Control-Expose-Headers"].split(", ")
    needed = {"Location", "Upload-Offset", "Upload-Length", "Upload-Expires", "Tus-Resumable", "Retry-After"}
    assert needed <= set(exposed)


@pytest.mark.parametrize("origin", [SHOP, "https://www.soleil.example"])
def test_before_the_gift_is_known_any_brand_s_origin_may_go_on(client: Client, origin: str) -> None:
    assert allowed(preflight(client, URL, origin, "POST")) == origin


def test_before_the_gift_is_known_a_stranger_may_not_go_on(client: Client) -> None:
    response = preflight(client, URL, STRANGER, "POST")
    assert (response.status_code, allowed(response)) == (204, None)


def test_a_creation_is_open_to_the_gift_s_own_brand(tus: Tus) -> None:
    assert allowed(tus.post(upload_length="3", origin=SHOP)) == SHOP
    assert allowed(tus.post(upload_length="3", origin="https://www.soleil.example")) is None


def test_errors_can_be_read_too(tus: Tus) -> None:
    answers = [
        tus.post(upload_length="3", x_edit_key="wrong", origin=SHOP),
        tus.post(upload_length="3", tus_resumable="0.1", origin=SHOP),
        tus.head(f"{URL}/gone", origin=SHOP),
        tus.client.get("/widget/containers/none", headers={"Origin": SHOP}),
        tus.client.get(URL, headers={"Origin": SHOP}),
    ]
    assert [(response.status_code, allowed(response)) for response in answers] == [
        (401, SHOP),
        (412, SHOP),
        (404, SHOP),
        (404, SHOP),
        (400, SHOP),
    ]


def test_a_preflight_for_an_unknown_gift_lets_the_page_learn_that(client: Client) -> None:
    response = preflight(client, "/widget/containers/0123456789", SHOP, "GET")
    assert (response.status_code, allowed(response)) == (204, SHOP)


def test_calls_without_an_origin_are_served_as_ever(tus: Tus, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = tus.client.options(URL)
    assert (response.status_code, allowed(response)) == (204, None)


def refuse(*args: Any) -> Any:
    raise OperationalError("connection refused")


def test_a_database_that_does_not_answer_is_said_so_to_other_origins_too(
    client: Client, document: str
) -> None:
    with connection.execute_wrapper(refuse):
        response = client.get(document, headers={"Origin": SHOP})
    assert (response.status_code, response.json()["error"]) == (503, "unavailable")
