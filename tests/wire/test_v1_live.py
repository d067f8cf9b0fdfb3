"""The gift API on the server that the project runs on, which decodes paths before we see them."""

import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.gifting.serving import Project, once_is_enough
from tests.wire.app import DONE, pair, quoted

pytestmark = once_is_enough
PACK = """
from django.utils import timezone
from gifting.models import Brand, StickerPack
brand = Brand.objects.create(slug="lune", name="Maison Lune")
for number in range(1, 9):
    StickerPack.objects.create(brand=brand, number=number, name="Stuart", created_at=timezone.now())
"""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The server's address, and a key."""
    project = Project.make(tmp_path_factory.mktemp("project"), RATE_LIMIT_PER_MINUTE="0")
    project.python(PACK)
    key = project.manage("create_api_key", "lune", "--kind", "packs").strip()
    with project.serve() as server:
        yield server.url, key


def ask(live: tuple[str, str], method: str, path: str, **more: Any) -> requests.Response:
    url, key = live
    return requests.request(method, url + path, headers={"apikey": key, **more}, timeout=10)


@pytest.mark.parametrize(
    ("package", "sender", "receiver"),
    [
        (1, "9937", "8805"),
        (2, "a/b", "c"),
        (3, "a", "b/c"),
        (4, "team/🎁 alice", "team/bob & co"),
        (5, "100%/x", "%2F"),
    ],
)
def test_ids_with_encoded_slashes_send_confirm_and_list(
    live: tuple[str, str], package: int, sender: str, receiver: str
) -> None:
    for method in ("POST", "PUT"):
        response = ask(live, method, pair(sender, receiver, package))
        assert (response.status_code, response.json()) == (200, DONE)
    received = ask(live, "GET", f"/v1/gift/receive/{quoted(receiver)}?userId={quoted(receiver)}").json()
    mine = [item for item in received["body"]["packageList"] if item["packageId"] == package]
    assert [(item["sendUserId"], item["receiveUserId"], item["isReceive"]) for item in mine] == [
        (sender, receiver, "Y")
    ]


def test_behind_a_proxy_that_tells_the_path_no_client_is_asked_again(live: tuple[str, str]) -> None:
    path = pair("x/y", "z", 6)
    response = ask(live, "POST", path, **{"X-Original-URI": path})
    assert (response.json(), response.history) == (DONE, [])


@pytest.mark.parametrize("user", ["%FF", "%ED%A0%80", "%00", "", "x" * 191])
def test_what_is_no_user_id_is_an_invalid_parameter(live: tuple[str, str], user: str) -> None:
    for path in (f"/v1/gift/7/{user}/Bob", f"/v1/gift/7/Alice/{user}"):
        response = ask(live, "POST", path)
        assert (response.status_code, response.json()["header"]["code"]) == (400, "2000")


@pytest.mark.parametrize("target", ["/v1", "/v1/", "/v1//", "/v1/%0A", "/v1/%zz", "/v1/gift", "/v1/../v1/x"])
def test_an_unknown_address_is_answered_in_the_envelope(live: tuple[str, str], target: str) -> None:
    url, key = live
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request("GET", target, headers={"apikey": key})
    response = connection.getresponse()
    assert (response.status, response.headers["Content-Type"]) == (404, "application/json")
    assert response.read().startswith(b'{"header": {"code": "2000", "status": "fail"')
    connection.close()


def test_the_head_of_a_list_has_no_body(live: tuple[str, str]) -> None:
    response = ask(live, "HEAD", "/v1/gift/send/9937")
    assert (response.status_code, response.content) == (200, b"")
