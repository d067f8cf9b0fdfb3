"""The OpenAPI document of /v1: complete, true, and shown on a page that needs nothing from elsewhere."""

import re
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from gifting.models import StickerPack
from tests.wire.app import WORDS, App

PAIR = "/v1/gift/{packageId}/{sendUserId}/{receiveUserId}"
ALWAYS = {"200", "400", "401", "403", "429", "500"}
RESPONSES: dict[tuple[str, str], set[str]] = {
    (PAIR, "post"): {"307", "404", "409"},
    (PAIR, "put"): {"307", "404", "410"},
    ("/v1/gift/send/{userId}", "get"): set(),
    ("/v1/gift/receive/{userId}", "get"): set(),
    ("/v1/package", "get"): set(),
    ("/v1/package/{packageId}", "get"): {"404"},
    ("/v1/download/{packageId}", "post"): {"404"},
}


@pytest.fixture
def document() -> Any:
    return Client().get("/v1/openapi.json").json()


def test_every_call_is_documented_with_every_status(document: Any) -> None:
    found = {
        (path, method): set(operation["responses"])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert found == {call: statuses | ALWAYS for call, statuses in RESPONSES.items()}


def test_every_call_needs_the_key(document: Any) -> None:
    assert list(document["components"]["securitySchemes"].values()) == [
        {"type": "apiKey", "in": "header", "name": "apikey"}
    ]
    for path, method in RESPONSES:
        assert document["paths"][path][method]["security"]


def test_every_code_has_an_example_in_the_envelope(document: Any) -> None:
    shown = {
        example["value"]["header"]["code"]: example["value"]["header"]["message"]
        for path, method in RESPONSES
        for status, response in document["paths"][path][method]["responses"].items()
        if status >= "400"
        for example in response["content"]["application/json"]["examples"].values()
    }
    assert shown == WORDS


def test_every_code_is_explained(document: Any) -> None:
    assert all(f"| `{code}` |" in document["info"]["description"] for code in WORDS)


def test_the_page_of_the_documentation_loads_nothing_from_elsewhere() -> None:
    page = Client().get("/v1/docs")
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert page.status_code == 200
    assert addresses
    assert all(address.startswith("/static/ninja/") for address in addresses)


# -- The document against the API ---------------------------------------------------------------------------


@pytest.fixture
def api(transactional_db: None, app: App, stuart: StickerPack) -> Any:
    """The API in process, with the gift of the examples sent."""
    app.send("9937", "8805")
    return schemathesis.openapi.from_wsgi("/v1/openapi.json", WSGIHandler())


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), RESPONSES)
def test_the_api_answers_as_it_is_documented(
    api: Any, app: App, path: str, method: str, mode: GenerationMode
) -> None:
    """Never a server's fault, nor a status, header or shape that is not documented.

    Left out: that all which fits the schema is taken, for it cannot tell that two ids must differ; and that
    all else is refused, because unknown parameters are ignored.
    """
    left_out = [positive_data_acceptance, negative_data_rejection]

    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=api[path][method].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.call_and_validate(headers={"apikey": app.key}, excluded_checks=left_out)

    ask()
