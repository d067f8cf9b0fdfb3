"""Mails: queued with the change that causes them, sent by the worker, one of each purpose per gift."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from gifting.dto import Actor, ActorKind
from gifting.errors import Locked
from gifting.models import JournalEntry, OutgoingMessage, Recording, VideoContainer
from gifting.services import jobs, journal, mails

log = logging.getLogger(__name__)
Event = JournalEntry.Event
Purpose = OutgoingMessage.Purpose
State = OutgoingMessage.State
WORKER = Actor(ActorKind.WORKER)
HOLD = timedelta(minutes=5)
KILLED = "The worker was stopped while it sent this mail."


def queue_gift(container: VideoContainer, *, now: datetime) -> None:
    """The receiver's mail with the watch link, where there is a receiver to mail."""
    if container.order.receiver_email:
        queue(container, Purpose.GIFT_READY, now=now)


def queue_reminder(container: VideoContainer, *, now: datetime) -> None:
    """The parcel arrived and there is no message: the giver's mail with the recording link."""
    queue(container, Purpose.NOTHING_RECORDED, now=now)


def queue(
    container: VideoContainer, purpose: Purpose, *, now: datetime, due_at: datetime | None = None
) -> None:
    """One mail of this purpose, now or at `due_at`; where there is one already, nothing."""
    message, is_new = OutgoingMessage.objects.get_or_create(
        container=container, purpose=purpose, defaults={"created_at": now, "due_at": due_at or now}
    )
    if is_new:
        journal.write(container, Event.MAIL_QUEUED, actor=WORKER, now=now, purpose=purpose)
        jobs.enqueue("send_message", message.pk)


def drop_queued(container: VideoContainer) -> None:
    """Mails that nobody has begun to send are not sent any more."""
    container.messages.filter(state=State.QUEUED).delete()


def send(*, pk: int, now: datetime) -> None:
    """Send one due mail, or forget it if it came too late. Does nothing where another worker has it."""
    message = _claim(pk, now=now)
    if message is None:
        return
    if not _is_wanted(message):
        message.delete()
    elif _must_wait(message):
        OutgoingMessage.objects.of_attempt(message).update(
            state=State.QUEUED, due_at=now + HOLD, attempts=F("attempts") - 1
        )
    else:
        _send(message, now=now)


def _claim(pk: int, *, now: datetime) -> OutgoingMessage | None:
    due = OutgoingMessage.objects.due(now).filter(pk=pk)
    if jobs.claim(due, state=State.SENDING, now=now):
        return _with_order().get(pk=pk)
    if exhausted := _with_order().filter(pk__in=due).first():
        _failed(exhausted, KILLED, now=now)
    return None


def _with_order() -> QuerySet[OutgoingMessage]:
    return OutgoingMessage.objects.select_related("container__order__brand")


def _is_wanted(message: OutgoingMessage) -> bool:
    """Since it was queued the gift may have been cancelled or recorded, or the address taken back."""
    container = message.container
    if not container.is_live:
        return False
    if message.purpose == Purpose.GIFT_READY:
        return bool(container.order.receiver_email)
    return not container.has_message


def _must_wait(message: OutgoingMessage) -> bool:
    """A giver whose video is still being prepared is not told that there is none."""
    if message.purpose != Purpose.NOTHING_RECORDED:
        return False
    return message.container.recordings.exclude(state=Recording.State.REFUSED).exists()


def _send(message: OutgoingMessage, *, now: datetime) -> None:
    try:
        mails.build(message).send()
    except Exception as exc:  # Every mail backend has errors of its own.
        log.warning("Mail %s could not be sent: %s", message.pk, type(exc).__name__)
        _failed(message, type(exc).__name__, now=now)
    else:
        _sent(message, now=now)


@transaction.atomic
def _sent(message: OutgoingMessage, *, now: datetime) -> None:
    if OutgoingMessage.objects.of_attempt(message).update(state=State.SENT, sent_at=now, last_error=""):
        journal.write(message.container, Event.MAIL_SENT, actor=WORKER, now=now, purpose=message.purpose)


@transaction.atomic
def _failed(message: OutgoingMessage, error: str, *, now: datetime) -> None:
    """Try again later, twice as late each time; after the last attempt it waits for staff."""
    again = jobs.next_try(message.attempts, now=now)
    changes = {"state": State.QUEUED if again else State.FAILED, "due_at": again or now, "last_error": error}
    if OutgoingMessage.objects.of_attempt(message).update(**changes) and not again:
        journal.write(message.container, Event.MAIL_FAILED, actor=WORKER, now=now, purpose=message.purpose)


@transaction.atomic
def retry(*, message: OutgoingMessage, actor: Actor, now: datetime) -> None:
    """Staff send a failed mail again. Raises Locked for one that did not fail."""
    failed = OutgoingMessage.objects.filter(pk=message.pk, state=State.FAILED)
    if not failed.update(state=State.QUEUED, attempts=0, due_at=now, last_error=""):
        raise Locked("Only a mail that failed can be sent again.")
    journal.write(message.container, Event.MAIL_QUEUED, actor=actor, now=now, purpose=message.purpose)
    jobs.enqueue("send_message", message.pk)
