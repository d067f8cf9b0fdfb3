"""The receiver's page, the preview and the confirmation page in a browser."""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from av.video.frame import VideoFrame
from playwright.sync_api import Page, expect

from tests.browser.chromium import PATIENCE_MS, Complaints, NewPage
from tests.browser.running import RunningShop

RATE, SECONDS = 10, 4
MAKE_GIFTS = """
import json
from datetime import timedelta
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone
from gifting.dto import Actor, ActorKind, NewContainer
from gifting.models import Brand, Recording
from gifting.models.files import gift_storage
from gifting.services import containers, links, notes

now, actor = timezone.now(), Actor(ActorKind.SHOP)
brand = Brand.objects.get(slug="maison-lune")
film = (settings.VAR / "film.mp4").read_bytes()
names = {"senderFirstName": "Alexandrina", "receiverFirstName": "Bartholomew", "productName": "Box"}

def gift(name, *, recording="", live=False, alone=False):
    request = NewContainer(crid=f"watch-{name}", email="a@example.com", additional_data=names)
    made, _ = containers.open_container(brand=brand, request=request, actor=actor, now=now)
    made = notes.write_note(container=made, note="A few words. " * 12, alone=alone, actor=actor, now=now)
    if recording:
        add_recording(made, recording)
    if live:
        containers.activate(container=made, actor=actor, now=now)
    return {
        "watch": f"/w/{made.watch_token}",
        "record": f"/{made.urid}",
        "preview": f"/preview/{made.urid}",
        "confirmation": links.confirmation_path(made.order),
    }

def add_recording(gift, state):
    facts = {"state": state, "width": 160, "height": 120, "created_at": now, "ready_at": now}
    row = Recording(container=gift, due_at=now + timedelta(days=1), **facts)
    row.video.name = gift_storage().save(f"gifts/{gift.urid}/video.mp4", ContentFile(film))
    row.poster.name = gift_storage().save(f"gifts/{gift.urid}/poster.jpg", ContentFile(b""))
    row.save()
    if state == "ready":
        gift.recording = row
        containers.message_ready(gift, now=now)

print(json.dumps({
    "video": gift("video", recording="ready", live=True),
    "waiting": gift("waiting", recording="ready"),
    "processing": gift("processing", recording="queued"),
    "open": gift("open"),
    "unseen": gift("unseen", recording="ready", live=True),
    "withdrawn": gift("withdrawn", recording="ready", live=True),
    "note": gift("note", live=True, alone=True),
    "note-behind": gift("note-behind", live=True, alone=True),
}))
"""
FINISH = """
from django.utils import timezone
from gifting.models import VideoContainer
from gifting.services import containers
gift = VideoContainer.objects.get(order__number="watch-processing")
gift.recording = gift.recordings.get()
gift.recordings.update(state="ready")
containers.message_ready(gift, now=timezone.now())
"""

WITHDRAW = """
from django.utils import timezone
from gifting.models import VideoContainer
VideoContainer.objects.filter(order__number="watch-withdrawn").update(recalled_at=timezone.now())
"""
SEEN = """
from gifting.models import VideoContainer
print(VideoContainer.objects.get(order__number="watch-{name}").journal.filter(event="seen").count())
"""
BEHIND = """Object.defineProperty(
    document, "visibilityState", { get: () => (window.front ? "visible" : "hidden") }
)"""
TO_THE_FRONT = "window.front = true; document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture(scope="module")
def gifts(shop: RunningShop) -> dict[str, dict[str, str]]:
    """The pages of some gifts by name: `gifts["video"]["watch"]`."""
    make_film(shop.folder / "film.mp4")
    paths = json.loads(shop.python(MAKE_GIFTS).splitlines()[-1])
    return {name: {kind: shop.url + path for kind, path in pages.items()} for name, pages in paths.items()}


def make_film(path: Path) -> None:
    """A few seconds of H.264."""
    with av.open(path, "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for number in range(RATE * SECONDS):
            frame = VideoFrame(160, 120, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([number * 5 % 256]) * plane.buffer_size)
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@pytest.fixture
def watching(page: Page, gifts: dict[str, dict[str, str]]) -> Iterator[Page]:
    """The receiver's page, loaded."""
    page.goto(gifts["video"]["watch"])
    expect(page.get_by_role("button", name="Play the message")).to_be_visible()
    yield page
    page.unroute_all(behavior="ignoreErrors")


def video(page: Page, expression: str) -> Any:
    """The value of a JavaScript expression about `video`."""
    return page.locator("video").evaluate(f"video => {expression}")


def until(page: Page, condition: str) -> None:
    """Waits for a JavaScript condition about `video`."""
    page.locator("video").evaluate(
        f"""async video => {{
            const end = Date.now() + {PATIENCE_MS};
            while (!({condition})) {{
                if (Date.now() > end) throw new Error(`In vain at ${{video.src}}`);
                await new Promise((resolve) => setTimeout(resolve, 50));
            }}
        }}"""
    )


def test_one_click_plays_the_message(watching: Page) -> None:
    watching.get_by_role("button", name="Play the message").click()
    until(watching, "video.currentTime > 0.3")
    expect(watching.get_by_role("button", name="Play the message")).to_be_hidden()
    assert video(watching, "video.controls") is True


def test_the_keyboard_plays_the_message_and_stays_with_it(watching: Page) -> None:
    watching.get_by_role("button", name="Play the message").focus()
    watching.keyboard.press("Enter")
    until(watching, "!video.paused")
    assert video(watching, "document.activeElement === video") is True


def test_at_the_end_it_can_be_watched_again(watching: Page) -> None:
    watching.get_by_role("button", name="Play the message").click()
    until(watching, "video.currentTime > 0")
    video(watching, f"video.currentTime = {SECONDS - 0.2}")
    watching.get_by_role("button", name="Watch again").click()
    until(watching, "!video.paused && video.currentTime < 3")


def test_without_javascript_the_browsers_own_player_is_there(
    new_page: NewPage, gifts: dict[str, dict[str, str]]
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(gifts["video"]["watch"])
    expect(page.locator("video[controls]")).to_be_visible()
    expect(page.locator("[data-gc-play]")).to_be_hidden()


def test_an_expired_link_is_renewed_and_the_message_goes_on(watching: Page, complaints: Complaints) -> None:
    complaints.allow("404")
    watching.get_by_role("button", name="Play the message").click()
    until(watching, "video.currentTime > 1")
    video(watching, "video.src = '/media/expired/video.mp4'")
    until(watching, "!video.src.includes('expired') && !video.paused && video.currentTime > 1")


def test_an_expired_link_is_renewed_before_the_first_click_too(
    watching: Page, complaints: Complaints
) -> None:
    complaints.allow("404")
    video(watching, "video.src = '/media/expired/video.mp4'")
    until(watching, "!video.src.includes('expired') && video.readyState > 0")
    assert video(watching, "video.paused") is True


def test_without_a_network_it_says_so_and_can_be_tried_again(watching: Page, complaints: Complaints) -> None:
    complaints.allow("404|Failed to load resource")
    watching.route("**/w/**", lambda route: route.abort())
    video(watching, "video.src = '/media/expired/video.mp4'")
    expect(watching.get_by_role("alert")).to_contain_text("Check your connection")
    watching.unroute("**/w/**")
    watching.get_by_role("button", name="Play the message").click()
    until(watching, "!video.paused && video.currentTime > 0")


def test_the_video_can_be_saved_from_a_page_that_was_open_all_night(
    page: Page, gifts: dict[str, dict[str, str]]
) -> None:
    page.clock.install()
    page.goto(gifts["video"]["watch"])
    before = page.locator("[data-gc-save]").get_attribute("href")
    page.clock.fast_forward("12:00:00")
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save the video").click()
    assert saving.value.suggested_filename == "Video message from Alexandrina.mp4"
    assert page.locator("[data-gc-save]").get_attribute("href") != before


def seen(shop: RunningShop, name: str) -> int:
    """How often the site counted a first play."""
    return int(shop.python(SEEN.format(name=name)))


def test_a_video_is_seen_when_it_plays_and_is_counted_once(
    page: Page, shop: RunningShop, gifts: dict[str, dict[str, str]]
) -> None:
    page.goto(gifts["unseen"]["preview"])
    page.get_by_role("button", name="Play the message").click()
    until(page, "video.currentTime > 0.3")
    page.goto(gifts["unseen"]["watch"])
    expect(page.get_by_role("button", name="Play the message")).to_be_visible()
    assert seen(shop, "unseen") == 0
    with page.expect_response("**/seen") as answer:
        page.get_by_role("button", name="Play the message").click()
    assert answer.value.status == 204
    assert seen(shop, "unseen") == 1
    told: list[str] = []
    page.on("request", lambda request: told.append(request.url))
    video(page, "void (video.currentTime = 0, video.play())")
    until(page, "!video.paused && video.currentTime > 0.3")
    page.reload()
    page.get_by_role("button", name="Play the message").click()
    until(page, "video.currentTime > 0.3")
    assert [url for url in told if url.endswith("/seen")] == []


def test_what_did_not_arrive_is_told_when_it_plays_again(
    page: Page, gifts: dict[str, dict[str, str]], complaints: Complaints
) -> None:
    complaints.allow("Failed to load resource")
    page.route("**/w/*/seen", lambda route: route.abort())
    page.goto(gifts["withdrawn"]["watch"])
    page.get_by_role("button", name="Play the message").click()
    until(page, "video.currentTime > 0.3")
    page.unroute("**/w/*/seen")
    with page.expect_response("**/seen") as answer:
        video(page, "video.pause()")
        video(page, "void video.play()")
    assert answer.value.status == 204


def test_a_message_that_is_withdrawn_while_it_is_open_says_so(
    page: Page, shop: RunningShop, gifts: dict[str, dict[str, str]], complaints: Complaints
) -> None:
    complaints.allow("404")
    page.goto(gifts["withdrawn"]["watch"])
    shop.python(WITHDRAW)
    video(page, "video.src = '/media/expired/video.mp4'")
    expect(page.get_by_role("heading", name="No longer available")).to_be_visible()


def test_a_note_alone_is_seen_by_whoever_has_it_before_them(
    page: Page, shop: RunningShop, gifts: dict[str, dict[str, str]]
) -> None:
    with page.expect_response("**/seen") as answer:
        page.goto(gifts["note"]["watch"])
    assert answer.value.status == 204
    assert seen(shop, "note") == 1


def test_a_note_in_a_tab_behind_is_seen_when_the_tab_comes_to_the_front(
    page: Page, shop: RunningShop, gifts: dict[str, dict[str, str]]
) -> None:
    page.add_init_script(BEHIND)
    page.goto(gifts["note-behind"]["watch"])
    expect(page.get_by_text("A few words.")).to_be_visible()
    assert seen(shop, "note-behind") == 0
    with page.expect_response("**/seen"):
        page.evaluate(TO_THE_FRONT)
    assert seen(shop, "note-behind") == 1


def test_the_giver_saves_the_video_from_the_preview(page: Page, gifts: dict[str, dict[str, str]]) -> None:
    page.goto(gifts["video"]["preview"])
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save the video").click()
    assert saving.value.suggested_filename == "Video message from Alexandrina.mp4"


def test_the_preview_shows_the_message_when_it_is_ready(
    page: Page, shop: RunningShop, gifts: dict[str, dict[str, str]]
) -> None:
    page.goto(gifts["processing"]["preview"])
    expect(page.get_by_role("progressbar")).to_be_visible()
    shop.python(FINISH)
    expect(page.get_by_role("button", name="Play the message")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("status")).to_have_text("The message is ready.")
    expect(page.get_by_role("link", name="Save the video")).to_be_visible()


def test_the_confirmation_page_answers_the_recording(page: Page, gifts: dict[str, dict[str, str]]) -> None:
    page.goto(gifts["open"]["confirmation"])
    page.evaluate("document.dispatchEvent(new CustomEvent('livstickRecorded', { detail: {} }))")
    expect(page.get_by_role("heading", name="Your message is saved")).to_be_visible()


def test_the_confirmation_page_offers_another_way_where_recording_fails(
    page: Page, gifts: dict[str, dict[str, str]]
) -> None:
    page.goto(gifts["open"]["confirmation"])
    failed = "new CustomEvent('livstickError', { detail: { code: 'camera_missing', message: '' } })"
    page.evaluate(f"document.dispatchEvent({failed})")
    expect(page.get_by_role("link", name=gifts["open"]["record"])).to_be_visible()


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize(
    ("gift", "kind"),
    [
        ("video", "watch"),
        ("waiting", "watch"),
        ("video", "preview"),
        ("open", "record"),
        ("open", "confirmation"),
    ],
)
def test_nothing_is_wider_than_the_screen(
    new_page: NewPage, gifts: dict[str, dict[str, str]], gift: str, kind: str, width: int
) -> None:
    page = new_page(viewport=(width, 640))
    page.goto(gifts[gift][kind])
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_the_play_button_is_on_the_first_screen(
    new_page: NewPage, gifts: dict[str, dict[str, str]]
) -> None:
    page = new_page(viewport=(375, 667))
    page.goto(gifts["video"]["watch"])
    expect(page.locator(".gc-play__knot")).to_be_in_viewport(ratio=1)


def test_nothing_moves_for_those_who_prefer_that(new_page: NewPage, gifts: dict[str, dict[str, str]]) -> None:
    page = new_page(reduced_motion="reduce")
    page.goto(gifts["video"]["watch"])
    assert page.evaluate("document.getAnimations().length") == 0
