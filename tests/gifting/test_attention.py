"""What needs attention: every reason appears by its fact and goes with it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from gifting.dto import Actor, ActorKind
from gifting.models import Order, OutgoingMessage, Recording, VideoContainer
from gifting.services import (
    attention,
    containers,
    deliveries,
    inbox,
    moderation,
    recordings,
    sending,
    shipments,
    vendor_calls,
)
from gifting.services.reasons import ADVICE, Reason
from tests.gifting.troubles import TROUBLES, UPS, change, video

pytestmark = pytest.mark.django_db
STAFF = Actor(ActorKind.STAFF, "maria")
OF_GIFTS = [reason for reason in Reason if reason != Reason.PUSH_FAILED]
Record = Callable[[VideoContainer], VideoContainer]


@pytest.fixture(autouse=True)
def _ups_is_connected(settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "CARRIERS": {"ups": UPS}}


@pytest.fixture
def gift(new_container: Callable[..., VideoContainer]) -> VideoContainer:
    return new_container(crid="ML-1", receiver_email="bob@example.com")


def reasons(now: datetime) -> list[Reason]:
    return list(attention.counts(now=now))


@pytest.mark.usefixtures("gift")
def test_a_new_gift_needs_nothing(now: datetime) -> None:
    assert attention.counts(now=now) == {}


@pytest.mark.parametrize("reason", Reason)
def test_trouble_is_counted(gift: VideoContainer, now: datetime, reason: Reason) -> None:
    TROUBLES[reason](gift, now)
    assert attention.counts(now=now) == {reason: 1}


@pytest.mark.parametrize("reason", Reason)
def test_trouble_is_told_with_its_row_and_what_to_do(
    gift: VideoContainer, now: datetime, reason: Reason
) -> None:
    TROUBLES[reason](gift, now)
    [case] = attention.find(reason, now=now)
    assert case.order == (None if reason == Reason.PUSH_FAILED else gift.order)
    assert case.row.pk
    assert case.actions
    assert case.what
    assert case.then
    assert "%" not in case.what + case.then


@pytest.mark.parametrize("reason", OF_GIFTS)
def test_one_gift_is_told_the_same_as_the_list(gift: VideoContainer, now: datetime, reason: Reason) -> None:
    TROUBLES[reason](gift, now)
    [found] = attention.find(reason, now=now)
    [told] = attention.of(gift.order, now=now)
    assert (told.reason, told.row, told.what) == (found.reason, found.row, found.what)


@pytest.mark.parametrize("reason", OF_GIFTS)
@pytest.mark.parametrize("state", ["cancelled", "expired"])
def test_a_closed_gift_needs_nothing(gift: VideoContainer, now: datetime, reason: Reason, state: str) -> None:
    TROUBLES[reason](gift, now)
    change(gift, state=state)
    left = [reason] if reason == Reason.HOSTED_FAILED else []
    assert reasons(now) == left  # Its account must still hear that nobody is to be mailed, or to forget it.
    assert [case.reason for case in attention.of(gift.order, now=now)] == left


@pytest.mark.parametrize("reason", OF_GIFTS)
def test_orders_are_found_by_their_trouble(
    gift: VideoContainer, new_container: Callable[..., VideoContainer], now: datetime, reason: Reason
) -> None:
    new_container(crid="FINE")
    TROUBLES[reason](gift, now)
    assert [one.number for one in Order.objects.filter(attention.orders(reason, now=now))] == ["ML-1"]
    assert [one.number for one in Order.objects.filter(attention.orders(None, now=now))] == ["ML-1"]


def test_another_gift_s_trouble_is_not_this_one_s(
    gift: VideoContainer, new_container: Callable[..., VideoContainer], now: datetime
) -> None:
    for trouble in TROUBLES.values():
        trouble(new_container(receiver_email="carol@example.com"), now)
    assert attention.of(gift.order, now=now) == []


def test_the_most_urgent_comes_first(gift: VideoContainer, now: datetime) -> None:
    for reason in (Reason.HELD_LONG, Reason.SILENT, Reason.MAIL_BOUNCED):
        TROUBLES[reason](gift, now)
    assert [case.reason for case in attention.of(gift.order, now=now)] == [
        Reason.MAIL_BOUNCED,
        Reason.SILENT,
        Reason.HELD_LONG,
    ]
    assert reasons(now) == [Reason.MAIL_BOUNCED, Reason.SILENT, Reason.HELD_LONG]


def test_a_count_stops_at_a_hundred(
    new_container: Callable[..., VideoContainer], now: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr(attention, "CAP", 3)
    for _ in range(4):
        TROUBLES[Reason.HELD_LONG](new_container(), now)
    assert attention.counts(now=now) == {Reason.HELD_LONG: 3}
    assert attention.shown(3) == "2+"
    assert attention.shown(2) == "2"


def test_every_reason_has_advice() -> None:
    assert ADVICE.keys() == set(Reason)
    assert list(attention.RULES) == list(Reason)


# -- Gone by the fact


def correct(gift: VideoContainer, row: Any, who: dict[str, Any]) -> None:
    sending.resend(message=row, address="robert@example.com", **who)


CURES: dict[Reason, Callable[[VideoContainer, Any, dict[str, Any]], Any]] = {
    Reason.MAIL_BOUNCED: correct,
    Reason.MAIL_FAILED: lambda gift, row, who: sending.resend(message=row, **who),
    Reason.MAIL_UNSURE: lambda gift, row, who: sending.confirm_sent(message=row, **who),
    Reason.NO_ADDRESS: lambda gift, row, who: sending.correct_address(
        container=gift, address="robert@example.com", **who
    ),
    Reason.RETURNED: lambda gift, row, who: shipments.add(container=gift, code="1Z7", carrier="ups", **who),
    Reason.PROBLEM: lambda gift, row, who: deliveries.confirm_delivery(shipment=row, **who),
    Reason.CARRIER_UNKNOWN: lambda gift, row, who: shipments.change(
        shipment=row, code=row.code, carrier="ups", **who
    ),
    Reason.CARRIER_REFUSES: lambda gift, row, who: shipments.change(
        shipment=row, code="1Z8", carrier="ups", **who
    ),
    Reason.SILENT: lambda gift, row, who: shipments.deliver_by_hand(shipment=row, **who),
    Reason.GIVEN_UP: lambda gift, row, who: shipments.remove(shipment=row, **who),
    Reason.UNSHIPPED: lambda gift, row, who: shipments.add(container=gift, code="1Z9", carrier="ups", **who),
    Reason.VIDEO_FAILED: lambda gift, row, who: recordings.retry(recording=row, **who),
    Reason.HOSTED_FAILED: lambda gift, row, who: vendor_calls.retry(call=row, **who),
    Reason.PUSH_FAILED: lambda gift, row, who: inbox.retry(receipt=row, **who),
    Reason.HELD_LONG: lambda gift, row, who: sending.release(container=gift, **who),
}


@pytest.mark.parametrize("reason", CURES)
def test_what_its_button_does_ends_the_trouble(
    gift: VideoContainer, now: datetime, record: Record, reason: Reason
) -> None:
    record(gift)
    containers.activate(container=gift, actor=STAFF, now=now)
    gift.refresh_from_db()
    if reason == Reason.UNSHIPPED:
        change(gift, activated_at=None, state="recorded")
    TROUBLES[reason](gift, now)
    [case] = attention.find(reason, now=now)
    CURES[reason](gift, case.row, {"actor": STAFF, "now": now})
    assert reason not in reasons(now)


@pytest.mark.parametrize(
    "reason", [Reason.VIDEO_REFUSED, Reason.DATE_EMPTY, Reason.PRINTED_EMPTY, Reason.DELIVERED_EMPTY]
)
def test_a_message_ends_the_wait_for_the_giver(
    gift: VideoContainer, now: datetime, record: Record, reason: Reason
) -> None:
    TROUBLES[reason](gift, now)
    record(gift)
    assert reasons(now) == []


# -- Edges


@pytest.mark.parametrize("later", ["queued", "ready", "failed"])
def test_a_refused_video_is_no_trouble_once_another_came(
    gift: VideoContainer, now: datetime, later: str
) -> None:
    video("refused", refusal="too_long")(gift, now)
    video(later)(gift, now)
    assert Reason.VIDEO_REFUSED not in reasons(now)


def test_of_many_refused_videos_the_last_is_told(gift: VideoContainer, now: datetime) -> None:
    for _ in range(3):
        video("refused", refusal="too_long")(gift, now)
    [case] = attention.find(Reason.VIDEO_REFUSED, now=now)
    assert case.row == Recording.objects.latest("pk")


def test_a_date_of_sending_that_passes_without_a_message_is_noticed(
    gift: VideoContainer, now: datetime
) -> None:
    sending.send_on(container=gift, when=now + timedelta(days=2), actor=STAFF, now=now)
    assert reasons(now + timedelta(days=1)) == []
    assert reasons(now + timedelta(days=60)) == [Reason.DATE_EMPTY]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"state": "delivered"}, Reason.DELIVERED_EMPTY),
        ({"printed_at": True}, Reason.DATE_EMPTY),
        ({"state": "activated"}, Reason.DATE_EMPTY),
    ],
)
def test_a_gift_without_a_message_is_told_of_once(
    gift: VideoContainer, now: datetime, facts: dict[str, Any], reason: Reason
) -> None:
    TROUBLES[Reason.DATE_EMPTY](gift, now)
    change(gift, **{field: now if value is True else value for field, value in facts.items()})
    assert reasons(now) == [reason]


def test_of_an_erased_gift_it_is_said_that_the_account_did_not_forget_it(
    gift: VideoContainer, now: datetime
) -> None:
    TROUBLES[Reason.HOSTED_FAILED](gift, now)
    change(gift, state="expired")
    [case] = attention.of(gift.order, now=now)
    assert "erased here" in case.what
    assert case.actions == ("retry_call",)


def test_an_empty_card_is_no_trouble_while_its_video_is_prepared(gift: VideoContainer, now: datetime) -> None:
    TROUBLES[Reason.PRINTED_EMPTY](gift, now)
    video("processing")(gift, now)
    assert reasons(now) == []


def test_a_short_hold_is_no_trouble(gift: VideoContainer, now: datetime) -> None:
    change(gift, held_at=now - timedelta(days=6))
    assert reasons(now) == []


def test_a_giver_s_address_is_not_corrected_here(gift: VideoContainer, now: datetime) -> None:
    OutgoingMessage.objects.create(
        container=gift, purpose="invitation", state="bounced", created_at=now, due_at=now
    )
    [case] = attention.find(Reason.MAIL_BOUNCED, now=now)
    assert case.actions == ("resend",)
    assert "giver" in case.then


def test_a_hidden_gift_is_not_in_trouble_by_that(gift: VideoContainer, record: Record, now: datetime) -> None:
    moderation.hide(container=record(gift), reason="not nice", actor=STAFF, now=now)
    assert reasons(now) == []
