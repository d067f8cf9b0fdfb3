"""Live shopping as a story: a pin by the API is with two viewers and in the console, and in the replay."""

import json
from functools import partial
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.chromium import Complaints, NewPage
from tests.browser.live.shows import FILM, START, Show, Shows
from tests.browser.running import RunningShop

PHONE = (375, 812)
APPLICATION = """
import json
from django.utils import timezone
from livestream.services import applications
made = applications.create(channel=applications.find_channel("live-tests"), now=timezone.now())
print(json.dumps([made.application.client_id, made.client_secret]))
"""


@pytest.fixture
def show(shows: Shows) -> Show:
    """On air since now, with the film that an encoder would leave."""
    return shows.new(FILM, START)


@pytest.fixture
def call(shop: RunningShop, show: Show) -> Any:
    """`call("POST", "pin_product", product_ids=[...])` with a token of the channel; the answer's JSON."""
    client = json.loads(shop.python(APPLICATION).splitlines()[-1])
    granted = requests.post(
        f"{shop.url}/oauth/token", auth=tuple(client), data={"grant_type": "client_credentials"}, timeout=30
    )
    bearer = {"Authorization": f"Bearer {granted.json()['access_token']}"}

    def make(method: str, action: str, **body: Any) -> Any:
        url = f"{shop.url}/api/v1/live_streams/{show.id}/{action}"
        return requests.request(method, url, headers=bearer, json=body or None, timeout=30).json()

    return make


@pytest.fixture
def console(shop: RunningShop, show: Show, new_page: NewPage, complaints: Complaints) -> Page:
    """The merchandiser's page."""
    complaints.allow("favicon.ico")
    page = new_page(False)
    page.goto(f"{shop.url}/admin/livestream/livestream/{show.ask('show.pk')}/console/")
    page.get_by_label("Username").fill(shop.demo["admin"]["username"])
    page.get_by_label("Password").fill(shop.demo["admin"]["password"])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Products")).to_be_visible()
    return page


def seen(page: Page, *names: str) -> None:
    expect(page.locator("[data-lv-cards] .lv-card__name")).to_have_text([*names])


def steered(page: Page, *names: str) -> None:
    region = page.get_by_role("region", name="Pinned now")
    expect(region.get_by_role("listitem").locator("strong")).to_have_text([*names])


def test_what_the_api_pins_everybody_has_until_the_replay_tells_it_again(
    shows: Shows, show: Show, call: Any, console: Page, new_page: NewPage
) -> None:
    viewers = [new_page(), new_page(viewport=PHONE)]
    for page in viewers:
        page.goto(show.url)
        seen(page)
    scarf, hat = shows.ids["Scarf"], shows.ids["Hat"]
    everybody = [*(partial(seen, page) for page in viewers), partial(steered, console)]

    assert call("POST", "pin_product", product_ids=[scarf, hat]) == {"pinned_product_ids": [scarf, hat]}
    for looks in everybody:
        looks("Scarf", "Hat")
    assert call("POST", "unpin_product", product_ids=[scarf]) == {"unpinned_product_ids": [scarf]}
    for looks in everybody:
        looks("Hat")

    assert call("PATCH", "end") == {"live_stream_id": show.id, "status": "ended"}
    for page in viewers:
        expect(page.get_by_text("Replay", exact=True)).to_be_visible()
        expect(page.get_by_role("link", name="Jump to Hat")).to_be_visible()
        expect(page.get_by_role("link", name="Jump to Scarf")).to_be_visible()


def test_what_the_merchandiser_pins_the_viewers_have(show: Show, console: Page, new_page: NewPage) -> None:
    viewer = new_page(viewport=PHONE)
    viewer.goto(show.url)
    console.get_by_role("button", name="Pin Hat").click()
    seen(viewer, "Hat")
