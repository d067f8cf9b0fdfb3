"""A shop whose gifts live in a hosted account. The account is this project too, in processes of its own."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import NewPage
from tests.browser.running import RunningShop, wait_for
from tests.browser.widget.giver import Giver

BOB = "hosted.bob@example.com"
PATIENCE_MS = 90_000  # A worker looks after lost work once a minute.
LOOK = """
from django.utils import timezone
from gifting.models import VideoContainer
from gifting.services import hosting
gift = VideoContainer.objects.get(order__number={number!r})
hosting.hurry(gift, now=timezone.now())
print(gift.state)
"""


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """The account: it knows nothing of the shop, but for its origin."""
    running = RunningShop.start(tmp_path_factory.mktemp("vendor"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def hosted(vendor: RunningShop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """The sample shop with the key of the account."""
    account = {"LIVSTICK_KEY": vendor.demo["livstick"]["key"], "LIVSTICK_BASE_URL": f"{vendor.url}/v3"}
    running = RunningShop.start(tmp_path_factory.mktemp("hosted"), **account)
    vendor.allow_origin(running.url)
    yield running
    running.stop()


def test_a_gift_that_is_ordered_here_is_recorded_delivered_and_mailed_there(
    vendor: RunningShop, hosted: RunningShop, new_page: NewPage
) -> None:
    giver = new_page()
    number = order_a_gift(giver, hosted)
    record_with_the_widget_of(vendor, giver)
    ship(new_page(), hosted, number)
    let_it_arrive(new_page(), vendor, number)
    expect(mails_to_bob(new_page(), vendor)).to_have_count(1)
    wait_for(lambda: hosted.python(LOOK.format(number=number)).strip() == "delivered")
    expect(state_in_admin(new_page(), hosted, number)).to_have_text("delivered")
    expect(mails_to_bob(new_page(), vendor)).to_have_count(1)
    expect(mails_to_bob(new_page(), hosted)).to_have_count(0)


def test_an_order_is_kept_while_the_account_is_down_and_its_recorder_comes_by_itself(
    vendor: RunningShop, hosted: RunningShop, new_page: NewPage
) -> None:
    vendor.stop()
    giver = new_page()
    order_a_gift(giver, hosted)
    expect(giver.get_by_role("heading", name="Your recorder is being prepared")).to_be_visible()
    vendor.go()
    expect(giver.locator("gift-widget")).to_be_visible(timeout=PATIENCE_MS)
    assert vendor.url in str(giver.locator("script[data-uid]").get_attribute("src"))


def order_a_gift(giver: Page, shop: RunningShop) -> str:
    """The number of an order whose gift goes out by mail. The page is the confirmation."""
    giver.goto(shop.url)
    giver.get_by_role("link", name=re.compile("honey", re.IGNORECASE)).first.click()
    giver.locator("#id_giver_name").fill("Alice")
    giver.locator("#id_giver_email").fill("alice@example.com")
    giver.locator("#id_receiver_name").fill("Bob")
    giver.locator("#id_receiver_email").fill(BOB)
    giver.get_by_label("A mail when the parcel arrives").check()
    giver.get_by_role("button", name=re.compile("^Order")).click()
    eyebrow = giver.get_by_text(re.compile(r"^Order ML-\d+$"))
    return eyebrow.inner_text().removeprefix("Order ")


def record_with_the_widget_of(vendor: RunningShop, page: Page) -> None:
    giver = Giver(page)
    expect(giver.card).to_be_visible(timeout=PATIENCE_MS)
    assert str(page.locator("script[data-uid]").get_attribute("src")).startswith(vendor.url)
    giver.record_and_stop()
    giver.press("Send the message")
    giver.sees("Your video is ready.")
    expect(page.get_by_role("heading", name="Your message is saved")).to_be_visible()


def parcel(page: Page, shop: RunningShop, number: str) -> Locator:
    page.goto(shop.demo["shop"]["parcel_url"])
    return page.locator(f'[data-crid="{number}"]')


def ship(page: Page, shop: RunningShop, number: str) -> None:
    parcel(page, shop, number).get_by_role("button", name="Ship").click()
    expect(page.get_by_text(f"{number} has left the shop.")).to_be_visible()


def let_it_arrive(page: Page, vendor: RunningShop, number: str) -> None:
    """The parcel's code came over by PATCH; the account's own carrier reports."""
    deliver = parcel(page, vendor, number).get_by_role("button", name=re.compile("^Deliver"))
    deliver.click(timeout=PATIENCE_MS)
    expect(parcel(page, vendor, number).get_by_text("delivered").first).to_be_visible(timeout=PATIENCE_MS)


def mails_to_bob(page: Page, shop: RunningShop) -> Locator:
    page.goto(shop.demo["shop"]["mailbox_url"])
    return page.locator("#mail-list").get_by_text(BOB)


def state_in_admin(page: Page, shop: RunningShop, number: str) -> Locator:
    admin = shop.demo["admin"]
    page.goto(admin["url"])
    page.locator("#id_username").fill(admin["username"])
    page.locator("#id_password").fill(admin["password"])
    page.get_by_role("button", name="Log in").click()
    page.goto(f"{shop.url}/admin/gifting/order/?q={number}")
    return page.locator("td.field-gift .gc-badge")
