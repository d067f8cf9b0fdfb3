"""A camera that is refused, missing, busy or lost, and a browser that cannot record."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Camera, NewPage
from tests.browser.running import NewGift
from tests.browser.widget import camera
from tests.browser.widget.giver import Giver
from tests.browser.widget.host import Host

Film = Callable[[int], Path]
Visit = Callable[..., Giver]


@pytest.fixture
def visit(new_page: NewPage, host: Host, gift: NewGift) -> Visit:
    """`visit(script, camera=..., **context_options)`: the widget in a browser with a trouble."""

    def open_widget(script: str = "", **options: object) -> Giver:
        page = new_page(**options)
        if script:
            page.add_init_script(script)
        giver = Giver(page).open(host.page_for(gift))
        giver.is_at("welcome")
        return giver

    return open_widget


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [("denied", "camera_denied", "The camera is blocked"), (False, "camera_missing", "No camera found")],
)
def test_a_camera_that_cannot_be_used_is_explained(visit: Visit, kind: Camera, code: str, words: str) -> None:
    giver = visit(camera=kind)
    giver.press("Record a video")
    giver.sees(words)
    assert [event["code"] for event in giver.events("livstickError")] == [code]


def test_a_blocked_camera_comes_with_the_way_to_allow_it(visit: Visit) -> None:
    giver = visit(camera="denied")
    giver.press("Record a video")
    expect(giver.root.get_by_role("listitem")).to_have_count(3)


def test_a_busy_camera_can_be_tried_again(visit: Visit) -> None:
    giver = visit(camera.BUSY)
    giver.press("Record a video")
    giver.sees("The camera is busy")
    giver.page.evaluate("delete navigator.mediaDevices.getUserMedia")
    giver.press("Try again")
    giver.is_at("preview")


def test_without_a_camera_a_file_is_welcome(visit: Visit, film: Film) -> None:
    giver = visit(camera=False)
    giver.press("Record a video")
    giver.choose_file("Upload a video", film(2))
    giver.is_at("review")


def test_without_a_camera_a_note_is_welcome(visit: Visit) -> None:
    giver = visit(camera=False)
    giver.press("Record a video")
    giver.press("Write a note instead")
    giver.is_at("writing")


@pytest.mark.parametrize("trouble", [camera.NO_RECORDER, camera.INSECURE], ids=["no recorder", "insecure"])
def test_a_page_that_cannot_record_offers_files_and_notes_only(visit: Visit, trouble: str) -> None:
    giver = visit(trouble)
    expect(giver.button("Upload a video")).to_be_visible()
    expect(giver.button("Record a video")).to_have_count(0)


def test_a_phone_that_cannot_record_opens_its_camera_app(visit: Visit) -> None:
    giver = visit(camera.NO_RECORDER, viewport=(375, 700), has_touch=True, is_mobile=True)
    expect(giver.button("Film with the camera app")).to_be_visible()
    expect(giver.root.locator("input[capture=user]")).to_have_attribute("accept", "video/*")


def test_a_missing_microphone_is_said_before_recording(visit: Visit) -> None:
    giver = visit(camera.NO_MICROPHONE)
    giver.press("Record a video")
    giver.sees("We found no microphone. Your video will have no sound.")


def test_a_camera_that_is_allowed_too_late_is_turned_off(visit: Visit) -> None:
    giver = visit(camera.NO_ANSWER_YET)
    giver.press("Record a video")
    giver.press("Cancel")
    giver.is_at("welcome")
    giver.page.evaluate("window.allow()")
    giver.page.wait_for_function(f"{camera.TRACK_STATES}.every((state) => state === 'ended')")


def test_a_camera_unplugged_before_recording_is_told(visit: Visit) -> None:
    giver = visit()
    giver.page.evaluate(camera.KEEP_STREAMS)
    giver.press("Record a video")
    giver.is_at("preview")
    giver.page.evaluate(camera.UNPLUG)
    giver.sees("The camera was disconnected")


@pytest.mark.parametrize("loss", [camera.UNPLUG, camera.STOP_TRACKS], ids=["unplugged", "all tracks end"])
def test_a_camera_lost_while_recording_keeps_what_there_is(visit: Visit, loss: str) -> None:
    giver = visit()
    giver.page.evaluate(camera.KEEP_STREAMS)
    giver.record()
    giver.page.evaluate(loss)
    giver.is_at("review")
    giver.sees("We kept everything up to that moment.")


def test_a_widget_taken_out_of_the_page_turns_its_camera_off(visit: Visit) -> None:
    giver = visit()
    giver.page.evaluate(camera.KEEP_STREAMS)
    giver.press("Record a video")
    giver.is_at("preview")
    giver.page.evaluate("document.querySelector('#livstick-plugin').remove()")
    giver.page.wait_for_function(f"{camera.TRACK_STATES}.every((state) => state === 'ended')")
