"""The viewer page for everyone: by keyboard, by ear, on small screens, in dark rooms, in four languages."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import NewPage
from tests.browser.live.shows import END, FILM, START, Show, Shows

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NAMELESS = """() => [...document.querySelectorAll("button, a[href], input, select, video, img, iframe")]
  .filter((node) => node.checkVisibility() && !node.closest("[aria-hidden=true]"))
  .filter((node) => !(node.ariaLabel || node.textContent.trim() || node.labels?.length))
  .filter((node) => !node.hasAttribute("alt"))
  .map((node) => node.outerHTML)"""
SMALL_TARGETS = """() => [...document.querySelectorAll("button, .lv-button, select, input, .lv-moment a")]
  .filter((node) => node.checkVisibility() && !node.closest("[aria-hidden=true]"))
  .filter((node) => node.getBoundingClientRect().height < 44 || node.getBoundingClientRect().width < 44)
  .map((node) => node.outerHTML)"""
FAINT = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const parse = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (node) => {
    const color = parse(getComputedStyle(node).backgroundColor);
    return color[3] === 255 || !node.parentElement ? color : ground(node.parentElement);
  };
  const contrast = (node) => {
    const [one, other] = [luminance(parse(getComputedStyle(node).color)), luminance(ground(node))];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  };
  const texts = document.querySelectorAll("main :is(h1, h2, p, span, a, b, button, label, select, input)");
  return [...texts].filter((node) => node.checkVisibility() && node.childNodes.length)
    .filter((node) => !node.closest(".lv-screen")) // on a picture
    .filter((node) => contrast(node) < 4.5).map((node) => `${node.textContent}: ${contrast(node)}`);
}"""


@pytest.fixture(scope="module")
def pages(shows: Shows) -> dict[str, Show]:
    return {
        "idle": shows.new(),
        "live": shows.new(START, shows.pin("Scarf", "Hat")),
        "replay": shows.new(FILM, START, shows.pin("Scarf", after=1), END),
    }


def open_page(page: Page, show: Show, *, query: str = "") -> Page:
    page.goto(show.url + query)
    page.wait_for_function("() => document.querySelector('[data-lv-tray] button')")
    return page


@pytest.mark.parametrize("kind", ["idle", "live", "replay"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read(new_page: NewPage, pages: dict[str, Show], kind: str, scheme: str) -> None:
    page = open_page(new_page(color_scheme=scheme, reduced_motion="reduce"), pages[kind])
    assert page.evaluate(FAINT) == []


@pytest.mark.parametrize("kind", ["idle", "live", "replay"])
def test_everything_has_a_name_and_can_be_hit(new_page: NewPage, pages: dict[str, Show], kind: str) -> None:
    page = open_page(new_page(viewport=(375, 812)), pages[kind])
    assert (page.evaluate(NAMELESS), page.evaluate(SMALL_TARGETS)) == ([], [])


@pytest.mark.parametrize("kind", ["idle", "live", "replay"])
@pytest.mark.parametrize("language", ["en", "fr", "de", "es"])
def test_a_phone_needs_no_sideways_scrolling(
    new_page: NewPage, pages: dict[str, Show], kind: str, language: str
) -> None:
    page = open_page(new_page(viewport=(320, 640)), pages[kind], query=f"?lang={language}")
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert page.evaluate(OVERFLOW) == 0


def test_cards_leave_the_controls_free(new_page: NewPage, pages: dict[str, Show]) -> None:
    for viewport in ((1280, 800), (375, 812)):
        page = open_page(new_page(viewport=viewport), pages["live"])
        video = page.locator("video").bounding_box()
        last = page.locator("[data-lv-cards] .lv-card").last.bounding_box()
        assert video is not None
        assert last is not None
        bottom, end = video["y"] + video["height"], last["y"] + last["height"]
        assert end <= bottom - 64 or last["y"] >= bottom


def test_the_keyboard_goes_to_the_products_and_the_moments(page: Page, pages: dict[str, Show]) -> None:
    open_page(page, pages["replay"])
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    moment = page.get_by_role("link", name="Jump to Scarf")
    moment.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-lv-cards] .lv-card__name")).to_have_text(["Scarf"])
    assert page.evaluate("document.querySelector('video').currentTime") >= 1


def test_the_page_is_one_article_with_headings_and_landmarks(page: Page, pages: dict[str, Show]) -> None:
    open_page(page, pages["live"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Winter evening")
    expect(page.get_by_role("main")).to_be_visible()
    expect(page.get_by_role("list", name="Shown now")).to_be_visible()
