"""Dead networks, reloads and closed containers: nothing is lost without a word."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from playwright.sync_api import Dialog, Page, expect

from tests.browser.chromium import Complaints, NewPage
from tests.browser.running import NewGift, RunningShop
from tests.browser.widget.giver import Giver
from tests.browser.widget.host import Host

Document = Callable[[NewGift], dict[str, Any]]
Cancel = Callable[[NewGift], None]
WAITING = "Waiting for the network. Nothing is lost; we go on as soon as it is back."


@pytest.fixture
def no_network(complaints: Complaints) -> Callable[[Page], Any]:
    complaints.allow("ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_FAILED")

    @contextmanager
    def gone(page: Page) -> Iterator[None]:
        page.context.set_offline(True)
        yield
        page.context.set_offline(False)

    return gone


def test_a_dead_network_while_recording_loses_nothing(
    giver: Giver, gift: NewGift, document: Document, no_network: Callable[[Page], Any]
) -> None:
    giver.record()
    since = time.monotonic()
    with no_network(giver.page):
        giver.sees(WAITING)
        giver.is_at("recording")
    recorded = time.monotonic() - since
    giver.press("Stop recording")
    giver.press("Send the message")
    giver.sees("Your video is ready.")
    assert document(gift)["recording"]["durationSeconds"] > recorded


def test_a_network_that_returns_ends_the_waiting(giver: Giver, no_network: Callable[[Page], Any]) -> None:
    giver.record()
    with no_network(giver.page):
        giver.sees(WAITING)
    expect(giver.root.locator(".gc-banner")).to_be_hidden()


def test_a_message_sent_without_network_goes_when_it_is_back(
    giver: Giver, no_network: Callable[[Page], Any]
) -> None:
    giver.record_and_stop()
    with no_network(giver.page):
        giver.press("Send the message")
        giver.sees(WAITING)
        giver.is_at("sending")
    giver.is_at("done")


def test_a_network_gone_for_minutes_asks_the_giver_and_keeps_the_film(
    new_page: NewPage, host: Host, gift: NewGift, no_network: Callable[[Page], Any]
) -> None:
    giver = Giver(new_page())
    giver.page.clock.install()
    giver.open(host.page_for(gift))
    giver.record_and_stop()
    with no_network(giver.page):
        giver.press("Send the message")
        giver.sees(WAITING)
        giver.page.clock.fast_forward(160_000)
        giver.sees("Your message is not sent yet")
        copy = giver.root.get_by_role("link", name="Save a copy")
        expect(copy).to_have_attribute("download", "message.webm")
    giver.press("Try again")
    giver.is_at("done")


def test_an_upload_that_the_server_forgot_starts_again_from_what_is_kept(
    giver: Giver, gift: NewGift, document: Document, complaints: Complaints
) -> None:
    complaints.allow("404")
    with giver.page.expect_response(lambda answer: answer.status == 201) as created:
        giver.record()
    address = urljoin(created.value.url, created.value.headers["location"])
    forgotten = requests.delete(address, headers={"Tus-Resumable": "1.0.0"}, timeout=30)
    assert forgotten.status_code == 204
    with giver.page.expect_response(lambda answer: answer.status == 201):
        giver.press("Stop recording")
    giver.press("Send the message")
    giver.sees("Your video is ready.")
    assert document(gift)["recording"]["durationSeconds"] > 1


def leave_without_fear(page: Page) -> list[str]:
    """Says yes to every question, and notes what kind it was."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    return asked


def test_leaving_in_the_middle_is_warned_of_and_explained_afterwards(giver: Giver) -> None:
    asked = leave_without_fear(giver.page)
    giver.record()
    giver.page.reload()
    giver.sees("The page was closed before your video was sent, so it is lost. Please record it once more.")
    assert asked == ["beforeunload"]
    assert [event["code"] for event in giver.events("livstickError")] == ["interrupted"]


def test_what_was_lost_is_said_once(giver: Giver) -> None:
    leave_without_fear(giver.page)
    giver.record()
    giver.page.reload()
    giver.sees("The page was closed before your video was sent, so it is lost. Please record it once more.")
    giver.page.reload()
    giver.is_at("welcome")
    expect(giver.root.locator(".gc-notice")).to_be_hidden()


def test_leaving_after_the_message_was_sent_asks_nothing(giver: Giver) -> None:
    asked = leave_without_fear(giver.page)
    giver.record_and_stop()
    giver.press("Send the message")
    giver.is_at("done")
    giver.page.reload()
    giver.is_at("done")
    assert asked == []


def test_a_hidden_tab_goes_on_recording(giver: Giver) -> None:
    giver.record()
    other = giver.page.context.new_page()
    other.bring_to_front()
    with giver.page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        pass
    giver.page.bring_to_front()
    giver.is_at("recording")


def test_an_order_cancelled_while_recording_closes_the_widget(
    giver: Giver, gift: NewGift, cancel: Cancel, complaints: Complaints
) -> None:
    complaints.allow("409")
    giver.record()
    cancel(gift)
    giver.sees("The order of this gift was cancelled.")
    assert [event["code"] for event in giver.events("livstickError")] == ["locked"]


def test_an_order_cancelled_during_the_review_closes_the_widget(
    giver: Giver, gift: NewGift, cancel: Cancel, complaints: Complaints
) -> None:
    complaints.allow("409")
    giver.record_and_stop()
    cancel(gift)
    giver.press("Send the message")
    giver.sees("The order of this gift was cancelled.")


def test_an_activated_gift_cannot_be_changed(
    new_page: NewPage, host: Host, gift: NewGift, shop: RunningShop
) -> None:
    url = f"{shop.url}/widget/containers/{gift.urid}/note"
    note = {"note": "Enjoy!", "alone": True}
    assert requests.put(url, json=note, headers={"X-Edit-Key": gift.edit_key}, timeout=30).ok
    assert shop.api("POST", f"/containers/{gift.crid}/notify").ok
    giver = Giver(new_page()).open(host.page_for(gift))
    giver.sees("The gift is on its way, and your message goes with it.")
    expect(giver.root.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize(
    ("field", "value", "status", "words"),
    [
        ("edit_key", "00000000-0000-4000-8000-000000000000", "401", "This recording link is not valid"),
        ("urid", "nosuchgift", "404", "We cannot find this gift"),
    ],
    ids=["wrong edit key", "unknown gift"],
)
def test_a_link_that_opens_nothing_says_so(
    new_page: NewPage,
    host: Host,
    gift: NewGift,
    complaints: Complaints,
    field: str,
    value: str,
    status: str,
    words: str,
) -> None:
    complaints.allow(status)
    known = {"urid": gift.urid, "edit_key": gift.edit_key}
    body = host.tag(gift).replace(known[field], value)
    giver = Giver(new_page()).open(host.page(body))
    giver.sees(words)
    expect(giver.root.get_by_role("button")).to_have_count(0)


def test_a_server_that_does_not_answer_can_be_tried_again(
    new_page: NewPage, host: Host, gift: NewGift, complaints: Complaints
) -> None:
    complaints.allow("ERR_FAILED")
    giver = Giver(new_page())
    giver.page.route("**/widget/containers/*", lambda route: route.abort())
    giver.open(host.page_for(gift))
    giver.sees("We cannot be reached right now")
    giver.page.unroute_all()
    giver.press("Try again")
    giver.is_at("welcome")


def test_a_widget_opened_offline_opens_when_the_network_is_back(
    new_page: NewPage, host: Host, gift: NewGift, no_network: Callable[[Page], Any]
) -> None:
    giver = Giver(new_page())
    giver.page.route("**/widget/containers/*", lambda route: route.abort())
    giver.open(host.page_for(gift))
    giver.is_at("loading")
    with no_network(giver.page):
        giver.sees("You seem to be offline")
        giver.page.unroute_all()
    giver.is_at("welcome")
