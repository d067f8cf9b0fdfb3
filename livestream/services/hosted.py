"""Takes over what a hosted account says of a livestream: the account is right, whatever stands here."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from livestream.backends.base import LiveBackend, StreamFacts
from livestream.dto import Actor, ActorKind
from livestream.models import Channel, JournalEntry, LiveStream
from livestream.services import hosted_products, journal, reminders, streams

Status = LiveStream.Status
NAME_LENGTH = 200


def vendor(channel: Channel) -> Actor:
    """Who acts where nobody here does."""
    return Actor(ActorKind.VENDOR, channel.backend)


def refresh(*, stream: LiveStream, account: LiveBackend, now: datetime) -> LiveStream:
    """Ask the account about one livestream. Raises what its `fetch` does, and BusUnavailable once saved."""
    return take(channel=stream.channel, facts=account.fetch(stream.remote_id), now=now)


def take(*, channel: Channel, facts: StreamFacts, now: datetime) -> LiveStream:
    """The livestream as the account has it; a new one where there was none. Viewers see the change at once.

    `facts` without products leave the products as they are. Raises BusUnavailable once it is saved.
    """
    known = LiveStream.objects.filter(channel=channel, remote_id=facts.id).select_related("channel").first()
    stream = _change(known, facts, now=now) if known else _create(channel, facts, now=now)
    if facts.products:
        hosted_products.take(stream=stream, products=facts.products)
    return stream


def is_as(stream: LiveStream, facts: StreamFacts) -> bool:
    """Whether there is nothing to take over; products are another matter."""
    columns = {**_columns(facts), "status": facts.status}
    return all(getattr(stream, name) == value for name, value in columns.items())


def _create(channel: Channel, facts: StreamFacts, *, now: datetime) -> LiveStream:
    fields = _columns(facts) | {"scheduled_at": facts.scheduled_at or now, "status": facts.status}
    if facts.status in (Status.ACTIVE, Status.PAUSED):
        fields["started_at"] = now  # as far as we know
    actor = vendor(channel)
    try:
        return streams.create(channel=channel, remote_id=facts.id, actor=actor, now=now, **fields)
    except IntegrityError:  # Another playlist brought it meanwhile.
        known = LiveStream.objects.select_related("channel").get(channel=channel, remote_id=facts.id)
        return _change(known, facts, now=now)


def _change(stream: LiveStream, facts: StreamFacts, *, now: datetime) -> LiveStream:
    actor = vendor(stream.channel)
    with transaction.atomic():
        streams.change(stream=stream, actor=actor, now=now, **_columns(facts))
        return follow(stream=stream, to=Status(facts.status), actor=actor, now=now)


def _columns(facts: StreamFacts) -> dict[str, Any]:
    said = {"event_name": facts.event_name[:NAME_LENGTH], "event_description": facts.event_description}
    return {**said, "scheduled_at": facts.scheduled_at} if facts.scheduled_at else said


@transaction.atomic
def follow(*, stream: LiveStream, to: LiveStream.Status, actor: Actor, now: datetime) -> LiveStream:
    """The status that the account says: by a legal step where there is one, else at once."""
    row = streams.locked(stream.pk)
    if row.status == to:
        return row
    if to in LiveStream.MOVES[Status(row.status)]:
        row = streams.move(stream=row, to=to, actor=actor, now=now)
    else:
        _jump(row, to, actor=actor, now=now)
    if row.replay_until:  # the account ends its replays itself
        LiveStream.objects.filter(pk=row.pk).update(replay_until=None)
        row.replay_until = None
    return row


def _jump(row: LiveStream, to: LiveStream.Status, *, actor: Actor, now: datetime) -> None:
    was, row.status = row.status, to
    row.paused_at = now if to == Status.PAUSED else None
    if row.is_live:
        row.started_at, row.ended_at = row.started_at or now, None
    elif to == Status.REPLAY:
        row.ended_at = row.ended_at or now
    left = streams.leave_rehearsal(row, now=now)
    streams.touch(row, "status", "paused_at", "started_at", "ended_at", *left)
    reminders.forget(row.reminders.all())
    journal.write(row, JournalEntry.Event.MIRRORED, actor=actor, now=now, was=was, status=to)
