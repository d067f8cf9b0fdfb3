"""For everyone: by keyboard, by ear, on small screens, in dark rooms, in four languages."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import NewPage
from tests.browser.running import NewGift
from tests.browser.widget.giver import Giver
from tests.browser.widget.host import Host

Film = Callable[[int], Path]
FOCUSED = "document.querySelector('gift-widget').shadowRoot.activeElement?.textContent"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL_TARGETS = """(card) => [...card.querySelectorAll("button, a, summary, textarea")]
  .filter((node) => node.checkVisibility())
  .filter((node) => node.getBoundingClientRect().height < 44 || node.getBoundingClientRect().width < 44)
  .map((node) => node.textContent)"""
WORDS = {
    "en": ("A video message for Bob", "Record a video", "Start recording", "Stop recording"),
    "fr": (
        "Un message vidéo pour Bob",
        "Enregistrer une vidéo",
        "Démarrer l’enregistrement",
        "Arrêter l’enregistrement",
    ),
    "de": ("Eine Videobotschaft für Bob", "Video aufnehmen", "Aufnahme starten", "Aufnahme beenden"),
    "es": ("Un mensaje en vídeo para Bob", "Grabar un vídeo", "Empezar a grabar", "Terminar la grabación"),
}
FAINT_TEXTS = """(card) => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (node) => {
    const color = parse(getComputedStyle(node).backgroundColor);
    return color.length === 3 ? color : ground(node.parentElement);
  };
  const contrast = (node) => {
    const [one, other] = [luminance(parse(getComputedStyle(node).color)), luminance(ground(node))];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  };
  const texts = card.querySelectorAll(".gc-side :is(h2, p, span, li, summary, label, textarea), .gc-name");
  return [...texts].filter((node) => node.checkVisibility() && node.textContent && contrast(node) < 4.5)
    .map((node) => `${node.textContent}: ${contrast(node)}`);
}"""
DARK_PAGE = '<meta name="color-scheme" content="light dark">'


def test_a_message_can_be_recorded_by_keyboard_alone(giver: Giver) -> None:
    keys = giver.page.keyboard
    keys.press("Tab")
    keys.press("Enter")
    giver.is_at("preview")
    keys.press("Enter")
    giver.is_at("countdown")
    keys.press("Enter")
    giver.is_at("recording")
    keys.press("Enter")
    giver.is_at("review")
    keys.press("Tab")
    keys.press("Tab")
    assert giver.page.evaluate(FOCUSED) == "Send the message"
    keys.press("Enter")
    giver.is_at("done")


def test_the_focus_comes_along(giver: Giver) -> None:
    giver.press("Record a video")
    giver.is_at("preview")
    assert giver.page.evaluate(FOCUSED) == "Start recording"
    giver.press("Cancel")
    giver.is_at("welcome")
    assert giver.page.evaluate(FOCUSED) == "A video message for Bob"


def test_opening_the_page_does_not_take_the_focus(giver: Giver) -> None:
    assert giver.page.evaluate("document.activeElement === document.body")


def test_a_giver_who_is_elsewhere_on_the_page_is_not_called_back(
    new_page: NewPage, host: Host, gift: NewGift
) -> None:
    giver = Giver(new_page()).open(host.page('<input id="coupon">' + host.tag(gift)))
    no_film = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"Dear Bob" * 100}
    giver.choose_file("Upload a video", no_film)
    giver.press("Send the message")
    giver.is_at("done")
    giver.page.locator("#coupon").focus()
    giver.is_at("refused")
    assert giver.page.evaluate("document.activeElement.id") == "coupon"


def test_news_are_spoken_politely(giver: Giver) -> None:
    giver.record_and_stop()
    giver.press("Send the message")
    giver.sees("Your video is ready.")
    expect(giver.root.get_by_role("status")).to_have_text("Your video is ready.")


@pytest.mark.parametrize("lang", WORDS)
def test_the_widget_speaks_the_language_of_the_tag(
    new_page: NewPage, host: Host, gift: NewGift, lang: str
) -> None:
    title, record, start, stop = WORDS[lang]
    giver = Giver(new_page()).open(host.page_for(gift, lang=lang))
    expect(giver.card).to_have_attribute("lang", lang)
    giver.sees(title)
    giver.press(record)
    giver.press(start)
    expect(giver.button(stop)).to_be_visible()


@pytest.mark.parametrize(
    ("tag", "page", "spoken"), [("fr-CA", "en", "fr"), ("it", "de-AT", "de"), ("ja", "it", "en")]
)
def test_an_unknown_language_falls_back(
    new_page: NewPage, host: Host, gift: NewGift, tag: str, page: str, spoken: str
) -> None:
    giver = Giver(new_page()).open(host.page(host.tag(gift, lang=tag), lang=page))
    giver.sees(WORDS[spoken][0])


@pytest.mark.parametrize("lang", WORDS)
def test_a_narrow_phone_needs_no_sideways_scrolling(
    new_page: NewPage, host: Host, gift: NewGift, film: Film, lang: str
) -> None:
    giver = Giver(new_page(viewport=(320, 640))).open(host.page_for(gift, lang=lang))
    page = giver.page
    primary, shutter = giver.root.locator(".gc-button--primary"), giver.root.locator(".gc-shutter")
    way = {"welcome": primary, "preview": shutter, "recording": shutter, "review": primary}
    widths = []
    for state, go_on in way.items():
        giver.is_at(state)
        widths.append(page.evaluate(OVERFLOW))
        go_on.click()
    giver.is_at("done")
    assert [*widths, page.evaluate(OVERFLOW)] == [0] * 5


def test_everything_to_press_is_large_enough(giver: Giver) -> None:
    small = giver.card.evaluate(SMALL_TARGETS)
    giver.record()
    small += giver.card.evaluate(SMALL_TARGETS)
    giver.press("Stop recording")
    giver.is_at("review")
    assert small + giver.card.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize("preference", ["light", "dark"])
def test_text_can_be_read(new_page: NewPage, host: Host, gift: NewGift, preference: str) -> None:
    page = new_page(color_scheme=preference, reduced_motion="reduce")
    giver = Giver(page).open(host.page(host.tag(gift), head=DARK_PAGE))
    giver.is_at("welcome")
    expect(giver.card).to_have_attribute("data-theme", preference)
    faint = giver.card.evaluate(FAINT_TEXTS)
    giver.choose_file("Upload a video", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"no"})
    giver.sees(re.compile("not a video"))
    faint += giver.card.evaluate(FAINT_TEXTS)
    giver.press("Write a note instead")
    giver.is_at("writing")
    assert faint + giver.card.evaluate(FAINT_TEXTS) == []


def test_less_motion_means_a_short_countdown(new_page: NewPage, host: Host, gift: NewGift) -> None:
    giver = Giver(new_page(reduced_motion="reduce")).open(host.page_for(gift))
    giver.press("Record a video")
    giver.press("Start recording")
    expect(giver.root.locator(".gc-number")).to_have_text("1")
    giver.is_at("recording")
