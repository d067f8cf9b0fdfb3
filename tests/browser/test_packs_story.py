"""Sticker packs in the sample shop: Alice sends Bob one, Bob accepts it, and both see it."""

import re

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import NewPage
from tests.browser.running import RunningShop

PHONE = (375, 812)
NOTE = "Eat it before the others come"


def become(page: Page, shop: RunningShop, name: str) -> None:
    page.goto(f"{shop.url}/shop/packs/")
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")


def give(page: Page, shop: RunningShop, pack: str, receiver: str, note: str = "") -> None:
    page.goto(f"{shop.url}/shop/packs/")
    page.get_by_role("link", name=pack).click()
    page.get_by_label(receiver).check()
    page.get_by_label("A few words").fill(note)
    page.get_by_role("button", name=f"Give {pack}").click()
    expect(page.get_by_role("status").first).to_contain_text(f"{receiver} can accept it now")


def mine(page: Page, section: str, pack: str) -> Locator:
    """A gift in one of the two lists."""
    return page.get_by_role("region", name=section).get_by_role("listitem").filter(has_text=pack)


def test_alice_sends_bob_a_pack_and_bob_accepts_it(shop: RunningShop, new_page: NewPage) -> None:
    alice, bob = new_page(), new_page(viewport=PHONE)
    become(alice, shop, "Alice")
    give(alice, shop, "One more praline", "Bob", NOTE)
    expect(mine(alice, "Packs from you", "praline")).to_contain_text("Not accepted yet")

    become(bob, shop, "Bob")
    gift = mine(bob, "Packs for you", "praline")
    expect(gift).to_contain_text(NOTE)
    expect(gift).to_contain_text("From Alice")
    gift.get_by_role("button", name="Accept One more praline").click()
    expect(bob.locator("#gc-mine-news")).to_have_text("The pack is yours now.")
    expect(bob.locator("#gc-mine-news")).to_be_focused()
    expect(mine(bob, "Packs for you", "praline")).to_contain_text("Yours since")
    expect(gift.get_by_role("button")).to_have_count(0)

    alice.reload()
    expect(mine(alice, "Packs from you", "praline")).to_contain_text("Accepted on")


def test_what_the_api_confirms_shows_on_both_pages(shop: RunningShop, new_page: NewPage) -> None:
    alice, bob = new_page(), new_page()
    become(alice, shop, "Alice")
    give(alice, shop, "In full bloom", "Bob")
    api = shop.demo["stipop"]
    done = requests.put(
        f"{api['base_url']}/gift/104/alice/bob", headers={"apikey": api["apikey"]}, timeout=30
    )
    assert done.json()["header"]["code"] == "0000"
    become(bob, shop, "Bob")
    expect(mine(bob, "Packs for you", "In full bloom")).to_contain_text("Yours since")
    alice.reload()
    expect(mine(alice, "Packs from you", "In full bloom")).to_contain_text("Accepted on")


def test_alice_takes_back_what_bob_did_not_accept_yet(shop: RunningShop, new_page: NewPage) -> None:
    alice, bob = new_page(viewport=PHONE), new_page()
    become(alice, shop, "Alice")
    give(alice, shop, "Head in the clouds", "Bob")
    become(bob, shop, "Bob")
    mine(alice, "Packs from you", "clouds").get_by_role("button", name=re.compile("^Take back")).click()
    expect(alice.locator("#gc-mine-news")).to_have_text("The pack was taken back.")
    expect(mine(alice, "Packs from you", "clouds")).to_have_count(0)
    mine(bob, "Packs for you", "clouds").get_by_role("button").click()
    expect(bob.locator("#gc-mine-news")).to_contain_text("no longer there")
    expect(mine(bob, "Packs for you", "clouds")).to_have_count(0)


def test_it_works_without_javascript(shop: RunningShop, new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    become(page, shop, "Clara")
    mine(page, "Packs for you", "Full moon moods").get_by_role("button").click()
    expect(page.locator("#gc-mine-news")).to_have_text("The pack is yours now.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [(1280, 800), PHONE], ids=["desktop", "phone"])
def test_the_buttons_take_the_brands_accent_and_can_be_read(
    shop: RunningShop, new_page: NewPage, viewport: tuple[int, int], scheme: str
) -> None:
    page = new_page(viewport=viewport, color_scheme=scheme)
    become(page, shop, "Alice")
    button = mine(page, "Packs for you", "All my heart").get_by_role("button")
    expect(button).to_have_css("background-color", "rgb(138, 75, 42)")
    expect(button).to_have_css("color", "rgb(255, 255, 255)")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    picture = mine(page, "Packs for you", "All my heart").locator("img")
    expect(picture).to_have_js_property("naturalWidth", 256)
