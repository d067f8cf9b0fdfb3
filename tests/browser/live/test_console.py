"""The merchandiser's live console in a browser, under its Content-Security-Policy."""

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import Chromium, Complaints, NewPage
from tests.browser.running import RunningShop

MAKE = """
import json
from datetime import timedelta
from decimal import Decimal
from django.utils import timezone
from livestream.dto import Actor, ActorKind
from livestream.models import Channel, LiveStream, Product
from livestream.services import catalogue, cues, streams
from livestream.services.catalogue_entries import UnitEntry

now, actor = timezone.now(), Actor(ActorKind.STAFF, "test")
channel, _ = Channel.objects.get_or_create(slug="console", defaults={"name": "Atelier Nord"})

def product(name, *units):
    units = units or ("One size",)
    return catalogue.upsert_product(
        channel=channel, ext_id=name, name=name, currency="EUR", url="https://shop.example/p",
        units=[UnitEntry(ext_id=f"{name}-{unit}", name=unit, price=Decimal("49.00")) for unit in units],
    )

tray = [product("Scarf", "Red", "Blue"), product("Hat"), product("Gloves"), product("Coat")]
product("Silk tie")
stream = streams.create(
    channel=channel, event_name="Winter evening", scheduled_at=now + timedelta(hours=1), actor=actor, now=now
)
streams.fill_tray(stream=stream, products=tray)
cues.create(stream=stream, title="Welcome", seconds=60, items=[tray[0].public_id])
warm = [tray[1].public_id, tray[2].public_id]
cues.create(stream=stream, title="Warm hands", note="Show the lining.", items=warm)
if LIVE:
    streams.move(stream=stream, to=LiveStream.Status.ACTIVE, actor=actor, now=now)
print(json.dumps([stream.pk, stream.public_id]))
"""


@dataclass(frozen=True, slots=True)
class Show:
    """A livestream: its console, and what the public gets of it."""

    shop: RunningShop
    number: int
    public_id: str

    @property
    def console(self) -> str:
        return f"{self.shop.url}/admin/livestream/livestream/{self.number}/console/"

    def public(self) -> tuple[str, list[str]]:
        """The status, and the names of what is pinned."""
        found = requests.get(f"{self.shop.url}/live/{self.public_id}/state", timeout=10).json()
        return found["status"], [pin["name"] for pin in found["pins"]]


def make(shop: RunningShop, *, live: bool) -> Show:
    printed = shop.python(f"LIVE = {live}\n{MAKE}")
    return Show(shop, *json.loads(printed.splitlines()[-1]))


@pytest.fixture
def show(shop: RunningShop) -> Show:
    """On air."""
    return make(shop, live=True)


@pytest.fixture
def planned(shop: RunningShop) -> Show:
    """Not begun."""
    return make(shop, live=False)


@pytest.fixture(scope="module")
def session(shop: RunningShop, chromium: Chromium) -> Any:
    """The cookies of somebody who is logged in to the admin."""
    context = chromium.browser(False).new_context()
    page = context.new_page()
    page.goto(shop.demo["admin"]["url"])
    page.get_by_label("Username").fill(shop.demo["admin"]["username"])
    page.get_by_label("Password").fill(shop.demo["admin"]["password"])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(shop.demo["admin"]["url"])
    cookies = context.storage_state()
    context.close()
    return cookies


@pytest.fixture
def staff_page(session: Any, new_page: NewPage, complaints: Complaints) -> NewPage:
    """Opens a page of somebody who is logged in; the options are those of `new_page`."""
    complaints.allow("favicon.ico")
    return partial(new_page, False, storage_state=session)


def opened(page: Page, show: Show) -> Page:
    page.goto(show.console)
    expect(page.get_by_role("heading", name="Products")).to_be_visible()
    return page


def trouble(page: Page) -> Locator:
    """What went wrong with the last pin."""
    return page.get_by_role("region", name="Products").get_by_role("alert")


def pinned(page: Page) -> Locator:
    return page.get_by_role("region", name="Pinned now").get_by_role("listitem")


def expect_pinned(page: Page, *names: str) -> None:
    expect(pinned(page).locator("strong")).to_have_text(list(names))


def test_two_people_see_each_others_pins(show: Show, staff_page: NewPage) -> None:
    mine, yours = opened(staff_page(), show), opened(staff_page(), show)
    mine.get_by_role("button", name="Pin Scarf", exact=True).click()
    expect_pinned(yours, "Scarf")
    yours.get_by_role("button", name="Pin Hat").click()
    expect_pinned(mine, "Scarf", "Hat")
    mine.get_by_role("button", name="Unpin Scarf").click()
    expect_pinned(yours, "Hat")


def test_a_click_pins_for_everybody(show: Show, staff_page: NewPage) -> None:
    page = opened(staff_page(), show)
    page.get_by_role("button", name="Pin Scarf, Red").click()
    expect(pinned(page)).not_to_have_class("lc-asked")
    expect(pinned(page)).to_contain_text("Red")
    assert show.public() == ("active", ["Scarf"])


def test_the_set_is_reordered_by_buttons(show: Show, staff_page: NewPage) -> None:
    page = opened(staff_page(), show)
    for name in ("Hat", "Gloves", "Coat"):
        page.get_by_role("button", name=f"Pin {name}").click()
    expect_pinned(page, "Hat", "Gloves", "Coat")
    page.get_by_role("button", name="Move Coat up").click()
    expect_pinned(page, "Hat", "Coat", "Gloves")
    page.reload()
    expect_pinned(page, "Hat", "Coat", "Gloves")


def test_a_fourth_product_is_a_sentence_near_it(show: Show, staff_page: NewPage) -> None:
    page = opened(staff_page(), show)
    for name in ("Hat", "Gloves", "Coat"):
        page.get_by_role("button", name=f"Pin {name}").click()
    expect_pinned(page, "Hat", "Gloves", "Coat")
    page.get_by_role("button", name="Pin Scarf", exact=True).click()
    expect(page.get_by_role("region", name="Products").get_by_role("alert")).to_contain_text(
        "Three are pinned."
    )
    expect_pinned(page, "Hat", "Gloves", "Coat")


def test_a_show_is_steered_by_keys_alone(show: Show, staff_page: NewPage) -> None:
    page = opened(staff_page(), show)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("coat")
    page.keyboard.press("Enter")
    expect_pinned(page, "Coat")
    page.keyboard.press("Escape")
    expect(page.get_by_role("searchbox")).to_have_value("")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Pin Scarf", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect_pinned(page, "Coat", "Scarf")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("1")
    expect(pinned(page).first).to_contain_text("Red")
    expect_pinned(page, "Scarf", "Scarf")
    page.keyboard.press("Shift+Digit2")
    expect_pinned(page, "Scarf")
    page.keyboard.press("n")
    expect(page.get_by_role("button", name="Next: Warm hands")).to_be_enabled()
    page.keyboard.press("n")
    expect_pinned(page, "Hat", "Gloves")


def test_the_focus_stays_where_it_was(show: Show, staff_page: NewPage) -> None:
    """Also when the other one's pin redraws the list."""
    mine, yours = opened(staff_page(), show), opened(staff_page(), show)
    hat = mine.get_by_role("button", name="Pin Hat")
    hat.focus()
    yours.get_by_role("button", name="Pin Coat").click()
    expect_pinned(mine, "Coat")
    expect(hat).to_be_focused()


def test_keys_are_letters_while_somebody_types(show: Show, staff_page: NewPage) -> None:
    page = opened(staff_page(), show)
    page.keyboard.press("/")
    page.keyboard.type("n1")
    expect(page.get_by_role("searchbox")).to_have_value("n1")
    expect(page.get_by_role("button", name="Next: Welcome")).to_be_visible()


def test_the_search_goes_beyond_the_tray(show: Show, staff_page: NewPage) -> None:
    page = opened(staff_page(), show)
    page.get_by_role("searchbox").fill("silk")
    page.get_by_role("button", name="Pin Silk tie").click()
    expect_pinned(page, "Silk tie")
    page.get_by_role("searchbox").fill("")
    expect(page.get_by_role("button", name="Pin Silk tie", exact=True)).to_be_visible()


def test_steps_are_planned_in_the_console(show: Show, staff_page: NewPage) -> None:
    page = opened(staff_page(), show)
    page.get_by_role("button", name="Add a step").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Coats")
    dialog.get_by_label("Planned time").fill("soon")
    dialog.get_by_label("First product").select_option(label="Coat")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("such as 3:00")
    dialog.get_by_label("Planned time").fill("2:30")
    dialog.get_by_role("button", name="Save").click()
    steps = page.get_by_role("region", name="Run of show").get_by_role("listitem")
    expect(steps.last).to_contain_text("Coats2:30 · Coat")
    page.get_by_role("button", name="Move Coats up").click()
    expect(steps.nth(1)).to_contain_text("Coats")
    page.get_by_role("button", name="Remove Coats").click()
    expect(steps).to_have_count(2)


def test_a_rehearsal_is_invisible_to_the_public(planned: Show, staff_page: NewPage) -> None:
    page = opened(staff_page(), planned)
    page.get_by_role("button", name="Rehearse").click()
    expect(page.get_by_text("Rehearsal: only staff see what happens here.")).to_be_visible()
    page.keyboard.press("n")
    expect_pinned(page, "Scarf")
    assert planned.public() == ("idle", [])
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_text("Rehearsal: only staff see what happens here.")).to_be_hidden()
    expect(page.get_by_text("Nothing is pinned.")).to_be_visible()
    expect(page.get_by_role("button", name="Next: Welcome")).to_be_enabled()
    assert planned.public() == ("active", [])


def test_pause_and_go_on(show: Show, staff_page: NewPage) -> None:
    page = opened(staff_page(), show)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused: viewers see the last frame.")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Viewers see the live video.")).to_be_visible()


def test_the_end_asks_first(show: Show, staff_page: NewPage) -> None:
    page = opened(staff_page(), show)
    page.get_by_role("button", name="End…").click()
    expect(page.get_by_role("dialog")).to_contain_text("this cannot be undone")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert show.public()[0] == "active"
    page.get_by_role("button", name="End…").click()
    page.get_by_role("button", name="End for good").click()
    expect(page.get_by_text("Over: there is no replay yet.")).to_be_visible()
    assert show.public()[0] == "replay"


def test_after_the_end_the_console_says_that_nothing_can_be_pinned(show: Show, staff_page: NewPage) -> None:
    page = opened(staff_page(), show)
    page.get_by_role("button", name="Next: Welcome").click()
    expect(page.get_by_text(" of 1:00")).to_be_visible()
    page.get_by_role("button", name="End…").click()
    page.get_by_role("button", name="End for good").click()
    expect(page.get_by_text(" of 1:00")).to_be_hidden()
    expect(page.get_by_role("button", name="Begin anew")).to_be_hidden()
    page.get_by_role("button", name="Pin Hat").click()
    expect(trouble(page)).to_have_text("The show is over: nothing can be pinned any more.")


def test_a_lost_connection_is_said_and_survived(
    show: Show, staff_page: NewPage, complaints: Complaints
) -> None:
    complaints.allow("ERR_INTERNET_DISCONNECTED")
    page = opened(staff_page(), show)
    page.context.set_offline(True)
    page.get_by_role("button", name="Pin Hat").click()
    expect(trouble(page)).to_contain_text("did not answer")
    expect(page.get_by_text("No connection. Trying again")).to_be_visible()
    expect(page.get_by_text("Nothing is pinned.")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Pin Hat").click()
    expect_pinned(page, "Hat")
    expect(trouble(page)).to_be_hidden()


def test_somebody_who_was_logged_out_logs_in_elsewhere_and_goes_on(
    show: Show, session: Any, staff_page: NewPage, complaints: Complaints
) -> None:
    complaints.allow("403")
    page = opened(staff_page(), show)
    page.context.clear_cookies()
    page.get_by_role("button", name="Pin Hat").click()
    expect(trouble(page)).to_contain_text("You are logged out.")
    page.context.add_cookies(session["cookies"])
    expect(page.get_by_text("Connected: changes arrive at once.")).to_be_visible()
    page.get_by_role("button", name="Pin Hat").click()
    expect_pinned(page, "Hat")


def test_changes_arrive_at_once(show: Show, staff_page: NewPage) -> None:
    page = opened(staff_page(), show)
    expect(page.get_by_text("Connected: changes arrive at once.")).to_be_visible()


def test_where_events_do_not_come_through_the_console_looks_by_itself(
    show: Show, staff_page: NewPage, complaints: Complaints
) -> None:
    complaints.allow("live/events")
    mine, yours = staff_page(), opened(staff_page(), show)
    mine.route("**/live/events/**", lambda route: route.abort())
    opened(mine, show)
    expect(mine.get_by_text("Changes arrive every two seconds.")).to_be_visible()
    yours.get_by_role("button", name="Pin Hat").click()
    expect_pinned(mine, "Hat")


def test_a_file_that_was_checked_is_imported_without_being_chosen_again(
    shop: RunningShop, staff_page: NewPage, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    file.write_text("product,name,currency,price\nchecked,Checked scarf,EUR,49\nwrong,Hat,EUR,-1\n")
    page = staff_page()
    page.goto(f"{shop.url}/admin/livestream/product/import/")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Check only").click()
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
    expect(page.get_by_text("The price is negative.")).to_be_visible()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible()
    page.goto(f"{shop.url}/admin/livestream/product/?q=checked")
    expect(page.get_by_role("link", name="Checked scarf")).to_be_visible()


@pytest.mark.parametrize("viewport", [(1280, 800), (375, 700)])
def test_nothing_sticks_out(show: Show, staff_page: NewPage, viewport: tuple[int, int]) -> None:
    page = opened(staff_page(viewport=viewport), show)
    page.get_by_role("button", name="Pin Scarf, Red").click()
    expect_pinned(page, "Scarf")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
