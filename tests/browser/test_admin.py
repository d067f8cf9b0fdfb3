"""The merchandiser's pages in a browser, under the project's Content-Security-Policy."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Chromium, Complaints, NewPage
from tests.browser.running import NewGift, RunningShop

ORDERS = "/admin/gifting/order/"


@pytest.fixture(scope="module")
def session(shop: RunningShop, chromium: Chromium) -> Any:
    """The cookies of somebody who is logged in to the admin."""
    context = chromium.browser(True).new_context()
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
    return partial(new_page, storage_state=session)


def scan(page: Page, text: str) -> None:
    """What a scanner does: it types into whatever has the focus, very fast, and ends with Enter."""
    expect(page.get_by_label("Packing bench")).to_be_focused()
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


def choose_for_printing(page: Page, shop: RunningShop, *gifts: NewGift) -> None:
    """Tick orders in the list and start the action."""
    page.goto(shop.url + ORDERS)
    for gift in gifts:
        page.get_by_role("row", name=gift.crid).get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option(label="Print cards")
    page.get_by_role("button", name="Run").or_(page.get_by_role("button", name="Go")).click()


def test_the_bench_opens_one_order_after_another_by_scans_alone(
    shop: RunningShop, staff_page: NewPage
) -> None:
    first, second = shop.new_container(), shop.new_container()
    page = staff_page()
    page.goto(shop.url + ORDERS + "bench/")
    scan(page, first.watch_url)
    expect(page.get_by_role("heading", level=1)).to_contain_text(first.crid)
    scan(page, "nothing-of-ours")
    expect(page.get_by_text("There is no order “nothing-of-ours”.")).to_be_visible()
    scan(page, second.crid)
    expect(page.get_by_role("heading", level=1)).to_contain_text(second.crid)


def test_printing_says_what_is_going_on_and_saves_the_cards(
    shop: RunningShop, staff_page: NewPage, tmp_path: Path
) -> None:
    gifts = [shop.new_container(), shop.new_container()]
    page = staff_page()
    choose_for_printing(page, shop, *gifts)
    with page.expect_download() as download:
        page.get_by_role("button", name="Print 2 cards").click()
    download.value.save_as(tmp_path / "cards.pdf")
    assert (tmp_path / "cards.pdf").read_bytes().startswith(b"%PDF")
    expect(page.get_by_role("status")).to_have_text("2 cards are ready and marked as printed.")
    page.get_by_role("link", name="Done, back to the orders").click()
    expect(page.get_by_text("2 cards were printed.")).to_be_visible()


def test_the_count_follows_the_choice_to_reprint(shop: RunningShop, staff_page: NewPage) -> None:
    printed, fresh = shop.new_container(), shop.new_container()
    page = staff_page()
    choose_for_printing(page, shop, printed)
    with page.expect_download():
        page.get_by_role("button", name="Print 1 card").click()
    choose_for_printing(page, shop, printed, fresh)
    expect(page.get_by_role("button", name="Print 1 card")).to_be_enabled()
    page.get_by_label("Print them again").check()
    expect(page.get_by_role("button", name="Print 2 cards")).to_be_enabled()


def test_a_printed_card_alone_leaves_nothing_to_press(shop: RunningShop, staff_page: NewPage) -> None:
    gift = shop.new_container()
    page = staff_page()
    choose_for_printing(page, shop, gift)
    with page.expect_download():
        page.get_by_role("button", name="Print 1 card").click()
    choose_for_printing(page, shop, gift)
    expect(page.get_by_role("button", name="Print 0 cards")).to_be_disabled()


def test_cards_are_printed_without_javascript(shop: RunningShop, staff_page: NewPage) -> None:
    gift = shop.new_container()
    page = staff_page(java_script_enabled=False)
    choose_for_printing(page, shop, gift)
    with page.expect_download() as download:
        page.get_by_role("button", name="Print cards").click()
    assert download.value.suggested_filename.endswith(".pdf")


def test_escape_closes_a_filter(shop: RunningShop, staff_page: NewPage) -> None:
    page = staff_page()
    page.goto(shop.url + ORDERS)
    page.get_by_text("State", exact=True).click()
    choice = page.get_by_role("link", name="waiting for the giver")
    expect(choice).to_be_visible()
    page.keyboard.press("Escape")
    expect(choice).to_be_hidden()


@pytest.mark.parametrize("viewport", [(1280, 800), (375, 700)])
def test_nothing_sticks_out_of_a_page(
    shop: RunningShop, staff_page: NewPage, viewport: tuple[int, int]
) -> None:
    page = staff_page(viewport=viewport)
    for path in ("", "bench/", f"bench/?q={shop.new_container().crid}", "add/", "print/"):
        page.goto(shop.url + ORDERS + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_badges_can_be_read_on_their_ground(shop: RunningShop, staff_page: NewPage, scheme: str) -> None:
    shop.new_container()
    page = staff_page(color_scheme=scheme)
    page.goto(shop.url + ORDERS)
    assert page.locator(".gc-badge").first.evaluate(CONTRAST) >= 4.5


CONTRAST = """badge => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = (color) => {
    paint.fillStyle = color;
    paint.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const style = getComputedStyle(badge);
  const [low, high] = [luminance(style.color), luminance(style.backgroundColor)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}"""
