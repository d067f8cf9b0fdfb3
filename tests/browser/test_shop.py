"""The sample shop as its visitors see it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import NewPage
from tests.browser.running import RunningShop

SCREENS = {"desktop": (1280, 800), "phone": (375, 740)}
PATHS = ["/", "/shop/gifts/tea/", "/shop/thanks/ML-1/", "/shop/mailbox/", "/shop/parcel/"]
PATHS += ["/shop/packs/", "/shop/packs/101/"]


def order(page: Page, shop: RunningShop) -> str:
    """Orders tea for Bob, from the list to the confirmation page. Returns the order's number."""
    page.goto(shop.url)
    page.get_by_role("link", name="Moonlight tea").click()
    page.get_by_label("Your name").fill("Alice")
    page.get_by_label("Your mail").fill("alice@example.com")
    page.get_by_label("Who is it for?").fill("Bob")
    page.get_by_role("button", name="Order for").click()
    expect(page).to_have_url(re.compile("/confirmation/"))
    return re.search(r"ML-\d+", page.get_by_role("main").inner_text())[0]


@pytest.mark.parametrize("screen", SCREENS)
def test_a_customer_orders_a_gift_and_meets_the_recorder(
    shop: RunningShop, new_page: NewPage, screen: str
) -> None:
    page = new_page(viewport=SCREENS[screen])
    order(page, shop)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Alice"))
    expect(page.locator("#livstick-plugin")).to_be_visible()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_hasty_customer_is_helped(shop: RunningShop, new_page: NewPage, screen: str) -> None:
    page = new_page(viewport=SCREENS[screen])
    page.goto(f"{shop.url}/shop/gifts/tea/")
    page.get_by_label("A mail when the parcel arrives").check()
    page.get_by_role("button", name="Order for").click()
    expect(page.get_by_role("alert")).to_contain_text("4 answers need another look")
    their_mail = page.get_by_label("Their mail")
    expect(their_mail).to_have_attribute("aria-invalid", "true")
    expect(their_mail).to_have_accessible_description(re.compile("Where should the mail go"))


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_no_page_scrolls_sideways(shop: RunningShop, new_page: NewPage, width: int) -> None:
    page = new_page(viewport=(width, 700))
    for path in PATHS:
        page.goto(shop.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") == width, path


def test_a_mail_appears_in_the_open_mailbox_when_the_parcel_arrives(
    shop: RunningShop, page: Page, new_page: NewPage
) -> None:
    number = order(page, shop)
    mailbox = new_page()
    mailbox.goto(f"{shop.url}/shop/mailbox/")
    page.goto(f"{shop.url}/shop/parcel/")
    page.get_by_role("button", name=f"Ship {number}").click()
    page.get_by_role("button", name=f"Deliver {number}").click()
    expect(page.get_by_role("status")).to_contain_text(f"{number} has arrived")
    expect(mailbox.locator("#mail-list")).to_contain_text("to alice@example.com")


def test_the_link_in_a_mail_opens_the_message(shop: RunningShop, page: Page) -> None:
    watch_url = next(one["watch_url"] for one in shop.demo["samples"] if one["state"] == "delivered")
    page.goto(f"{shop.url}/shop/mailbox/")
    page.get_by_role("link", name=re.compile("luc@example.com")).click()
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").locator(f'a[href="{watch_url}"]').first.click()
    expect(opened.value.locator("video")).to_be_visible()


def test_the_login_in_the_bar_opens_the_admin(shop: RunningShop, page: Page) -> None:
    page.goto(shop.url)
    username, password = page.locator(".gc-bar code").all_inner_texts()
    page.get_by_role("link", name="Admin").click()
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(
        page.get_by_role("link", name="Log out").or_(page.get_by_role("button", name="Log out"))
    ).to_be_visible()
