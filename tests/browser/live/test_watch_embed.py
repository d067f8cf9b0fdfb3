"""The player in a frame on a merchant's page, on another origin."""

from itertools import pairwise

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.chromium import Complaints, NewPage
from tests.browser.live.shows import Show, Shows
from tests.browser.widget.host import Host

TAKE = "document.addEventListener('livestream:basket', (e) => { e.preventDefault(); window.got = e.detail })"


def embedded(page: Page, merchant: Host, show: Show, *, more: str = "") -> FrameLocator:
    """The frame on a merchant's page that is just the script tag of the documentation."""
    source = f"{merchant.shop_url}/live/embed.js"
    page.goto(merchant.page(f'<script type="module" src="{source}" data-stream="{show.id}" {more}></script>'))
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Winter evening")
    return frame


def test_the_tag_puts_the_player_where_it_is(page: Page, merchant: Host, live: Show) -> None:
    frame = embedded(page, merchant, live, more='data-title="Our show" data-lang="de"')
    expect(frame.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_title("Our show")).to_be_visible()
    expect(frame.locator("[data-lv-cards] .lv-card__name")).to_have_text(["Scarf"])


def test_a_page_that_embeds_the_player_hears_no_warning(page: Page, merchant: Host, live: Show) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    embedded(page, merchant, live)
    assert said == []


def test_pins_reach_the_frame(page: Page, merchant: Host, shows: Shows, live: Show) -> None:
    frame = embedded(page, merchant, live)
    live.do(shows.pin("Hat"))
    expect(frame.locator("[data-lv-cards] .lv-card__name")).to_have_text(["Hat"])


def test_the_frame_is_as_high_as_what_is_in_it(page: Page, merchant: Host, live: Show) -> None:
    frame = embedded(page, merchant, live)
    expect(frame.locator("[data-lv-tray] li")).to_have_count(3)
    page.wait_for_function("() => document.querySelector('iframe').style.height !== ''")
    hidden = frame.locator("html").evaluate("(root) => root.scrollHeight - root.clientHeight")
    assert hidden <= 0


def test_the_merchants_page_puts_the_product_into_its_basket(page: Page, merchant: Host, live: Show) -> None:
    frame = embedded(page, merchant, live)
    page.evaluate(TAKE)
    frame.get_by_role("button", name="Add Hat to the basket").click()
    page.wait_for_function("() => window.got")
    assert page.evaluate("window.got.ext_id") == "shop-Hat"


def test_beside_a_long_tray_the_words_stay_under_the_video(
    new_page: NewPage, merchant: Host, live: Show
) -> None:
    frame = embedded(new_page(viewport=(1280, 800)), merchant, live)
    frame.locator("[data-lv-tray]").evaluate("(tray) => { tray.style.height = '3000px' }")
    found = frame.locator(".lv-stage, .lv-head > *").all()
    boxes = [box for box in (one.bounding_box() for one in found) if box]
    gaps = [below["y"] - above["y"] - above["height"] for above, below in pairwise(boxes)]
    assert max(gaps) < 50


def test_a_reminder_can_be_asked_for_in_the_frame(page: Page, merchant: Host, shows: Shows) -> None:
    frame = embedded(page, merchant, shows.new())
    frame.get_by_label("A mail shortly before the start").fill("olga@example.com")
    frame.get_by_role("button", name="Remind me").click()
    expect(frame.get_by_text("Done. You get one mail")).to_be_visible()


def test_a_page_that_the_channel_does_not_allow_shows_nothing(
    page: Page, merchant: Host, live: Show, complaints: Complaints
) -> None:
    complaints.allow("frame-ancestors|Failed to load|Refused to frame|Framing")
    elsewhere = merchant.url.replace("localhost", "elsewhere.localhost")
    source = f"{merchant.shop_url}/live/embed.js"
    address = merchant.page(f'<script type="module" src="{source}" data-stream="{live.id}"></script>')
    page.goto(address.replace(merchant.url, elsewhere))
    expect(page.locator("iframe")).to_be_visible()
    with pytest.raises(AssertionError):
        expect(page.frame_locator("iframe").get_by_role("heading")).to_be_visible(timeout=1500)
