"""The life of a livestream: scheduled, on air, ended, watched again."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from livestream.dto import Actor
from livestream.errors import IllegalMove, NotEndable, NotFound
from livestream.models import Channel, JournalEntry, LiveStream, Product, StreamProduct
from livestream.services import jobs, journal, reminders, state

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
    stream = LiveStream.objects.select_related("channel").select_for_update(of=("self",))
    found = stream.filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def touch(stream: LiveStream, *changed: str) -> None:
    """Save the locked row's `changed` columns as its next version, and tell every viewer after the commit."""
    stream.version += 1
    stream.save(update_fields=[*changed, "version"])
    state.announce(stream)


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
    row.status = to
    changed = [*_stamp(row, to, now=now), *leave_rehearsal(row, now=now)]
    touch(row, "status", *changed)
    journal.write(row, event, actor=actor, now=now)
    if to in reminders.OVER:
        reminders.forget(row.reminders.all())
    if to == Status.REPLAY:
        jobs.enqueue("begin_replay", row.pk)
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
        row.paused_at, row.ended_at, row.replay_until = None, now, _replay_end(row, now)
        return ["paused_at", "ended_at", "replay_until"]
    return []


def leave_rehearsal(row: LiveStream, *, now: datetime) -> list[str]:
    """Forget what was rehearsed on a locked row: its pins and what was done of the run of show.

    The names of the columns that changed, which the caller saves.
    """
    if not row.is_rehearsal:
        return []
    row.pins.open().filter(is_rehearsal=True).update(unpinned_at=now)
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
