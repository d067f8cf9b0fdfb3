"""The whole product in one uvicorn process with the memory bus: a shop pins by the API, a viewer sees it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.gifting.serving import Project
from tests.livestream.fanout.house import Desk, House, Server, Show, once_is_enough

pytestmark = once_is_enough
Call = Callable[..., requests.Response]


@pytest.fixture(scope="module")
def alone(project: Project) -> Iterator[Server]:
    with House(project, {"LIVE_BUS": "memory"}).serve() as server:
        yield server


@pytest.fixture
def call(project: Project, alone: Server, show: Show) -> Call:
    """Calls the API of the show's channel: `call("pin_product", product_ids=[...])`."""
    base = f"http://127.0.0.1:{alone.port}"
    client, secret = project.manage("create_oauth_app", "atelier").split()[:2]
    grant = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
    token = requests.post(f"{base}/oauth/token", data=grant, timeout=30).json()["access_token"]

    def ask(action: str, **body: Any) -> requests.Response:
        url = f"{base}/api/v1/live_streams/{show.id}/{action}"
        return requests.post(url, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=30)

    return ask


def test_a_shop_pins_and_a_viewer_sees_it(
    alone: Server, desk: Desk, show: Show, url: str, call: Call
) -> None:
    page = alone.watch(url)
    page.next("snapshot")
    assert call("pin_product", product_ids=show.products[:2]).status_code == 200
    assert page.next("pins").pins == show.products[:2]


def test_who_connects_after_the_answer_has_the_new_set(
    alone: Server, desk: Desk, show: Show, url: str, call: Call
) -> None:
    for product in show.products:
        call("pin_product", product_ids=[product])
        assert alone.watch(desk.do("url", show.pk)).next("snapshot").pins == [product]


def test_a_call_that_is_refused_tells_viewers_nothing(
    alone: Server, desk: Desk, show: Show, url: str, call: Call
) -> None:
    page = alone.watch(url)
    page.next("snapshot")
    assert call("pin_product", product_ids=["aaaaaaaa"]).status_code in (400, 404)
    call("pin_product", product_ids=show.products[:1])
    assert page.next("pins").pins == show.products[:1]
