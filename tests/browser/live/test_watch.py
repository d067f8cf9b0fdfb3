"""The viewer page in a browser: what staff do is there without loading it again."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.chromium import Complaints, NewPage
from tests.browser.live.shows import END, FILM, PAUSE, START, Show, Shows


def cards(page: Page) -> list[str]:
    return page.locator("[data-lv-cards] .lv-card__name").all_text_contents()


def shown_now(page: Page, *names: str) -> None:
    expect(page.locator("[data-lv-cards] .lv-card__name")).to_have_text([*names])


def test_a_pin_is_there_for_two_viewers_without_loading_again(
    new_page: NewPage, shows: Shows, live: Show
) -> None:
    viewers = [new_page(), new_page(viewport=(375, 812))]
    for page in viewers:
        page.goto(live.url)
        shown_now(page, "Scarf")
    live.do(shows.pin("Hat", "Gloves"))
    for page in viewers:
        shown_now(page, "Hat", "Gloves")


def test_what_is_unpinned_goes_away(page: Page, shows: Shows, live: Show) -> None:
    page.goto(live.url)
    shown_now(page, "Scarf")
    live.do(shows.unpin("Scarf"))
    expect(page.locator("[data-lv-cards]")).to_be_hidden()


def test_a_card_that_stays_keeps_the_focus(page: Page, shows: Shows, live: Show) -> None:
    page.goto(live.url)
    link = page.locator("[data-lv-cards]").get_by_role("link", name="Scarf")
    link.focus()
    live.do(shows.pin("Hat", "Scarf"))
    shown_now(page, "Hat", "Scarf")
    expect(link).to_be_focused()


def test_pins_are_announced_politely(page: Page, shows: Shows, live: Show) -> None:
    page.goto(live.url)
    live.do(shows.pin("Hat"))
    expect(page.locator("[data-lv-announce][role=status]")).to_have_text("Now shown: Hat, €89.00.")


def test_the_page_goes_from_waiting_to_the_show_and_to_the_end(page: Page, shows: Shows) -> None:
    show = shows.new()
    page.goto(show.url)
    expect(page.get_by_role("timer")).to_contain_text("day")
    show.do(START)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    expect(page.get_by_role("timer")).to_be_hidden()
    page.wait_for_function("() => (v => !v.paused && v.currentTime > 0)(document.querySelector('video'))")
    show.do(PAUSE)
    expect(page.get_by_text("The show pauses for a moment. Stay here")).to_be_visible()
    page.wait_for_function("() => document.querySelector('video').paused")
    show.do(END)
    expect(page.get_by_text("The show is over. If there is a replay, it appears here")).to_be_visible()
    expect(page.locator("[data-lv-announce]")).to_have_text("The show is over.")


def test_a_live_video_begins_by_itself_and_without_sound(page: Page, live: Show) -> None:
    page.goto(live.url)
    page.wait_for_function("() => (v => !v.paused && v.muted)(document.querySelector('video'))")
    page.get_by_role("button", name="Turn the sound on").click()
    assert page.evaluate("document.querySelector('video').muted") is False
    expect(page.get_by_role("button", name="Turn the sound on")).to_be_hidden()


def test_an_ended_show_is_watched_again_with_its_products_at_their_moments(page: Page, shows: Shows) -> None:
    show = shows.new(START, shows.pin("Scarf", after=2))
    page.goto(show.url)
    shown_now(page, "Scarf")
    show.do(FILM, shows.pin("Hat", after=5), END)
    expect(page.get_by_text("Replay", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Jump to Hat")).to_be_visible()
    page.wait_for_function("() => document.querySelector('video').duration > 1")
    assert cards(page) == []
    page.get_by_role("link", name="Jump to Scarf").click()
    shown_now(page, "Scarf")
    page.get_by_role("link", name="Jump to Hat").click()
    shown_now(page, "Hat")


def test_the_replay_has_its_products_on_the_timeline(page: Page, shows: Shows) -> None:
    show = shows.new(FILM, START, shows.pin("Scarf", after=2), shows.pin("Hat", after=5), END)
    page.goto(show.url)
    marks = page.locator("[data-lv-timeline] [data-lv-jump]")
    expect(marks).to_have_count(2)
    marks.nth(1).click()
    shown_now(page, "Hat")
    expect(page.get_by_role("link", name="Jump to Hat")).to_have_attribute("aria-current", "true")


def test_without_a_connection_the_page_asks_and_catches_up(
    page: Page, shows: Shows, live: Show, complaints: Complaints
) -> None:
    complaints.allow("Failed to load resource|ERR_FAILED")
    page.route("**/live/events/**", lambda route: route.abort())
    page.goto(live.url)
    shown_now(page, "Scarf")
    live.do(shows.pin("Hat"))
    shown_now(page, "Hat")


def test_how_many_watch_is_shown(new_page: NewPage, live: Show) -> None:
    pages = [new_page(), new_page()]
    for page in pages:
        page.goto(live.url)
    expect(pages[0].get_by_text("2 watching")).to_be_visible()


def test_the_date_is_in_the_viewers_time_zone(new_page: NewPage, shows: Shows) -> None:
    show = shows.new()
    dates = []
    for zone in ("Europe/Paris", "America/New_York"):
        page = new_page(timezone_id=zone, locale="en-GB")
        page.goto(show.url)
        dates.append(page.locator("[data-lv-date]").text_content())
    assert dates[0] != dates[1]
    assert re.search(r"CES?T", dates[0] or "")


# -- The basket


def test_the_shop_gets_what_goes_into_the_basket_and_the_viewer_hears_of_it(page: Page, live: Show) -> None:
    page.goto(live.url)
    sent = []

    def shop(route: Route) -> None:
        cors = {
            "Access-Control-Allow-Origin": live.shows.shop.url,
            "Access-Control-Allow-Credentials": "true",
        }
        allow = {**cors, "Access-Control-Allow-Headers": "content-type"}
        if route.request.method == "POST":
            sent.append(route.request.post_data_json)
        route.fulfill(json={"message": "1 Hat is in your basket."}, headers=allow)

    page.route("https://shop.example/**", shop)
    page.get_by_role("button", name="Add Hat to the basket").click()
    expect(page.locator("[data-lv-tray]").get_by_text("1 Hat is in your basket.")).to_be_visible()
    assert (sent[0]["product"], sent[0]["ext_id"]) == (live.shows.ids["Hat"], "shop-Hat")
    assert live.ask("show.clicks.get().action") == "basket"


def test_a_shop_that_is_away_is_said(page: Page, live: Show, complaints: Complaints) -> None:
    complaints.allow("Failed to load resource|ERR_FAILED")
    page.goto(live.url)
    page.route("https://shop.example/**", lambda route: route.abort())
    page.get_by_role("button", name="Add Hat to the basket").click()
    expect(page.get_by_text("Hat could not be added. Open it in the shop instead.")).to_be_visible()


def test_a_product_of_several_variants_is_chosen_in_the_tray(page: Page, live: Show) -> None:
    page.goto(live.url)
    page.evaluate(
        "document.addEventListener('livestream:basket', (e) => { e.preventDefault(); window.got = e.detail })"
    )
    page.locator("[data-lv-cards]").get_by_role("button", name="Choose a variant of Scarf").click()
    choice = page.get_by_role("combobox", name="Choose a variant of Scarf")
    expect(choice).to_be_focused()
    choice.select_option(label="Blue · €49.00")
    page.get_by_role("button", name="Add Scarf to the basket").click()
    page.wait_for_function("() => window.got?.unit")


def test_a_product_leads_to_the_shop_with_the_channels_parameters(
    page: Page, live: Show, complaints: Complaints
) -> None:
    complaints.allow("404")
    page.goto(live.url)
    with page.expect_popup() as opened:
        page.locator("[data-lv-tray]").get_by_role("link", name="Hat").click()
    opened.value.wait_for_url(re.compile(rf"/Hat\?utm_source=livestream.*{live.id}"))


# -- Before the show


def test_a_reminder_is_asked_for_without_leaving_the_page(page: Page, shows: Shows) -> None:
    show = shows.new()
    page.goto(show.url)
    page.get_by_label("A mail shortly before the start").fill("olga@example.com")
    page.get_by_role("button", name="Remind me").click()
    expect(page.get_by_text("Done. You get one mail shortly before the start")).to_be_visible()
    assert show.ask("show.reminders.get().email") == "olga@example.com"


def test_the_calendar_entry_is_a_file(page: Page, shows: Shows) -> None:
    page.goto(shows.new().url)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Add to calendar").click()
    assert saved.value.suggested_filename.endswith(".ics")


def test_without_javascript_there_are_products_the_calendar_and_the_reminder(
    new_page: NewPage, shows: Shows
) -> None:
    show = shows.new()
    page = new_page(java_script_enabled=False)
    page.goto(show.url)
    expect(page.get_by_role("link", name="Hat")).to_be_visible()
    expect(page.get_by_role("link", name="Add to calendar")).to_be_visible()
    page.get_by_label("A mail shortly before the start").fill("olga@example.com")
    page.get_by_role("button", name="Remind me").click()
    expect(page.get_by_text("Done. You get one mail")).to_be_visible()


# -- hls.js, where it is needed


FAKE_HLS = """
window.Hls = class {
  static isSupported() { return true; }
  static Events = { ERROR: "error" };
  static ErrorTypes = { MEDIA_ERROR: "media" };
  on() {}
  loadSource(src) { document.documentElement.dataset.hlsSource = src; }
  attachMedia() {}
  destroy() {}
};
"""
WITH_HLS = """
const parse = JSON.parse;
JSON.parse = (text) => {
  const said = parse(text);
  return said?.words ? { ...said, hls: "/fake/hls.min.js" } : said; // as the setting HLS_JS_URL does
};
"""


def test_hls_js_is_loaded_for_a_playlist_and_for_nothing_else(page: Page, shows: Shows, live: Show) -> None:
    asked = []

    def serve(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=FAKE_HLS, content_type="text/javascript")

    page.add_init_script(WITH_HLS)
    page.route("**/fake/hls.min.js", serve)
    page.goto(live.url)
    page.wait_for_function("() => document.querySelector('video').currentTime > 0")
    assert asked == []
    live.do('streams.change(stream=show, actor=staff, now=now, live_url="/hls/live.m3u8")')
    page.wait_for_function("() => document.documentElement.dataset.hlsSource === '/hls/live.m3u8'")
    assert len(asked) == 1
