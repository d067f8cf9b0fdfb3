"""Mails before a show: asked for on its page, sent by the worker, and then the address is erased."""

import logging
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import F, QuerySet

from livestream.conf import conf
from livestream.errors import IllegalMove, Invalid
from livestream.models import LiveStream, Reminder
from livestream.services import jobs, reminder_mails

log = logging.getLogger(__name__)
State = Reminder.State
Status = LiveStream.Status
OVER = (Status.REPLAY, Status.COMPLETED, Status.EXPIRED)
KILLED = "The worker was stopped while it sent this mail, each time that it tried."


def ask(*, stream: LiveStream, email: str, language: str, now: datetime) -> Reminder:
    """One mail to this address before the show; asking twice changes nothing, unless the first mail failed.

    Raises Invalid for what is no address, and IllegalMove where it is too late for a mail.
    """
    address = _checked(email)
    if not can_ask(stream, now=now):
        raise IllegalMove("This livestream begins in a few minutes, or has begun.")
    reminder, is_new = Reminder.objects.get_or_create(
        stream=stream,
        email=address,
        defaults={"language": language, "created_at": now, "due_at": due(stream)},
    )
    if not is_new:
        _queue_again(Reminder.objects.filter(pk=reminder.pk), due_at=due(stream))
    return reminder


def can_ask(stream: LiveStream, *, now: datetime) -> bool:
    """Whether there is time for a mail. Afterwards each address could be mailed again and again."""
    return stream.status == Status.IDLE and now < due(stream)


def due(stream: LiveStream) -> datetime:
    """When the mails of this livestream leave."""
    return stream.scheduled_at - timedelta(minutes=conf().REMINDER_MINUTES)


def _checked(email: str) -> str:
    """The address as we keep it: in small letters, or one person could be mailed many times."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid("This is not a mail address.") from None
    return address


def reschedule(*, stream: LiveStream) -> None:
    """The show has another time, and so have its mails. For `streams.change`."""
    stream.reminders.filter(state=State.QUEUED).update(due_at=due(stream))
    _queue_again(stream.reminders.all(), due_at=due(stream))


def wake_started(*, now: datetime) -> None:
    """Shows that began before their time: whoever waits for a mail gets it now."""
    waiting = Reminder.objects.filter(state=State.QUEUED, due_at__gt=now)
    waiting.filter(stream__status__in=(Status.ACTIVE, Status.PAUSED)).update(due_at=now)


def cancel(*, token: str) -> None:
    """No mail, and no address any more. Twice, or after the mail, it changes nothing.

    Raises NotFound for a link that is none of ours.
    """
    unsent = Reminder.objects.exclude(state=State.SENT).filter(pk=reminder_mails.read_token(token))
    unsent.update(**_over(State.DROPPED))


def retry(*, reminder: Reminder, now: datetime) -> None:
    """Staff have a mail sent that failed. Raises IllegalMove for any other, and once its show is over."""
    if not _queue_again(Reminder.objects.filter(pk=reminder.pk), due_at=now):
        raise IllegalMove("Only a mail that failed, to a show that is not over, can be sent again.")
    jobs.enqueue("send_reminder", reminder.pk)


def _queue_again(rows: QuerySet[Reminder], *, due_at: datetime) -> int:
    failed = rows.filter(state=State.FAILED).exclude(email="")
    return failed.update(state=State.QUEUED, attempts=0, due_at=due_at, last_error="")


def forget(rows: QuerySet[Reminder]) -> None:
    """Mails that wait, or failed and may be tried again, keep their address until their show is over."""
    rows = rows.filter(stream__status__in=OVER).exclude(email="")
    rows.filter(state=State.FAILED).update(email="")
    rows.filter(state=State.QUEUED).update(**_over(State.DROPPED))


# -- The job


def send(*, pk: int, now: datetime) -> None:
    """Send one due mail, put it back, or drop it. Does nothing where another worker has it."""
    rows = Reminder.objects.due(now).filter(pk=pk)
    if not jobs.claim(rows, state=State.SENDING, now=now):
        _give_up(rows.filter(attempts__gte=conf().JOB_MAX_ATTEMPTS), KILLED)
        return
    reminder = Reminder.objects.select_related("stream__channel").filter(pk=pk).first()
    if reminder and reminder.email and _is_wanted(reminder, now=now):
        _send(reminder, now=now)


def _is_wanted(reminder: Reminder, *, now: datetime) -> bool:
    """Whether the mail leaves now. The show may have moved or ended since it was queued."""
    stream = reminder.stream
    if stream.status in OVER:
        _mine(reminder).update(**_over(State.DROPPED))
        return False
    if stream.status == Status.IDLE and due(stream) > now:
        _mine(reminder).update(state=State.QUEUED, due_at=due(stream), attempts=F("attempts") - 1)
        return False
    return True


def _send(reminder: Reminder, *, now: datetime) -> None:
    try:
        reminder_mails.build(reminder).send()
    except Exception as exc:  # Every mail backend has errors of its own.
        log.warning("Reminder %s could not be sent: %s", reminder.pk, type(exc).__name__)
        _failed(reminder, f"The mail could not be sent ({type(exc).__name__}).", now=now)
    else:
        _mine(reminder).update(**_over(State.SENT), sent_at=now)


def _failed(reminder: Reminder, error: str, *, now: datetime) -> None:
    again = jobs.next_try(reminder.attempts, now=now)
    if again:
        _mine(reminder).update(state=State.QUEUED, due_at=again, last_error=error)
    else:
        _give_up(_mine(reminder), error)


def _give_up(rows: QuerySet[Reminder], error: str) -> None:
    numbers = list(rows.values_list("pk", flat=True))
    rows.update(state=State.FAILED, last_error=error)
    forget(Reminder.objects.filter(pk__in=numbers))


def _over(state: Reminder.State) -> dict[str, str]:
    """What a row becomes for which nothing is left to do: it keeps no address."""
    return {"state": state, "email": "", "last_error": ""}


def _mine(reminder: Reminder) -> QuerySet[Reminder]:
    return Reminder.objects.of_attempt(reminder)
