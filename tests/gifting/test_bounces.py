"""What the mail service tells after a mail was sent, by the signal of django-anymail."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.utils import timezone

from gifting.admin.timeline import tell
from gifting.models import JournalEntry, OutgoingMessage
from gifting.services import sending
from tests.gifting.posting import Gift, deliver, do, mailed, the_mail, work

signals = pytest.importorskip("anymail.signals")
pytestmark = pytest.mark.django_db
State = OutgoingMessage.State


@pytest.fixture
def sent(new_container: Callable[..., Gift], record: Callable[[Gift], Gift]) -> Gift:
    """Bob's gift, and his mail is out."""
    gift = record(new_container(receiver_email="bob@example.com"))
    deliver(gift)
    work()
    return gift


def told(kind: str, metadata: dict[str, str] | None) -> None:
    """The mail service tells this of a mail with this metadata."""
    event = signals.AnymailTrackingEvent(event_type=kind, recipient="bob@example.com", metadata=metadata)
    signals.tracking.send(sender=object(), event=event, esp_name="Test")


def metadata() -> dict[str, str]:
    """What went out with the last mail."""
    found: dict[str, str] = mail.outbox[-1].metadata  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("kind", ["bounced", "rejected", "complained", "failed"])
def test_a_mail_that_comes_back_needs_attention(sent: Gift, kind: str) -> None:
    told(kind, metadata())
    assert (the_mail().state, the_mail().last_error) == (State.BOUNCED, f"The mail service says: {kind}.")
    last = JournalEntry.objects.order_by("-pk")[0]
    assert (last.event, last.detail["kind"]) == ("mail_bounced", kind)
    assert tell(last).is_trouble


@pytest.mark.parametrize("kind", ["queued", "sent", "delivered", "deferred", "opened", "clicked", "unknown"])
def test_other_news_changes_nothing(sent: Gift, kind: str) -> None:
    told(kind, metadata())
    assert the_mail().state == State.SENT


def test_the_same_news_twice_is_told_once(sent: Gift) -> None:
    told("bounced", metadata())
    told("bounced", metadata())
    assert JournalEntry.objects.filter(event="mail_bounced").count() == 1


def test_a_mail_that_came_back_can_be_sent_again_and_come_back_again(sent: Gift) -> None:
    told("bounced", metadata())
    do(sending.resend, message=the_mail(), address="robert@example.com")
    work()
    assert (the_mail().state, mailed()[-1]) == (State.SENT, "robert@example.com")
    told("bounced", metadata())
    assert the_mail().state == State.BOUNCED


def test_late_news_of_an_earlier_copy_does_not_count(sent: Gift) -> None:
    earlier = metadata()
    do(sending.resend, message=the_mail())
    work()
    told("bounced", earlier)
    assert the_mail().state == State.SENT


def test_a_mail_that_comes_back_while_its_worker_waits_stays_so(sent: Gift) -> None:
    OutgoingMessage.objects.update(state=State.SENDING, handed_at=timezone.now())
    told("bounced", metadata())
    work()
    assert the_mail().state == State.BOUNCED


@pytest.mark.parametrize(
    "strange",
    [
        None,
        {},
        {"gifting_message": "0"},
        {"gifting_message": "x"},
        {"gifting_message": "9" * 40},
        {"other": "1"},
    ],
)
def test_news_of_other_mails_passes_by(sent: Gift, strange: dict[str, str] | None) -> None:
    told("bounced", strange)
    assert the_mail().state == State.SENT
