"""A message without the camera: a chosen video, or a written note."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.chromium import NewPage
from tests.browser.running import NewGift
from tests.browser.widget.giver import Giver
from tests.browser.widget.host import Host

Film = Callable[[int], Path]
Document = Callable[[NewGift], dict[str, Any]]
TEXT = {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"Dear Bob"}
NO_FILM = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"Dear Bob" * 100}
EMPTY = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b""}


@pytest.fixture
def limited(new_page: NewPage, host: Host, gift: NewGift) -> Callable[..., Giver]:
    """`limited(maxBytes=...)`: the widget of a server with other limits."""

    def visit(**limits: int) -> Giver:
        def answer(route: Route) -> None:
            real = route.fetch()
            route.fulfill(response=real, body=json.dumps({**real.json(), **limits}))

        giver = Giver(new_page())
        giver.page.route("**/widget/containers/*", answer)
        giver.open(host.page_for(gift))
        giver.is_at("welcome")
        return giver

    return visit


def test_a_chosen_video_is_stored_and_made_ready(
    giver: Giver, gift: NewGift, document: Document, film: Film
) -> None:
    giver.choose_file("Upload a video", film(3))
    giver.press("Send the message")
    giver.sees("Your video is ready.")
    assert document(gift)["recording"]["durationSeconds"] == pytest.approx(3, abs=0.3)


def test_a_chosen_video_is_shown_before_it_is_sent(giver: Giver, film: Film) -> None:
    giver.choose_file("Upload a video", film(3))
    giver.is_at("review")
    expect(giver.root.locator("video")).to_have_js_property("duration", 3)


def test_another_video_can_be_chosen(giver: Giver, film: Film) -> None:
    giver.choose_file("Upload a video", film(3))
    giver.is_at("review")
    giver.choose_file("Choose another video", film(2))
    expect(giver.root.locator("video")).to_have_js_property("duration", 2)


@pytest.mark.parametrize(
    ("file", "code"), [(TEXT, "not_video"), (EMPTY, "empty")], ids=["a letter", "an empty file"]
)
def test_a_file_that_is_no_video_is_told_at_once(giver: Giver, file: dict[str, Any], code: str) -> None:
    giver.choose_file("Upload a video", file)
    expect(giver.root.locator(".gc-notice")).to_contain_text("file")
    assert [event["code"] for event in giver.events("livstickError")] == [code]


def test_a_video_that_is_too_long_is_told_at_once(giver: Giver, film: Film) -> None:
    giver.choose_file("Upload a video", film(62))
    giver.sees("It is too long. A message may last up to 60 seconds.")
    giver.is_at("welcome")


def test_a_file_that_is_too_large_is_told_at_once(limited: Callable[..., Giver], film: Film) -> None:
    giver = limited(maxBytes=1000)
    giver.choose_file("Upload a video", film(3))
    giver.sees("The file is too large. It may have up to 0 MB.")
    assert [event["code"] for event in giver.events("livstickError")] == ["too_large"]


def test_progress_is_shown_and_sending_can_be_cancelled(limited: Callable[..., Giver], film: Film) -> None:
    path = film(3)
    giver = limited(maxChunkBytes=path.stat().st_size // 2)
    held: list[Route] = []
    giver.page.route("**/widget/uploads/*", lambda route: _hold_second_chunk(route, held))
    giver.choose_file("Upload a video", path)
    giver.press("Send the message")
    expect(giver.root.get_by_role("progressbar")).to_have_accessible_name(re.compile("(49|50) % sent"))
    giver.press("Cancel")
    giver.is_at("review")


def _hold_second_chunk(route: Route, held: list[Route]) -> None:
    if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0":
        held.append(route)
    else:
        route.continue_()


def test_a_cancelled_video_can_be_sent_after_all(limited: Callable[..., Giver], film: Film) -> None:
    giver = limited()
    held: list[Route] = []
    giver.page.route("**/widget/uploads/*", lambda route: held.append(route), times=1)
    giver.choose_file("Upload a video", film(3))
    giver.press("Send the message")
    giver.press("Cancel")
    giver.press("Send the message")
    giver.is_at("done")


def test_a_refused_file_is_explained_and_another_may_follow(giver: Giver) -> None:
    giver.choose_file("Upload a video", NO_FILM)
    giver.sees("This browser cannot show the video here. You can send it all the same.")
    giver.press("Send the message")
    giver.sees("We could not use this video")
    giver.sees("This file is not a video.")
    giver.press("Try again")
    giver.is_at("welcome")


def test_a_note_alone_is_a_message(giver: Giver, gift: NewGift, document: Document) -> None:
    giver.press("Write a note instead")
    giver.root.get_by_role("textbox", name="Your note").fill("Dear Bob, happy birthday!")
    giver.press("Save the note")
    giver.is_at("done")
    assert giver.events("livstickRecorded") == [{"name": "livstickRecorded", "urid": gift.urid}]
    assert document(gift) | {"note": "Dear Bob, happy birthday!", "state": "recorded"} == document(gift)


def test_an_empty_note_is_no_message(giver: Giver) -> None:
    giver.press("Write a note instead")
    giver.press("Save the note")
    expect(giver.root.get_by_role("alert")).to_have_text("Please write a few words first.")


def test_the_length_of_a_note_is_counted_and_limited(giver: Giver) -> None:
    giver.press("Write a note instead")
    giver.root.get_by_role("textbox").fill("x" * 499)
    giver.root.get_by_role("textbox").press_sequentially("yz")
    giver.sees("500 of 500 characters")


def test_a_saved_note_is_there_on_the_next_visit(giver: Giver) -> None:
    giver.press("Write a note instead")
    giver.root.get_by_role("textbox").fill("Dear Bob")
    giver.press("Save the note")
    giver.is_at("done")
    giver.page.reload()
    giver.press("Change my message")
    giver.press("Write a note instead")
    expect(giver.root.get_by_role("textbox")).to_have_value("Dear Bob")
