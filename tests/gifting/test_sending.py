"""What staff decide about the receiver's mail: hold, now, on a date, elsewhere, once more, recall."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from gifting.admin.timeline import tell
from gifting.errors import NotFound
from gifting.models import JournalEntry, OutgoingMessage
from gifting.services import links, sending
from tests.gifting.posting import (
    BIRTHDAY,
    Gift,
    deliver,
    do,
    ended,
    fresh,
    mailed,
    story,
    the_mail,
    words,
    work,
)

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


# -- Hold


def test_a_gift_on_hold_is_delivered_but_not_mailed(gift: Gift) -> None:
    do(sending.hold, gift)
    deliver(gift)
    assert the_mail().state == State.HELD
    work()
    assert (fresh(gift).state, the_mail().state, mailed()) == ("delivered", State.HELD, [])


def test_a_mail_that_waits_can_be_held(gift: Gift) -> None:
    deliver(gift)
    do(sending.hold, gift)
    work()
    assert (the_mail().state, mailed()) == (State.HELD, [])
    assert "held" in story(gift)


def test_holding_uses_up_no_attempt(gift: Gift) -> None:
    deliver(gift)
    Gift.objects.update(held_at=timezone.now())  # by staff, while a worker has begun
    work()
    assert (the_mail().state, the_mail().attempts) == (State.HELD, 0)


def test_when_the_hold_ends_the_mail_goes_out(gift: Gift) -> None:
    do(sending.hold, gift)
    deliver(gift)
    do(sending.release, gift)
    work()
    assert mailed() == ["bob@example.com"]
    assert "released" in story(gift)


def test_the_giver_is_reminded_also_of_a_gift_on_hold(empty: Gift) -> None:
    do(sending.hold, empty)
    deliver(empty)
    work()
    assert mailed() == ["alice@example.com"]


# -- Now


def test_a_gift_can_be_sent_before_its_parcel_arrives(gift: Gift) -> None:
    do(sending.send_now, gift)
    assert fresh(gift).state == "activated"
    work()
    assert (fresh(gift).state, mailed()) == ("activated", ["bob@example.com"])


def test_the_parcel_that_arrives_later_mails_nobody_again(gift: Gift) -> None:
    do(sending.send_now, gift)
    work()
    deliver(gift)
    work()
    assert (fresh(gift).state, mailed()) == ("delivered", ["bob@example.com"])


def test_sending_now_ends_a_hold(gift: Gift) -> None:
    do(sending.hold, gift)
    deliver(gift)
    do(sending.send_now, gift)
    work()
    assert (fresh(gift).held_at, mailed()) == (None, ["bob@example.com"])


def test_sending_now_does_not_wait_for_the_date(gift: Gift) -> None:
    do(sending.send_on, gift, when=BIRTHDAY)
    do(sending.send_now, gift)
    work()
    assert mailed() == ["bob@example.com"]


def test_sending_now_twice_mails_once(gift: Gift) -> None:
    do(sending.send_now, gift)
    do(sending.send_now, gift)
    work()
    assert mailed() == ["bob@example.com"]


# -- On a date


def test_the_mail_waits_for_its_date(gift: Gift) -> None:
    do(sending.send_on, gift, when=BIRTHDAY)
    work()
    assert (fresh(gift).state, mailed()) == ("recorded", [])
    work(at=BIRTHDAY)
    assert (fresh(gift).state, mailed()) == ("activated", ["bob@example.com"])


def test_a_parcel_that_arrives_before_the_date_opens_the_gift_and_mails_nobody(gift: Gift) -> None:
    do(sending.send_on, gift, when=BIRTHDAY)
    deliver(gift)
    work()
    assert (fresh(gift).state, mailed()) == ("delivered", [])
    work(at=BIRTHDAY)
    assert mailed() == ["bob@example.com"]


def test_a_parcel_that_arrives_after_the_date_mails_nobody_again(gift: Gift) -> None:
    do(sending.send_on, gift, when=BIRTHDAY)
    work(at=BIRTHDAY)
    deliver(gift)
    work(at=BIRTHDAY + timedelta(days=1))
    assert mailed() == ["bob@example.com"]


def test_a_date_can_be_given_to_a_mail_that_waits(gift: Gift) -> None:
    deliver(gift)
    do(sending.send_on, gift, when=BIRTHDAY)
    work()
    assert mailed() == []
    work(at=BIRTHDAY)
    assert mailed() == ["bob@example.com"]


def test_what_is_recorded_after_the_date_is_sent_at_once(empty: Gift, record: Callable[[Gift], Gift]) -> None:
    do(sending.send_on, empty, when=BIRTHDAY)
    work(at=BIRTHDAY)
    assert mailed() == []
    Gift.objects.update(send_at=timezone.now())  # the day has come
    record(fresh(empty))
    work()
    assert (fresh(empty).state, mailed()) == ("activated", ["bob@example.com"])


def test_without_a_date_again_the_parcel_decides(gift: Gift) -> None:
    do(sending.send_on, gift, when=BIRTHDAY)
    do(sending.send_on, gift, when=None)
    work(at=BIRTHDAY)
    assert mailed() == []
    deliver(gift)
    work()
    assert mailed() == ["bob@example.com"]


def test_without_a_date_again_a_gift_that_has_arrived_is_sent(gift: Gift) -> None:
    do(sending.send_on, gift, when=BIRTHDAY)
    deliver(gift)
    do(sending.send_on, gift, when=None)
    work()
    assert mailed() == ["bob@example.com"]


def test_on_its_date_a_gift_on_hold_still_waits(gift: Gift) -> None:
    do(sending.send_on, gift, when=BIRTHDAY)
    do(sending.hold, gift)
    work(at=BIRTHDAY)
    assert mailed() == []
    do(sending.release, gift)
    work()
    assert mailed() == []
    work(at=BIRTHDAY)
    assert mailed() == ["bob@example.com"]


def test_a_date_is_told_in_the_history(gift: Gift) -> None:
    do(sending.send_on, gift, when=BIRTHDAY)
    assert words(gift) == "To be sent on May 17, 2100, 9 a.m."
    do(sending.send_on, gift, when=None)
    assert words(gift) == "No date any more: the receiver is mailed when the parcel arrives"
    do(sending.send_now, gift)
    assert words(gift) == "The receiver is mailed at once"


# -- Elsewhere, and once more


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.UNSURE, State.BOUNCED])
def test_what_has_ended_can_be_sent_again(gift: Gift, state: str) -> None:
    do(sending.resend, message=ended(gift, state))
    work()
    again = the_mail()
    assert (mailed(), again.state, again.last_error) == (["bob@example.com"], State.SENT, "")
    assert (again.resends, again.attempts) == (1, 1)


def test_what_is_sent_again_is_another_mail_for_mail_systems(gift: Gift) -> None:
    deliver(gift)
    work()
    do(sending.resend, message=the_mail())
    work()
    first, second = (
        one.message()["Message-ID"] for one in mail.outbox if isinstance(one, EmailMultiAlternatives)
    )
    assert first != second


def test_it_can_be_sent_to_another_address(gift: Gift) -> None:
    do(sending.resend, message=ended(gift, State.BOUNCED), address="robert@example.com")
    work()
    assert mailed() == ["robert@example.com"]


def test_a_mail_that_waits_goes_to_the_corrected_address(gift: Gift) -> None:
    deliver(gift)
    do(sending.correct_address, gift, address="robert@example.com")
    work()
    assert mailed() == ["robert@example.com"]


def test_the_history_holds_no_address(gift: Gift) -> None:
    do(sending.resend, message=ended(gift, State.BOUNCED), address="robert@example.com")
    work()
    assert not [entry for entry in JournalEntry.objects.all() if "@" in str(entry.detail)]


def test_a_receiver_who_is_named_after_the_parcel_arrived_is_mailed(
    new_container: Callable[..., Gift], record: Callable[[Gift], Gift]
) -> None:
    gift = record(new_container())
    deliver(gift)
    do(sending.correct_address, gift, address="bob@example.com")
    work()
    assert mailed() == ["bob@example.com"]


def test_a_mail_that_was_perhaps_sent_can_be_confirmed(gift: Gift) -> None:
    unsure = ended(gift, State.UNSURE)
    do(sending.confirm_sent, message=unsure)
    work(at=BIRTHDAY)
    assert (the_mail().state, the_mail().sent_at, mailed()) == (State.SENT, unsure.handed_at, [])
    assert words(gift).startswith("Mail sent")


# -- Recall


def test_a_recalled_gift_mails_nobody(gift: Gift) -> None:
    deliver(gift)
    do(sending.recall, gift)
    assert not gift.messages.exists()
    work()
    assert mailed() == []
    assert fresh(gift).is_withdrawn


def test_the_parcel_of_a_recalled_gift_mails_nobody(gift: Gift, empty: Gift) -> None:
    for one in (gift, empty):
        do(sending.recall, one)
        deliver(one)
    assert not gift.messages.exists()
    work()
    assert (fresh(gift).state, mailed()) == ("delivered", [])


def test_a_recall_can_be_undone(gift: Gift) -> None:
    deliver(gift)
    do(sending.recall, gift)
    do(sending.restore, gift)
    work()
    assert (mailed(), fresh(gift).is_withdrawn) == (["bob@example.com"], False)
    assert gift.watch_url in mail.outbox[0].body
    assert "Recall undone: the link opens again" in [tell(entry).what for entry in JournalEntry.objects.all()]


def test_undoing_a_recall_reminds_the_giver_of_what_arrived_without_a_message(empty: Gift) -> None:
    do(sending.recall, empty)
    deliver(empty)
    work()
    do(sending.restore, empty)
    work()
    assert mailed() == ["alice@example.com"]


def test_undoing_a_recall_sends_no_second_mail(gift: Gift) -> None:
    deliver(gift)
    work()
    do(sending.recall, gift)
    do(sending.restore, gift)
    work()
    assert mailed() == ["bob@example.com"]


def test_sending_again_after_a_recall_gives_a_new_link(gift: Gift) -> None:
    deliver(gift)
    work()
    do(sending.recall, gift)
    do(sending.resend, message=the_mail(), address="robert@example.com", may_reopen=True)
    work()
    again = fresh(gift)
    assert (again.is_withdrawn, mailed()[-1]) == (False, "robert@example.com")
    assert again.watch_url in mail.outbox[-1].body
    with pytest.raises(NotFound):
        links.open_watch_link(token=gift.watch_token)
