"""The life of a livestream: scheduled, on air, ended, watched again."""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from livestream.dto import Actor
from livestream.errors import BusUnavailable, IllegalMove, NotEndable, NotFound
from livestream.models import Channel, JournalEntry, LiveStream, Product, StreamProduct
from livestream.services import jobs, journal, reminders, state

log = logging.getLogger(__name__)
Status = LiveStream.Status
Event = JournalEntry.Event
EVENTS = {
    (Status.IDLE, Status.ACTIVE): Event.STARTED,
    (Status.IDLE, Status.EXPIRED): Event.EXPIRED,
    (Status.ACTIVE, Status.PAUSED): Event.PAUSED,
    (Status.PAUSED, Status.ACTIVE): Event.RESUMED,
    (Status.ACTIVE, Status.REPLAY): Event.ENDED,
    (Status.PAUSED, Status.REPLAY): Event.ENDED,
    (Status.REPLAY, Status.COMPLETED): Event.COMPLETED,
}


@transaction.atomic
def create(*, channel: Channel, actor: Actor, now: datetime, **fields: Any) -> LiveStream:
    """A new livestream, idle. `fields` are columns of LiveStream."""
    stream = LiveStream.objects.create(channel=channel, created_at=now, **fields)
    journal.write(stream, Event.CREATED, actor=actor, now=now)
    return stream


def locked(number: int) -> LiveStream:
    """The row, ours until the transaction ends. Raises NotFound."""
    found = _held().filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def locked_all(numbers: Collection[int]) -> list[LiveStream]:
    """The same for those of these that are there, in the order that keeps two callers from meeting."""
    return list(_held().filter(pk__in=numbers).order_by("pk")) if numbers else []


def _held() -> QuerySet[LiveStream]:
    """Clicks, counts and reminders are rows that refer to a livestream: with `no_key` they need not wait."""
    return LiveStream.objects.select_related("channel").select_for_update(of=("self",), no_key=True)


@contextmanager
def each(number: int) -> Iterator[None]:
    """For those who change one after another: neither a dead bus nor one that was deleted stops the rest."""
    try:
        yield
    except BusUnavailable:
        log.warning("Livestream %s is saved; viewers hear of it when the bus answers again.", number)
    except NotFound:
        log.info("Livestream %s is gone.", number)


def touch(stream: LiveStream, *changed: str) -> None:
    """Save the locked row's `changed` columns as its next version, and tell every viewer after the commit.

    Where the bus is down nothing that waits for the same commit is done any more: let it wait before this.
    """
    stream.version += 1
    stream.save(update_fields=[*changed, "version"])
    state.announce(stream)


def touch_all(rows: Collection[LiveStream]) -> None:
    """A next version of each locked row, which shows something else that has changed."""
    for row in rows:
        row.version += 1
        row.save(update_fields=["version"])
    state.announce(*rows)


@transaction.atomic
def change(*, stream: LiveStream, actor: Actor, now: datetime, **fields: Any) -> LiveStream:
    """Other columns for a livestream; viewers see them at once."""
    row = locked(stream.pk)
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    if changed:
        touch(row, *changed)
        journal.write(row, Event.CHANGED, actor=actor, now=now, fields=changed)
    if "scheduled_at" in changed:
        reminders.reschedule(stream=row)
    return row


@transaction.atomic
def move(*, stream: LiveStream, to: LiveStream.Status, actor: Actor, now: datetime) -> LiveStream:
    """Take one legal step. Raises IllegalMove, also where somebody was faster."""
    row = locked(stream.pk)
    if to not in LiveStream.MOVES[Status(row.status)]:
        raise IllegalMove(f"A livestream that is {row.status} cannot become {to}.")
    event = EVENTS[Status(row.status), to]
    if to == Status.REPLAY:
        jobs.enqueue("begin_replay", row.pk)
    row.status = to
    changed = [*_stamp(row, to, now=now), *leave_rehearsal(row, now=now)]
    touch(row, "status", *changed)
    journal.write(row, event, actor=actor, now=now)
    if to in reminders.OVER:
        reminders.forget(row.reminders.all())
    return row


def _stamp(row: LiveStream, to: LiveStream.Status, *, now: datetime) -> list[str]:
    """Write down when; the names of the columns that changed."""
    if to == Status.PAUSED:
        row.paused_at = now
        return ["paused_at"]
    if to == Status.ACTIVE:
        row.paused_at, row.started_at = None, row.started_at or now
        return ["paused_at", "started_at"]
    if to == Status.REPLAY:
        row.paused_at, row.ended_at = None, max(now, row.started_at or now)
        row.replay_until = _replay_end(row, now)
        return ["paused_at", "ended_at", "replay_until"]
    return []


def leave_rehearsal(row: LiveStream, *, now: datetime) -> list[str]:
    """Forget what was rehearsed on a locked row: its pins and what was done of the run of show.

    The names of the columns that changed, which the caller saves.
    """
    if not row.is_rehearsal:
        return []
    row.pins.open().filter(is_rehearsal=True).close(now)
    row.cues.update(done_at=None)
    row.is_rehearsal = False
    return ["is_rehearsal"]


def _replay_end(row: LiveStream, now: datetime) -> datetime | None:
    days = row.channel.replay_days
    return now + timedelta(days=days) if days else None


def end(*, stream: LiveStream, actor: Actor, now: datetime) -> LiveStream:
    """End the show for good: it becomes the replay. Raises NotEndable. Of two at once, one gets it."""
    try:
        return move(stream=stream, to=Status.REPLAY, actor=actor, now=now)
    except IllegalMove:
        raise NotEndable from None


@transaction.atomic(savepoint=False)
def fill_tray(*, stream: LiveStream, products: list[Product]) -> None:
    """Put products into the tray, behind those that are there; what is there stays where it is."""
    there = dict(stream.tray.values_list("product_id", "position"))
    last = max(there.values(), default=0)
    new = [product for product in products if product.pk not in there]
    StreamProduct.objects.bulk_create(
        [
            StreamProduct(stream=stream, product=one, position=last + place)
            for place, one in enumerate(new, 1)
        ],
        ignore_conflicts=True,
    )
