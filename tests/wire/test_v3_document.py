"""The OpenAPI document: complete, true, and shown on a page that needs nothing from elsewhere."""

import re
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.wire.shop import NEW, Shop

ALWAYS = {"401", "429", "503"}
BODY = {"400", "413", "415"}
RESPONSES = {
    ("/v3/containers", "post"): {"200", "201", "409"} | BODY,
    ("/v3/containers/{crid}", "get"): {"200", "404"},
    ("/v3/containers/{crid}", "patch"): {"200", "404", "409"} | BODY,
    ("/v3/containers/{crid}/notify", "post"): {"200", "404", "409"},
    ("/v3/containers/{crid}/qrcode", "get"): {"200", "400", "404"},
    ("/v3/containers/{crid}/card", "get"): {"200", "400", "404"},
    ("/v3/containers/{crid}/url", "get"): {"200", "404"},
}


@pytest.fixture
def document() -> Any:
    return Client().get("/v3/openapi.json").json()


def test_all_seven_calls_are_documented_with_every_status(document: Any) -> None:
    found = {
        (path, method): set(operation["responses"])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert found == {call: statuses | ALWAYS for call, statuses in RESPONSES.items()}


def test_every_call_needs_the_private_key(document: Any) -> None:
    assert document["components"]["securitySchemes"] == {"PrivateKey": {"type": "http", "scheme": "bearer"}}
    for path, method in RESPONSES:
        assert document["paths"][path][method]["security"] == [{"PrivateKey": []}]


def test_the_examples_are_those_of_the_contract(document: Any) -> None:
    opening = document["paths"]["/v3/containers"]["post"]
    assert opening["requestBody"]["content"]["application/json"]["schema"]["example"] == NEW
    assert document["components"]["schemas"]["ContainerOut"]["example"]["urid"] == "abc123xyz9"


def test_every_error_has_an_example_in_the_one_shape(document: Any) -> None:
    for path, method in RESPONSES:
        for status, response in document["paths"][path][method]["responses"].items():
            if status >= "400":
                example = response["content"]["application/json"]["example"]
                assert list(example)[:2] == ["error", "message"]


@pytest.mark.parametrize(("rest", "media_type"), [("/qrcode", "image/png"), ("/card", "application/pdf")])
def test_files_are_documented_with_their_type(document: Any, rest: str, media_type: str) -> None:
    responses = document["paths"]["/v3/containers/{crid}" + rest]["get"]["responses"]
    assert list(responses["200"]["content"]) == [media_type]


def test_the_page_of_the_documentation_loads_nothing_from_elsewhere() -> None:
    page = Client().get("/v3/docs")
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert page.status_code == 200
    assert addresses
    assert all(address.startswith("/static/ninja/") for address in addresses)


def test_the_page_of_the_documentation_runs_no_inline_script() -> None:
    page = Client().get("/v3/docs").content.decode()
    inline = re.findall(r"<script(?![^>]*(?:src=|application/json))", page)
    assert (inline, "<style" in page, " style=" in page) == ([], False, False)


# -- The document against the API ----------------------------------------------------------------------------


@pytest.fixture
def api(transactional_db: None, shop: Shop) -> Any:
    """The API in process, with the container of the examples open."""
    shop.open()
    return schemathesis.openapi.from_wsgi("/v3/openapi.json", WSGIHandler())


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), RESPONSES)
def test_the_api_answers_as_it_is_documented(
    api: Any, key: str, path: str, method: str, mode: GenerationMode
) -> None:
    """Never a server's fault, nor a status, header or shape that is not documented.

    Left out: that all which fits the schema is taken. JSON Schema cannot tell a printable character.
    """

    @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=api[path][method].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.call_and_validate(
            headers={"Authorization": f"Bearer {key}"}, excluded_checks=[positive_data_acceptance]
        )

    ask()
