"""What staff ask of the receiver's mail that makes no sense is refused, with a sentence."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from gifting.errors import GiftingError, Invalid, Locked
from gifting.models import OutgoingMessage
from gifting.services import containers, sending
from tests.gifting.posting import BIRTHDAY, STAFF, Gift, deliver, do, ended, fresh, story, the_mail, work

pytestmark = pytest.mark.django_db
State = OutgoingMessage.State


@pytest.fixture
def gift(new_container: Callable[..., Gift], record: Callable[[Gift], Gift]) -> Gift:
    """Recorded by Alice, for Bob."""
    return record(new_container(receiver_email="bob@example.com"))


@pytest.fixture
def empty(new_container: Callable[..., Gift]) -> Gift:
    """For Bob; Alice has not recorded anything."""
    return new_container(receiver_email="bob@example.com")


def closed(gift: Gift) -> None:
    containers.cancel(container=gift, actor=STAFF, now=timezone.now())


def sent(gift: Gift) -> None:
    deliver(gift)
    work()


def on_its_way(gift: Gift) -> None:
    deliver(gift)
    now = timezone.now()
    OutgoingMessage.objects.update(state=State.SENDING, handed_at=now, due_at=now + timedelta(minutes=5))


def failed(gift: Gift) -> None:
    ended(gift, State.FAILED)


def put(**facts: Any) -> Callable[[Gift], None]:
    return lambda gift: Gift.objects.filter(pk=gift.pk).update(**facts) and None


def no_address(gift: Gift) -> None:
    gift.order.receiver_email = ""
    gift.order.save()


NOW = timezone.now()
HELD, HIDDEN, RECALLED = put(held_at=NOW), put(hidden_at=NOW), put(recalled_at=NOW)
EMPTY = put(recording=None, recorded_at=None)


@pytest.mark.parametrize(
    ("verb", "before", "error"),
    [
        (sending.hold, HELD, Locked),
        (sending.hold, sent, Locked),
        (sending.hold, on_its_way, Locked),
        (sending.release, None, Locked),
        (sending.send_now, sent, Locked),
        (sending.send_now, on_its_way, Locked),
        (sending.send_now, failed, Locked),
        (sending.send_now, HIDDEN, Locked),
        (sending.send_now, RECALLED, Locked),
        (sending.send_now, no_address, Invalid),
        (sending.send_now, EMPTY, Invalid),
        (sending.recall, RECALLED, Locked),
        (sending.restore, None, Locked),
        *((verb, closed, Locked) for verb in (sending.hold, sending.send_now, sending.recall)),
    ],
)
def test_what_makes_no_sense_is_refused(
    gift: Gift, verb: Callable[..., None], before: Callable[[Gift], None] | None, error: type[GiftingError]
) -> None:
    if before:
        before(gift)
    gift, lines = fresh(gift), len(story(gift))
    with pytest.raises(error) as refused:
        do(verb, gift)
    assert refused.value.message.endswith((".", "erased."))
    assert len(story(gift)) == lines


@pytest.mark.parametrize(
    ("before", "when", "error"),
    [
        (None, timezone.now() - timedelta(seconds=1), Invalid),
        (no_address, BIRTHDAY, Invalid),
        (sent, BIRTHDAY, Locked),
        (closed, BIRTHDAY, Locked),
    ],
)
def test_a_date_that_makes_no_sense_is_refused(
    gift: Gift, before: Callable[[Gift], None] | None, when: datetime, error: type[GiftingError]
) -> None:
    if before:
        before(gift)
    with pytest.raises(error):
        do(sending.send_on, gift, when=when)


@pytest.mark.parametrize("before", [deliver, on_its_way])
def test_a_mail_on_its_way_cannot_be_sent_again(gift: Gift, before: Callable[[Gift], None]) -> None:
    before(gift)
    with pytest.raises(Locked):
        do(sending.resend, message=the_mail())


@pytest.mark.parametrize("before", [HELD, HIDDEN, RECALLED, closed, no_address, put(state="recorded")])
def test_a_mail_that_must_not_go_cannot_be_sent_again(gift: Gift, before: Callable[[Gift], None]) -> None:
    sent(gift)
    before(gift)
    with pytest.raises(Locked):
        do(sending.resend, message=the_mail())
    assert the_mail().state == State.SENT


@pytest.mark.parametrize("address", ["", "bob", "bob@example.com\nBcc: all@example.com"])
def test_a_correction_must_be_an_address(gift: Gift, address: str) -> None:
    with pytest.raises(Invalid):
        do(sending.correct_address, gift, address=address)


def test_the_givers_mail_has_no_other_address(empty: Gift) -> None:
    deliver(empty)
    work()
    with pytest.raises(Invalid):
        do(sending.resend, message=OutgoingMessage.objects.get(), address="eve@example.com")


def test_a_mail_that_was_sent_needs_no_confirmation(gift: Gift) -> None:
    sent(gift)
    with pytest.raises(Locked):
        do(sending.confirm_sent, message=the_mail())
