"""Who is not let in by the events endpoint, and what they are told."""

import os

import pytest
import requests

from tests.livestream.fanout.house import Desk, House, Server, Show, once_is_enough

pytestmark = once_is_enough
BASE = "/live/events/"


def ask(server: Server, path: str, method: str = "GET", **options: object) -> requests.Response:
    return requests.request(
        method, f"http://127.0.0.1:{server.port}{BASE}{path}", timeout=10, stream=True, **options
    )


@pytest.mark.parametrize(
    "ticket", ["", "x", "a:b:c", "%00", "1.public.x:1:x", "é", "a" * 5000, "..", "1.public", "&" * 40]
)
def test_a_ticket_that_is_not_ours_opens_nothing(server: Server, show: Show, ticket: str) -> None:
    answer = ask(server, f"{show.id}?ticket={ticket}")
    assert (answer.status_code, answer.json()["error"][-14:]) == (403, "Load it again.")


def test_a_ticket_opens_its_own_livestream_only(server: Server, desk: Desk, show: Show, url: str) -> None:
    other = desk.new()
    assert server.watch(url.replace(show.id, other.id)).status == 403


def test_a_changed_ticket_opens_nothing(server: Server, show: Show, url: str) -> None:
    assert server.watch(url.replace("public", "staff")).status == 403


@pytest.mark.parametrize("path", ["", "x", "-", "aaaaaa/b", "%2e%2e", "A" * 300, "é", "%00", "-publish/x"])
def test_what_is_no_livestream_is_not_found(server: Server, path: str) -> None:
    answer = ask(server, path)
    assert (answer.status_code, answer.json()) == (404, {"error": "Livestream not found"})


def test_the_id_of_a_product_is_not_found(server: Server, show: Show) -> None:
    assert ask(server, f"{show.products[0]}?ticket=x").status_code == 404


def test_a_livestream_that_is_gone_is_not_found(server: Server, desk: Desk) -> None:
    assert server.watch(desk.do("url", 999_999)).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "HEAD", "TRACE"])
def test_events_are_only_read(server: Server, show: Show, method: str) -> None:
    answer = ask(server, show.id, method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, OPTIONS")


def test_pages_of_any_site_may_connect(server: Server, show: Show, url: str) -> None:
    assert server.watch(url).response.headers["Access-Control-Allow-Origin"] == "*"
    assert ask(server, show.id, "OPTIONS").status_code == 204


def test_a_page_cannot_open_connections_without_end(server: Server, url: str) -> None:
    pages = [server.watch(url) for _each in range(7)]
    assert [page.status for page in pages] == [200] * 6 + [429]


def test_a_connection_that_ends_makes_room_for_another(server: Server, url: str) -> None:
    pages = [server.watch(url) for _each in range(6)]
    pages[0].next("snapshot")
    pages[0].close()
    pages[1].next("viewers")
    assert server.watch(url).status == 200


@pytest.mark.parametrize("signature", ["", "x", "a:b:c", "é".encode().decode("latin-1")])
def test_nobody_else_can_publish(server: Server, signature: str) -> None:
    headers = {"X-Livestream-Signature": signature}
    answer = ask(server, "-publish", "POST", data=b"1.public {}", headers=headers)
    assert answer.status_code == 403


def test_an_endless_message_is_cut_off(server: Server) -> None:
    assert ask(server, "-publish", "POST", data=os.urandom(1_100_000)).status_code == 403


def test_a_ticket_has_an_end(house: House, desk: Desk, url: str) -> None:
    impatient = House(house.project, house.settings, {"TICKET_SECONDS": -1})
    with impatient.serve() as server:
        assert server.watch(url).status == 403


def test_everything_else_is_djangos(server: Server) -> None:
    assert requests.get(f"http://127.0.0.1:{server.port}/healthz", timeout=20).headers["Content-Type"] == (
        "application/json"
    )
