"""From the first page to a message that the server has."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.chromium import NewPage
from tests.browser.running import NewGift
from tests.browser.widget import camera
from tests.browser.widget.giver import Giver, is_chunk
from tests.browser.widget.host import Host

Document = Callable[[NewGift], dict[str, Any]]


def test_a_recorded_message_is_stored_and_made_ready(giver: Giver, gift: NewGift, document: Document) -> None:
    giver.record_and_stop()
    giver.press("Send the message")
    giver.sees("Bob will see it when the gift arrives.")
    giver.sees("Your video is ready.")
    assert document(gift)["recording"]["state"] == "ready"


def test_the_page_is_told_as_soon_as_the_recording_is_stored(giver: Giver, gift: NewGift) -> None:
    giver.record_and_stop()
    giver.press("Send the message")
    giver.is_at("done")
    assert giver.events("livstickRecorded") == [{"name": "livstickRecorded", "urid": gift.urid}]


def test_chunks_leave_while_the_camera_runs(giver: Giver) -> None:
    giver.record()
    with giver.page.expect_response(is_chunk):
        pass
    giver.is_at("recording")


def test_nothing_is_recorded_for_the_shop_before_it_is_sent(
    giver: Giver, gift: NewGift, document: Document
) -> None:
    giver.record_and_stop()
    assert document(gift)["recording"] is None


def test_recording_stops_by_itself_when_the_time_is_up(new_page: NewPage, host: Host, gift: NewGift) -> None:
    giver = Giver(new_page())
    giver.page.clock.install()
    giver.open(host.page_for(gift))
    giver.record()
    giver.page.clock.fast_forward(60_000)
    giver.is_at("review")


def test_the_time_left_is_told_while_recording(new_page: NewPage, host: Host, gift: NewGift) -> None:
    giver = Giver(new_page())
    giver.page.clock.install()
    giver.open(host.page_for(gift))
    giver.record()
    giver.page.clock.fast_forward(29_500)
    expect(giver.root.get_by_role("status")).to_have_text("30 seconds left")
    expect(giver.root.get_by_role("timer")).to_contain_text("0:2")


def test_the_giver_watches_the_film_before_sending(giver: Giver) -> None:
    giver.record_and_stop()
    giver.press("Play the video")
    played = "video => new Promise(done => video.addEventListener('ended', () => done(video.duration)))"
    assert 0.5 < giver.root.locator("video").evaluate(played) < 30


def test_the_film_waits_at_its_beginning_and_knows_its_length(giver: Giver) -> None:
    giver.record_and_stop()
    ready = "video => Number.isFinite(video.duration) && video.currentTime < 0.1"
    video = giver.root.locator("video")
    giver.page.wait_for_function(ready, arg=video.element_handle())


def test_the_camera_is_off_once_the_film_ends(giver: Giver) -> None:
    giver.page.evaluate(camera.KEEP_STREAMS)
    giver.record_and_stop()
    assert giver.page.evaluate(camera.TRACK_STATES) == ["ended", "ended"]


def test_recording_again_takes_the_first_film_back(giver: Giver) -> None:
    giver.record_and_stop()
    with giver.page.expect_response(lambda answer: answer.request.method == "DELETE") as deleted:
        giver.press("Record again")
    giver.is_at("preview")
    assert deleted.value.status == 204


def test_a_stored_message_can_be_replaced(giver: Giver) -> None:
    giver.record_and_stop()
    giver.press("Send the message")
    giver.press("Record again")
    giver.record_and_stop()
    giver.press("Send the message")
    giver.is_at("done")
    assert len(giver.events("livstickRecorded")) == 2


def test_a_stored_message_can_be_kept_after_all(giver: Giver) -> None:
    giver.record_and_stop()
    giver.press("Send the message")
    giver.press("Record again")
    giver.press("Keep my message as it is")
    giver.is_at("done")


def test_a_few_words_go_along(giver: Giver, gift: NewGift, document: Document) -> None:
    giver.record_and_stop()
    giver.root.get_by_text("Add a few words").click()
    giver.root.get_by_role("textbox").fill("Happy birthday, Bob!")
    giver.press("Send the message")
    giver.is_at("done")
    assert document(gift)["note"] == "Happy birthday, Bob!"


def test_the_countdown_ends_in_a_recording(giver: Giver) -> None:
    giver.press("Record a video")
    giver.press("Start recording")
    giver.is_at("recording")


def test_the_countdown_can_be_called_off(giver: Giver) -> None:
    giver.press("Record a video")
    giver.press("Start recording")
    giver.press("Cancel")
    giver.is_at("preview")


def test_leaving_the_camera_leads_back(giver: Giver) -> None:
    giver.press("Record a video")
    giver.is_at("preview")
    giver.press("Cancel")
    giver.is_at("welcome")


def test_the_mirror_is_for_the_preview_only(giver: Giver) -> None:
    giver.press("Record a video")
    expect(giver.root.locator("video")).to_have_class("gc-video gc-video--mirror")
    giver.press("Start recording")
    giver.press("Start now")
    giver.press("Stop recording")
    giver.is_at("review")
    expect(giver.root.locator("video")).to_have_class("gc-video")
