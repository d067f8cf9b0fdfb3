"""The OpenAPI document of the livestream API: complete, true, and shown on a page of our own."""

import re
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from livestream.models import LiveStream, Playlist, Product
from tests.wire.live import NEW, OLD, READ, WRITE, Api

ALWAYS = {"200", "400", "401", "403", "404", "429", "503"}
CHANGE, BODY = {"502"}, {"413", "415"}
RESPONSES: dict[tuple[str, str], set[str]] = {
    (f"{OLD}/{{live_stream_id}}/detail", "get"): set(),
    (f"{NEW}/{{live_stream_id}}/detail", "get"): set(),
    (f"{OLD}/playlists/{{playlist_id}}/videos", "get"): set(),
    (f"{NEW}/playlists/{{playlist_id}}/videos", "get"): set(),
    (f"{NEW}/{{live_stream_id}}/pin_product", "post"): CHANGE | BODY | {"422"},
    (f"{NEW}/{{live_stream_id}}/unpin_product", "post"): CHANGE | BODY,
    (f"{NEW}/{{live_stream_id}}/end", "patch"): CHANGE,
}
# What can be asked in a wrong way: an address alone has no shape that a string does not fit.
ASKED = [call for call in RESPONSES if call[0].endswith(("videos", "_product"))]
MODES = [
    *((*call, GenerationMode.POSITIVE) for call in RESPONSES),
    *((*call, GenerationMode.NEGATIVE) for call in ASKED),
]
SENTENCES = {
    "Livestream not found",
    "Livestream must be active or paused to pin products",
    "Livestream must be active or paused to end",
    "product_ids is required",
    "product_ids cannot be empty",
    "Maximum 3 products allowed per request",
    "No valid products found to unpin",
    "Invalid or missing access token",
    "Access denied to this livestream",
    "Malformed livestream id",
    "No valid products found",
    "Insufficient scope",
}


@pytest.fixture
def document() -> Any:
    return Client().get("/api/openapi.json").json()


def test_every_call_is_documented_with_every_status(document: Any) -> None:
    found = {
        (path, method): set(operation["responses"])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert found == {call: statuses | ALWAYS for call, statuses in RESPONSES.items()}


def test_every_call_names_its_scope(document: Any) -> None:
    for path, method in RESPONSES:
        scope = READ if method == "get" else WRITE
        assert document["paths"][path][method]["security"] == [{"AccessToken": [scope]}]


def test_tokens_are_told_as_oauth(document: Any) -> None:
    scheme = document["components"]["securitySchemes"]["AccessToken"]
    assert scheme["type"] == "oauth2"
    assert scheme["flows"]["clientCredentials"]["tokenUrl"] == "/oauth/token"
    assert set(scheme["flows"]["authorizationCode"]["scopes"]) == {READ, WRITE}


def test_the_older_names_are_deprecated(document: Any) -> None:
    for path, method in RESPONSES:
        assert document["paths"][path][method].get("deprecated", False) == path.startswith(OLD)


def test_every_sentence_of_the_contract_is_an_example(document: Any) -> None:
    shown = {
        example["value"]["error"]
        for path, method in RESPONSES
        for status, response in document["paths"][path][method]["responses"].items()
        if status >= "400"
        for example in response["content"]["application/json"]["examples"].values()
    }
    assert shown >= SENTENCES


def test_the_page_of_the_documentation_loads_nothing_from_elsewhere() -> None:
    page = Client().get("/api/docs")
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert page.status_code == 200
    assert addresses
    assert all(address.startswith("/static/ninja/") for address in addresses)


# -- The document against the API ---------------------------------------------------------------------------


@pytest.fixture
def schema(transactional_db: None, live: LiveStream) -> Any:
    return schemathesis.openapi.from_wsgi("/api/openapi.json", WSGIHandler())


@pytest.mark.parametrize("is_there", [True, False], ids=["there", "anything"])
@pytest.mark.parametrize(("path", "method", "mode"), MODES)
def test_the_api_answers_as_it_is_documented(
    schema: Any,
    api: Api,
    live: LiveStream,
    playlist: Playlist,
    products: list[Product],
    path: str,
    method: str,
    is_there: bool,
    mode: GenerationMode,
) -> None:
    """Never a server's fault, nor a status, header or shape that is not documented.

    Left out: that all which fits the schema is taken, for it cannot tell which ids are there; and that all
    else is refused, because unknown parameters are ignored.
    """
    left_out = [positive_data_acceptance, negative_data_rejection]
    there = {"live_stream_id": live.public_id, "playlist_id": playlist.public_id}

    @settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        if is_there:
            case.path_parameters = {name: there[name] for name in case.path_parameters}
        headers = {"Authorization": f"Bearer {api.token}"}
        case.call_and_validate(headers=headers, excluded_checks=left_out)

    ask()
