"""What docs/live-production.md says, in a real nginx: in front of us, and with nchan instead of us."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.browser.running import wait_for
from tests.gifting.serving import Project
from tests.livestream.fanout.house import Desk, House, Refused, Server, Show, once_is_enough
from tests.livestream.fanout.nginx import Nginx, nginx
from tests.livestream.fanout.watching import Page

pytestmark = once_is_enough
TIMEOUT = 0.5


# In front of the events process


@pytest.fixture
def front(tmp_path: Path, server: Server) -> Iterator[Nginx]:
    with nginx(tmp_path, events=server.port) as front:
        yield front


def test_events_pass_nginx_at_once(front: Nginx, desk: Desk, show: Show, url: str) -> None:
    page = Page(f"http://127.0.0.1:{front.port}{url}")
    page.next("snapshot")
    desk.do("pin", show.pk, show.products[:1])
    assert page.next("pins").pins == show.products[:1]


def test_nobody_publishes_through_nginx(front: Nginx) -> None:
    answer = requests.post(f"http://127.0.0.1:{front.port}/live/events/-publish", data=b"x", timeout=10)
    assert answer.headers["Server"].startswith("nginx")
    assert answer.status_code == 404


# With nchan


@pytest.fixture
def nchan(tmp_path: Path) -> Iterator[Nginx]:
    with nginx(tmp_path) as running:
        yield running


@pytest.fixture
def studio(nchan: Nginx, project: Project) -> House:
    settings = {
        "LIVE_BUS": "nchan",
        "NCHAN_PUBLISH_URL": f"http://127.0.0.1:{nchan.publish}/live/publish/",
        "EVENTS_URL": f"http://127.0.0.1:{nchan.port}/live/events/",
    }
    return House(project, settings, {"BUS_TIMEOUT_SECONDS": TIMEOUT})


@pytest.fixture
def seller(studio: House) -> Iterator[Desk]:
    with studio.desk() as desk:
        yield desk


@pytest.fixture
def fair(seller: Desk) -> Show:
    return seller.new()


def watch(seller: Desk, show: Show, **options: str) -> Page:
    return Page(seller.do("url", show.pk), **options)


def seconds_pass(page: Page) -> None:
    """nginx numbers messages by the second, and a restarted one begins anew within it."""
    wait_for(lambda: int(time.time()) > int(page.last.partition(":")[0]))


def test_a_newcomer_gets_the_newest_state_from_nginx(nchan: Nginx, seller: Desk, fair: Show) -> None:
    seller.do("pin", fair.pk, fair.products[:1])
    seller.do("pin", fair.pk, fair.products[:3])
    first = watch(seller, fair).next()
    assert (first.name, first.pins) == ("snapshot", fair.products[:3])


def test_a_pin_reaches_everybody_at_nginx(nchan: Nginx, seller: Desk, fair: Show) -> None:
    pages = [watch(seller, fair) for _each in range(20)]
    for page in pages:
        page.next("snapshot")
    seller.do("pin", fair.pk, fair.products[:1])
    assert [page.next("snapshot").pins for page in pages] == [fair.products[:1]] * 20


def test_a_page_that_comes_back_to_nginx_gets_what_it_missed(nchan: Nginx, seller: Desk, fair: Show) -> None:
    page = watch(seller, fair)
    page.next("snapshot")
    page.close()
    seller.do("pin", fair.pk, fair.products[:1])
    seller.do("pin", fair.pk, fair.products[1:2])
    assert watch(seller, fair, last=page.last).next().pins == fair.products[1:2]


def test_a_page_that_missed_nothing_hears_of_the_next_change(nchan: Nginx, seller: Desk, fair: Show) -> None:
    page = watch(seller, fair)
    page.next("snapshot")
    back = watch(seller, fair, last=page.last)
    seller.do("pin", fair.pk, fair.products[:1])
    assert back.next().pins == fair.products[:1]


def test_the_state_is_back_after_a_restart_of_nginx(nchan: Nginx, seller: Desk, fair: Show) -> None:
    page = watch(seller, fair)
    page.next("snapshot")
    nchan.stop()
    seconds_pass(page)
    nchan.start()
    seller.do("sweep")
    assert watch(seller, fair, last=page.last).next("snapshot").data["version"] == seller.do(
        "version", fair.pk
    )


def test_who_looks_on_at_nginx_is_counted_by_the_sweep(nchan: Nginx, seller: Desk, fair: Show) -> None:
    pages = [watch(seller, fair) for _each in range(3)]
    for page in pages:
        page.next("snapshot")
    seller.do("sweep")
    assert seller.do("samples", fair.pk) == [3]


def test_the_public_does_not_hear_what_staff_rehearse(nchan: Nginx, seller: Desk, fair: Show) -> None:
    assert seller.do("url", fair.pk) != seller.do("url", fair.pk, "staff")


def test_a_hanging_nginx_delays_the_answer_no_longer_than_the_timeout(
    nchan: Nginx, seller: Desk, fair: Show
) -> None:
    with nchan.hanging():
        with pytest.raises(Refused, match="BusUnavailable"):
            seller.do("pin", fair.pk, fair.products[:1])
        assert seller.seconds < TIMEOUT + 0.5


def test_what_was_pinned_while_nginx_was_away_is_shown_later(nchan: Nginx, seller: Desk, fair: Show) -> None:
    page = watch(seller, fair)
    page.next("snapshot")
    nchan.stop()
    with pytest.raises(Refused, match="BusUnavailable"):
        seller.do("pin", fair.pk, fair.products[:1])
    seconds_pass(page)
    nchan.start()
    seller.do("sweep")
    assert watch(seller, fair, last=page.last).next("snapshot").pins == fair.products[:1]


def test_an_address_that_is_no_channel_is_not_found(nchan: Nginx) -> None:
    answer = requests.get(f"http://127.0.0.1:{nchan.port}/live/events/{'g' * 64}", timeout=10)
    assert answer.status_code == 404


def test_the_state_at_nginx_is_the_whole_one(nchan: Nginx, seller: Desk, fair: Show) -> None:
    state = watch(seller, fair).next("snapshot").data
    assert sorted(state) == ["pins", "player", "status", "stream", "version"], json.dumps(state)
