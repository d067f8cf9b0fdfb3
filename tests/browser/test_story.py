"""The whole story: ordered, recorded by the giver, printed and activated by the merchandiser, scanned."""

import re
from pathlib import Path

import pypdfium2
import zxingcpp
from playwright.sync_api import Page, expect

from tests.browser.chromium import NewPage
from tests.browser.running import RunningShop
from tests.browser.widget.giver import Giver

PHONE = (375, 812)
NAMES = ("Zacharias", "Wilhelmina")
PLAY_TO_THE_END = """video => new Promise((done, failed) => {
    video.onended = () => done(video.currentTime);
    video.onerror = () => failed(video.error);
    video.muted = true;
    video.play();
})"""


def test_a_gift_travels_from_the_shop_to_the_phone_that_scans_the_card(
    shop: RunningShop, new_page: NewPage, tmp_path: Path
) -> None:
    record_a_message(order_a_gift(new_page(), shop))
    merchandiser = log_in(new_page(), shop)
    address = scan(print_card(merchandiser, shop, tmp_path))
    expect_nothing_to_see(new_page(viewport=PHONE), address)
    activate(merchandiser, shop)
    assert seconds_watched(new_page(viewport=PHONE), address) > 0.5


def order_a_gift(giver: Page, shop: RunningShop) -> Page:
    giver.goto(shop.url)
    giver.get_by_role("link", name=re.compile("honey", re.IGNORECASE)).first.click()
    giver.locator("#id_giver_name").fill(NAMES[0])
    giver.locator("#id_giver_email").fill("zacharias@example.com")
    giver.locator("#id_receiver_name").fill(NAMES[1])
    giver.get_by_role("button", name=re.compile("^Order")).click()
    return giver


def record_a_message(page: Page) -> None:
    giver = Giver(page)
    giver.record_and_stop()
    giver.press("Send the message")
    giver.sees("Your video is ready.")


def log_in(merchandiser: Page, shop: RunningShop) -> Page:
    admin = shop.demo["admin"]
    merchandiser.goto(admin["url"])
    merchandiser.locator("#id_username").fill(admin["username"])
    merchandiser.locator("#id_password").fill(admin["password"])
    merchandiser.get_by_role("button", name="Log in").click()
    return merchandiser


def choose(merchandiser: Page, shop: RunningShop, action: str) -> None:
    """Picks the order of our giver in the list and runs the action."""
    merchandiser.goto(f"{shop.url}/admin/gifting/order/?q={NAMES[0]}")
    merchandiser.locator("input.action-select").check()
    merchandiser.locator("select[name=action]").select_option(label=action)
    merchandiser.locator("button[name=index]").click()


def print_card(merchandiser: Page, shop: RunningShop, folder: Path) -> Path:
    choose(merchandiser, shop, "Print cards")
    with merchandiser.expect_download() as download:
        merchandiser.locator("[data-gc-submit]").click()
    download.value.save_as(folder / "card.pdf")
    return folder / "card.pdf"


def scan(card: Path) -> str:
    """What a phone reads from the printed page, at the resolution of a plain office printer."""
    picture = pypdfium2.PdfDocument(card)[0].render(scale=150 / 72).to_pil()
    return str(zxingcpp.read_barcodes(picture)[0].text)


def expect_nothing_to_see(phone: Page, address: str) -> None:
    phone.goto(address)
    expect(phone.get_by_role("heading")).to_have_text("Not yet available")
    assert not [name for name in NAMES if name in phone.content()]


def activate(merchandiser: Page, shop: RunningShop) -> None:
    choose(merchandiser, shop, "Activate")
    expect(merchandiser.get_by_text("1 gift is now active.")).to_be_visible()


def seconds_watched(phone: Page, address: str) -> float:
    phone.goto(address)
    expect(phone.get_by_role("heading", level=1)).to_contain_text(NAMES[1])
    return float(phone.locator("video").evaluate(PLAY_TO_THE_END))
