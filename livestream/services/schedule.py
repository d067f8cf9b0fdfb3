"""What the clock does to livestreams: some never begin, replays end, long pauses end where staff say so."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from livestream.conf import conf
from livestream.dto import Actor, ActorKind
from livestream.models import LiveStream
from livestream.services import streams

CLOCK = Actor(ActorKind.SYSTEM)
LIMIT = 200
Status = LiveStream.Status
Due = QuerySet[LiveStream]


def expire_idle(*, now: datetime) -> None:
    """A show whose start passed by more than the grace time did not take place. One that is sent waits."""
    until = now - timedelta(minutes=conf().EXPIRE_GRACE_MINUTES)
    due = _here(Status.IDLE).filter(scheduled_at__lte=until, is_on_air=False)
    _move_all(due, "scheduled_at", Status.EXPIRED, now)


def complete_replays(*, now: datetime) -> None:
    """The replay window is over; a channel with no end of it has none."""
    _move_all(_here(Status.REPLAY).filter(replay_until__lte=now), "replay_until", Status.COMPLETED, now)


def end_long_pauses(*, now: datetime) -> None:
    """A pause never ends a show by itself, unless PAUSE_ENDS_AFTER_MINUTES says so."""
    if minutes := conf().PAUSE_ENDS_AFTER_MINUTES:
        until = now - timedelta(minutes=minutes)
        _move_all(_here(Status.PAUSED).filter(paused_at__lte=until), "paused_at", Status.REPLAY, now)


def _here(status: LiveStream.Status) -> Due:
    """Hosted livestreams follow their account, not our clock."""
    return LiveStream.objects.filter(status=status, remote_id="")


def _move_all(due: Due, order: str, to: LiveStream.Status, now: datetime) -> None:
    for number in due.order_by(order).values_list("pk", flat=True)[:LIMIT]:
        with streams.each(number):
            _move(due, number, to, now)


@transaction.atomic
def _move(due: Due, number: int, to: LiveStream.Status, now: datetime) -> None:
    """Looked at again under the lock: it may have begun, or been put off, at this moment."""
    row = streams.locked(number)
    if due.filter(pk=number).exists():
        streams.move(stream=row, to=to, actor=CLOCK, now=now)
