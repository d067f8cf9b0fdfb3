"""Mails: queued with the change that causes them, sent by the worker, one of each purpose per gift.

A mail that a server may have is never sent again by itself: `handed_at` is committed before it leaves.
"""

import logging
import time
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.db import InterfaceError, OperationalError, close_old_connections, transaction
from django.db.models import F, QuerySet

from gifting import smtp
from gifting.dto import Actor, ActorKind
from gifting.models import JournalEntry, OutgoingMessage, Recording, VideoContainer
from gifting.services import jobs, journal, mails, wanted
from gifting.smtp import Mail

log = logging.getLogger(__name__)
Event = JournalEntry.Event
Purpose = OutgoingMessage.Purpose
State = OutgoingMessage.State
WORKER = Actor(ActorKind.WORKER)
HOLD = timedelta(minutes=5)
PATIENCE_SECONDS = 20
KILLED = "The worker was stopped while it sent this mail, each time that it tried."
PERHAPS_KILLED = "The worker was stopped after it had handed this mail to the mail server."
PERHAPS_SILENT = "The mail server did not say whether it took this mail."


class Withdrawn(Exception):
    """What the mail says no longer holds, or another attempt sends it: it must not leave."""


# -- Queued


def queue_gift(container: VideoContainer, *, now: datetime) -> None:
    """The receiver's mail with the watch link, once there is a receiver, a message, and a reason to send it.

    The reason is the parcel's arrival, or the date that staff chose; before that date it is not sent.
    """
    if wanted.is_expected(container):
        queue(container, Purpose.GIFT_READY, now=now, due_at=gift_due(container, now=now))


def gift_due(container: VideoContainer, *, now: datetime) -> datetime:
    """When the receiver's mail may go: now, or on the date that staff chose."""
    return max(now, container.send_at or now)


def queue_reminder(container: VideoContainer, *, now: datetime) -> None:
    """The parcel arrived and there is no message: the giver's mail with the recording link."""
    if not container.is_hosted:
        queue(container, Purpose.NOTHING_RECORDED, now=now)


def queue(
    container: VideoContainer,
    purpose: Purpose,
    *,
    now: datetime,
    due_at: datetime | None = None,
    actor: Actor = WORKER,
) -> None:
    """One mail of this purpose, now or at `due_at`; where there is one already, nothing."""
    state = State.HELD if wanted.is_stopped(container, purpose) else State.QUEUED
    message, is_new = OutgoingMessage.objects.get_or_create(
        container=container,
        purpose=purpose,
        defaults={"created_at": now, "due_at": due_at or now, "state": state},
    )
    if is_new:
        journal.write(container, Event.MAIL_QUEUED, actor=actor, now=now, purpose=purpose)
        _start(message, now=now)


def _start(message: OutgoingMessage, *, now: datetime) -> None:
    """One that is to be sent later is found by the sweep."""
    if message.state == State.QUEUED and message.due_at <= now:
        jobs.enqueue("send_message", message.pk)


def drop_waiting(container: VideoContainer, *purposes: Purpose) -> None:
    """Mails of these purposes (none named: all) that nobody has begun to send are not sent any more."""
    waiting = container.messages.filter(state__in=(State.QUEUED, State.HELD))
    waiting.filter(purpose__in=purposes or Purpose.values).delete()


def stop_gift(container: VideoContainer) -> None:
    """The receiver's mail waits until `release_gift`. The caller holds the container, and says why."""
    container.messages.filter(purpose=Purpose.GIFT_READY, state=State.QUEUED).update(state=State.HELD)


def release_gift(container: VideoContainer, *, now: datetime) -> None:
    """The receiver's mail goes on, now or on its date, if nothing stops it. The caller holds the gift."""
    waiting = container.messages.filter(state__in=(State.QUEUED, State.HELD))
    mail = waiting.filter(purpose=Purpose.GIFT_READY).first()
    if mail and not wanted.is_stopped(container, Purpose.GIFT_READY):
        mail.state, mail.due_at = State.QUEUED, gift_due(container, now=now)
        if waiting.filter(pk=mail.pk).update(state=mail.state, due_at=mail.due_at):
            _start(mail, now=now)


# -- The job


def send(*, pk: int, now: datetime) -> None:
    """Send one due mail, or forget it if it came too late. Does nothing where another worker has it.

    Killed before `handed_at`: the next attempt sends. Killed after it: "perhaps sent", which staff decide.
    """
    message = _claim(pk, now=now)
    if message and (ready := _decide(message, now=now)):
        _send(ready, now=now)


def _claim(pk: int, *, now: datetime) -> OutgoingMessage | None:
    due = OutgoingMessage.objects.due(now).filter(pk=pk)
    if jobs.claim(due.filter(handed_at__isnull=True), state=State.SENDING, now=now):
        return _with_order(OutgoingMessage.objects.filter(pk=pk)).first()
    if left := _with_order(due).first():
        _give_up(left, now=now)
    return None


def _with_order(rows: QuerySet[OutgoingMessage]) -> QuerySet[OutgoingMessage]:
    return rows.select_related("container__order__brand", "container__hosted")


def _give_up(left: OutgoingMessage, *, now: datetime) -> None:
    """A dead worker left it, and no other may simply try again."""
    if left.handed_at:
        _unsure(left, PERHAPS_KILLED, now=now)
    else:
        _failed(left, KILLED, now=now)


@transaction.atomic
def _decide(message: OutgoingMessage, *, now: datetime) -> OutgoingMessage | None:
    """The mail, as it is now, if it is to leave. Else it is forgotten or put back.

    While the gift is held: what staff or the shop change is seen here, or they see what was decided.
    """
    hold_gift(message)
    fresh = _with_order(_mine(message)).first()
    if fresh is None:
        return None
    if not wanted.is_wanted(fresh):
        fresh.delete()
    elif later := _later(fresh, now=now):
        _put_back(fresh, *later)
    else:
        _activate_on_its_date(fresh, now=now)
        return fresh
    return None


def _later(message: OutgoingMessage, *, now: datetime) -> tuple[State, datetime] | None:
    """In which state and until when the mail must wait; None: it may go."""
    container = message.container
    if wanted.is_stopped(container, message.purpose):
        return State.HELD, now
    if message.purpose == Purpose.GIFT_READY and gift_due(container, now=now) > now:
        return State.QUEUED, gift_due(container, now=now)
    return (State.QUEUED, now + HOLD) if _must_wait(message) else None


def _must_wait(message: OutgoingMessage) -> bool:
    """For the video that is being prepared, or for the account that has not said its link yet."""
    container = message.container
    if message.purpose == Purpose.NOTHING_RECORDED:
        return container.recordings.exclude(state=Recording.State.REFUSED).exists()
    return container.is_hosted and not container.hosted.recording_url


def _put_back(message: OutgoingMessage, state: State, due_at: datetime) -> None:
    """Looking at it was no attempt."""
    _mine(message).update(state=state, due_at=due_at, attempts=F("attempts") - 1)


def _mine(message: OutgoingMessage) -> QuerySet[OutgoingMessage]:
    """The row, as long as this attempt is the one that works on it."""
    return OutgoingMessage.objects.of_attempt(message).filter(resends=message.resends)


def _activate_on_its_date(message: OutgoingMessage, *, now: datetime) -> None:
    """A mail that came this far is the receiver's: its date has come, whatever the carrier says."""
    from gifting.services import containers  # It queues mails itself.

    if message.purpose == Purpose.GIFT_READY and not message.container.is_live:
        containers.activate(container=message.container, actor=WORKER, now=now)


def _send(message: OutgoingMessage, *, now: datetime) -> None:
    try:
        _hand_over(message, mails.build(message), now=now)
    except Withdrawn:
        _put_back(message, State.QUEUED, now)
        jobs.enqueue("send_message", message.pk)
    except Exception as exc:  # Every mail backend has errors of its own.
        log.warning("Mail %s could not be sent: %s", message.pk, type(exc).__name__)
        _not_sent(message, exc, now=now)
    else:
        _keep_as_sent(message, now=now)


def _hand_over(message: OutgoingMessage, mail: Mail, *, now: datetime) -> None:
    """Our own backend says when the mail leaves; of any other we know only that it has not yet."""

    def before_handover() -> None:
        _note_handover(message, to=mail.to, now=now)
        message.handed_at = now

    connection = get_connection()
    if getattr(connection, "tells_handover", False):
        mail.before_handover = before_handover
    else:
        before_handover()
    connection.send_messages([mail])


@transaction.atomic
def _note_handover(message: OutgoingMessage, *, to: list[str], now: datetime) -> None:
    """The last look before it is too late. Whoever changes the gift holds its row, and so do we.

    Raises Withdrawn where the mail must not leave any more.
    """
    hold_gift(message)
    fresh = _with_order(_mine(message)).first()
    if fresh is None or not wanted.is_wanted(fresh) or _later(fresh, now=now):
        raise Withdrawn
    if to != [mails.address(fresh)]:
        raise Withdrawn
    if not _mine(message).update(handed_at=now):  # Another attempt has taken it since that look.
        raise Withdrawn


def hold_gift(message: OutgoingMessage) -> None:
    """Always the gift before its mails: no two writers wait for each other."""
    VideoContainer.objects.select_for_update().filter(pk=message.container_id).first()


def _not_sent(message: OutgoingMessage, exc: Exception, *, now: datetime) -> None:
    if message.handed_at and smtp.may_have_it(exc):
        _unsure(message, PERHAPS_SILENT, now=now)
    else:
        _failed(message, smtp.explain(exc), now=now, for_good=smtp.refuses_address(exc))


def _keep_as_sent(message: OutgoingMessage, *, now: datetime) -> None:
    """A database that is away for a moment, as while it restarts, makes no doubt of a mail that was sent."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return _sent(message, now=now)
        except (OperationalError, InterfaceError):
            if time.monotonic() > patience:
                raise
        time.sleep(0.5)
        close_old_connections()


@transaction.atomic
def _sent(message: OutgoingMessage, *, now: datetime) -> None:
    """Also by a worker that was so slow that another has called the mail "perhaps sent": now it is known."""
    hold_gift(message)
    rows = OutgoingMessage.objects.filter(
        pk=message.pk,
        attempts=message.attempts,
        resends=message.resends,
        state__in=(State.SENDING, State.UNSURE),
    )
    if rows.update(state=State.SENT, sent_at=now, last_error=""):
        journal.write(message.container, Event.MAIL_SENT, actor=WORKER, now=now, purpose=message.purpose)


@transaction.atomic
def _unsure(message: OutgoingMessage, why: str, *, now: datetime) -> None:
    """The server may have it: staff ask the receiver, then confirm it or send it again."""
    hold_gift(message)
    if _mine(message).update(state=State.UNSURE, last_error=why):
        journal.write(message.container, Event.MAIL_UNSURE, actor=WORKER, now=now, purpose=message.purpose)


@transaction.atomic
def _failed(message: OutgoingMessage, error: str, *, now: datetime, for_good: bool = False) -> None:
    """No server has it: try again later, twice as late each time; after the last one it waits for staff."""
    hold_gift(message)
    again = None if for_good else jobs.next_try(message.attempts, now=now)
    state = State.QUEUED if again else State.FAILED
    changes = {"state": state, "due_at": again or now, "last_error": error, "handed_at": None}
    if _mine(message).update(**changes) and not again:
        journal.write(message.container, Event.MAIL_FAILED, actor=WORKER, now=now, purpose=message.purpose)
