"""What the account says of a gift is what our rows say: along legal moves, and without a mail of ours."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.core import mail

from gifting.dto import Actor, ActorKind
from gifting.models import HostedGift, JournalEntry, OutgoingMessage, Shipment, VendorCall, VideoContainer
from gifting.services import containers, deliveries, retention
from tests.fakes.livstick import Account
from tests.fakes.server import answer
from tests.gifting.hosting.worker import later, work

SHOP = Actor(ActorKind.SHOP)
CARRIER = Actor(ActorKind.CARRIER, "ups")
State = VideoContainer.State
MOMENT = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
Record = Callable[..., None]


@pytest.fixture
def there(account: Account, gift: VideoContainer, now: datetime) -> Record:
    """Opens the gift; then something happens there, `there(state="recorded")`, and we look."""
    work(now)

    minutes = count(2, 2)

    def happen(**facts: Any) -> None:
        account.gifts["ML-1"] |= facts
        work(later(now, minutes=next(minutes)))

    return happen


def fresh() -> VideoContainer:
    return VideoContainer.objects.get()


def events() -> list[str]:
    return list(JournalEntry.objects.order_by("pk").values_list("event", flat=True))


@pytest.mark.parametrize("state", ["processing", "recorded", "activated", "delivered", "cancelled"])
def test_the_state_follows(there: Record, state: str) -> None:
    there(state=state)
    assert (fresh().state, HostedGift.objects.get().state) == (state, state)


def test_the_times_are_those_of_the_account(there: Record) -> None:
    at = "2026-11-23T10:15:00Z"
    there(state="delivered", recordedAt=at, activatedAt=at, deliveredAt=at)
    gift = fresh()
    assert {gift.recorded_at, gift.activated_at, gift.delivered_at} == {MOMENT}


def test_an_account_that_tells_no_times_is_followed_all_the_same(there: Record, now: datetime) -> None:
    there(state="recorded")
    there(state="delivered")
    gift = fresh()
    assert gift.recorded_at
    assert gift.activated_at
    assert gift.delivered_at == now + timedelta(minutes=4)


def test_the_journal_tells_every_step_once(there: Record) -> None:
    there(state="recorded")
    there(state="recorded", recordedAt="2026-11-23T10:15:00Z")
    there(state="delivered")
    assert events() == ["created", "recorded", "activated", "delivered"]


def test_a_word_that_we_do_not_know_is_kept_and_moves_nothing(there: Record) -> None:
    there(state="in_orbit")
    assert (fresh().state, HostedGift.objects.get().state) == (State.RECORDING_OPEN, "in_orbit")


def test_what_was_decided_here_is_not_taken_back(there: Record, gift: VideoContainer, now: datetime) -> None:
    containers.activate(container=gift, actor=SHOP, now=now)
    there(state="recorded")
    assert fresh().state == State.ACTIVATED
    assert fresh().has_message


def test_a_new_video_is_being_prepared_there(there: Record) -> None:
    there(state="recorded")
    there(state="processing")
    assert fresh().state == State.PROCESSING


def test_a_gift_that_was_erased_there_is_erased_here_by_the_next_sweep(there: Record, now: datetime) -> None:
    there(state="expired", recordedAt="2026-11-23T10:15:00Z")
    retention.erase_due(now=now + timedelta(minutes=3))
    assert (fresh().state, fresh().order.giver_email) == (State.EXPIRED, "")


def test_the_one_parcel_has_arrived_too(there: Record, gift: VideoContainer, now: datetime) -> None:
    changes = {"shipmentCode": "1Z9", "shipmentCarrier": "ups"}
    containers.change_container(container=gift, changes=changes, actor=SHOP, now=now)
    there(state="delivered", deliveredAt="2026-11-23T10:15:00Z")
    parcel = Shipment.objects.get()
    assert (parcel.status, parcel.delivered_at) == (Shipment.Status.DELIVERED, MOMENT)


def test_nobody_is_mailed_from_here(there: Record) -> None:
    there(state="recorded")
    there(state="delivered")
    assert not OutgoingMessage.objects.exists()
    assert mail.outbox == []


def test_news_of_a_carrier_of_ours_delivers_nothing(
    there: Record, gift: VideoContainer, now: datetime
) -> None:
    parcel = Shipment.objects.create(order=gift.order, code="1Z9", carrier="ups", created_at=now)
    assert deliveries.confirm_delivery(shipment=parcel, actor=CARRIER, now=now) is False
    assert fresh().state == State.RECORDING_OPEN
    assert not OutgoingMessage.objects.exists()


def test_no_carrier_is_asked_from_here(gift: VideoContainer, now: datetime) -> None:
    changes = {"shipmentCode": "1Z9", "shipmentCarrier": "ups"}
    containers.change_container(container=gift, changes=changes, actor=SHOP, now=now)
    assert Shipment.objects.get().state == Shipment.State.IDLE


def look() -> VendorCall:
    return VendorCall.objects.get(action=VendorCall.Action.FETCH)


def test_it_looks_ever_more_seldom(there: Record, now: datetime) -> None:
    waits = []
    for age in (timedelta(minutes=2), timedelta(hours=2), timedelta(days=4), timedelta(days=60)):
        moment = later(now) + age
        work(moment)
        waits.append(look().due_at - moment)
    assert waits == [
        timedelta(minutes=1),
        timedelta(minutes=6),
        timedelta(hours=4, minutes=48),
        timedelta(days=1),
    ]


@pytest.mark.parametrize(
    ("facts", "looks_on"),
    [
        ({"state": "activated"}, True),
        ({"state": "delivered"}, True),
        ({"state": "delivered", "recordedAt": "2026-11-23T10:15:00Z"}, False),
        ({"state": "cancelled"}, False),
    ],
)
def test_it_looks_as_long_as_something_can_change(
    there: Record, facts: dict[str, str], looks_on: bool
) -> None:
    there(**facts)
    assert (look().state == VendorCall.State.QUEUED) is looks_on


def test_after_a_change_it_looks_at_once(
    account: Account, there: Record, gift: VideoContainer, now: datetime
) -> None:
    account.gifts["ML-1"]["state"] = "activated"
    containers.change_container(container=gift, changes={"language": "fr"}, actor=SHOP, now=now)
    work(now)
    assert fresh().state == State.ACTIVATED


def test_a_look_that_is_refused_stops_no_change(
    account: Account, there: Record, gift: VideoContainer, now: datetime
) -> None:
    account.trouble["GET"] = answer({"error": "not_found"}, 404)
    there()
    containers.activate(container=gift, actor=SHOP, now=now)
    work(later(now, minutes=3))
    assert account.asked[-1] == "POST /v3/containers/ML-1/notify"
    assert look().state == VendorCall.State.FAILED


def test_a_change_that_is_refused_stops_no_look(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    account.trouble["PATCH"] = answer({"error": "invalid"}, 400)
    containers.change_container(container=gift, changes={"language": "fr"}, actor=SHOP, now=now)
    work(now)
    account.gifts["ML-1"]["state"] = "recorded"
    work(later(now, minutes=2))
    assert fresh().state == State.RECORDED


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"urid": 7, "editKey": "k"}', b"null"])
def test_an_answer_in_another_form_is_asked_for_again(
    account: Account, gift: VideoContainer, now: datetime, body: bytes
) -> None:
    account.trouble["POST"] = (200, {"Content-Type": "application/json"}, body)
    work(now)
    call = VendorCall.objects.get()
    assert call.state == VendorCall.State.QUEUED
    assert "answer" in call.last_error


def test_a_watch_page_that_is_not_there_yet_stops_nothing(
    account: Account, gift: VideoContainer, now: datetime
) -> None:
    account.trouble["url"] = answer({"error": "not_found"}, 404)
    account.gifts["ML-1"] = {"urid": "there", "editKey": "k", "state": "recorded"}
    work(now)
    assert fresh().state == State.RECORDED
    account.trouble.clear()
    work(later(now, minutes=2))
    assert HostedGift.objects.get().watch_url == f"{account.url}/w/ML-1"
