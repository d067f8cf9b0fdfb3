"""How long a gift is kept: giver and receiver are warned, and then whatever is personal goes for good.

The journal keeps the fact. Files go after the commit: until they are gone, rows name them for the sweep.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from django.db import Error, transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from gifting.conf import conf
from gifting.dto import Actor, ActorKind
from gifting.errors import Invalid, Locked
from gifting.models import JournalEntry, OutgoingMessage, VideoContainer
from gifting.services import containers, erasure, jobs, journal, messages, recordings, uploads

log = logging.getLogger(__name__)
Event = JournalEntry.Event
Purpose = OutgoingMessage.Purpose
State = VideoContainer.State
WORKER = Actor(ActorKind.WORKER)
WARNINGS = (Purpose.WARNING_GIVER, Purpose.WARNING_RECEIVER)
BATCH = 200  # So many gifts a minute are warned of, and so many erased.
DAYS_MAX = 3650
# Somebody made a message, nobody was told yet, and the links of a warning would open.
UNWARNED = Q(warned_at=None, recorded_at__isnull=False, recalled_at=None, hidden_at=None) & ~Q(
    state__in=sorted(containers.CLOSED)
)


class Why(StrEnum):
    """What the journal says of an erasure."""

    RETENTION = "retention"
    STAFF = "staff"
    PERSON = "person"


def warn_due(*, now: datetime) -> int:
    """Warn giver and receiver of the next gifts that will be erased soon: how many gifts."""
    return _each(_to_warn(now), _warn, now=now)


def erase_due(*, now: datetime) -> int:
    """Erase the next gifts whose time is over: how many. Their files are left to the rest of the sweep."""
    return _each(_to_erase(now), _expire, now=now)


def _each(due: QuerySet[VideoContainer], work: Callable[..., bool], *, now: datetime) -> int:
    """One that the database refuses right now stops no other."""
    done = 0
    for container in due.order_by("expires_at").only("pk")[:BATCH]:
        try:
            done += work(container, now=now)
        except Error:
            log.exception("Gift %s waits for the next sweep", container.pk)
    return done


def _to_warn(now: datetime) -> QuerySet[VideoContainer]:
    """So many days before the end; of a gift that is kept for a short time, once half of it has passed."""
    soon = VideoContainer.objects.filter(UNWARNED, expires_at__lte=now + _notice())
    return soon.filter(created_at__lte=_mirrored(now)) if _notice() else soon.none()


def _to_erase(now: datetime) -> QuerySet[VideoContainer]:
    """Nothing goes unwarned: after weeks without a sweep the warning comes first."""
    over = VideoContainer.objects.filter(expires_at__lte=now).exclude(state=State.EXPIRED)
    return over.exclude(UNWARNED) if _notice() else over


def _notice() -> timedelta:
    return timedelta(days=conf().ERASURE_WARNING_DAYS)


def _mirrored(now: datetime) -> Combinable:
    """As long before `now` as the end is after it: what was made by then has passed the middle."""
    left = ExpressionWrapper(F("expires_at") - Value(now), output_field=DurationField())
    return ExpressionWrapper(Value(now) - left, output_field=DateTimeField())


@transaction.atomic
def _warn(container: VideoContainer, *, now: datetime) -> bool:
    container = containers.lock(container)
    if not _to_warn(now).filter(pk=container.pk).exists():
        return False
    container.warned_at = now
    container.expires_at = _end(container, now=now)
    container.save(update_fields=["warned_at", "expires_at"])
    if container.is_hosted:
        return False  # Its video is kept elsewhere, as long as the account keeps it.
    journal.write(container, Event.WARNED, actor=WORKER, now=now)
    messages.queue(container, Purpose.WARNING_GIVER, now=now)
    if container.is_live and container.order.receiver_email:
        messages.queue(container, Purpose.WARNING_RECEIVER, now=now)
    return True


def _end(container: VideoContainer, *, now: datetime) -> datetime | None:
    """As it was, or later where the warning is so late that there would be no time to save the video."""
    if container.expires_at is None:
        return None
    notice = min(_notice(), (container.expires_at - container.created_at) / 2)
    return container.expires_at if container.expires_at - now > notice / 2 else now + notice


@transaction.atomic
def _expire(container: VideoContainer, *, now: datetime) -> bool:
    container = containers.lock(container)
    if not _to_erase(now).filter(pk=container.pk).exists():
        return False
    _erase(container, Why.RETENTION, actor=WORKER, now=now)
    return True


@transaction.atomic
def erase_now(*, container: VideoContainer, actor: Actor, now: datetime, why: Why = Why.STAFF) -> bool:
    """Erase a gift before its time. False where that was done. What the storage refuses the sweep erases."""
    container = containers.lock(container)
    if container.state == State.EXPIRED:
        return False
    _erase(container, why, actor=actor, now=now)
    jobs.after_commit(partial(recordings.erase_replaced, now=now))
    jobs.after_commit(partial(uploads.purge_expired, now=now))
    return True


def _erase(container: VideoContainer, why: Why, *, actor: Actor, now: datetime) -> None:
    """All rows in one transaction; the caller holds the container."""
    container.move_to(State.EXPIRED)
    erasure.blank_gift(container, now=now)
    container.save()
    journal.write(container, Event.ERASED, actor=actor, now=now, why=why)
    log.info("Gift %s was erased (%s)", container.pk, why)


@transaction.atomic
def keep_longer(*, container: VideoContainer, days: int, actor: Actor, now: datetime) -> None:
    """So many days more, counted from the end or, where that has passed, from now. The warning comes again.

    Raises Invalid for a number of days that makes no sense, Locked for a gift that was erased or has no end.
    """
    if not 1 <= days <= DAYS_MAX:
        raise Invalid(f"Give a number of days from 1 to {DAYS_MAX}.", fields={"days": "Out of range."})
    container = containers.lock(container)
    if container.state == State.EXPIRED:
        raise Locked("This gift message was erased: nothing is left to keep.")
    if container.expires_at is None:
        raise Locked("This gift message is kept until somebody erases it.")
    container.expires_at = max(container.expires_at, now) + timedelta(days=days)
    container.warned_at = None
    container.save(update_fields=["expires_at", "warned_at"])
    container.messages.filter(purpose__in=WARNINGS).delete()
    journal.write(container, Event.KEPT, actor=actor, now=now, days=days)
