"""The same show once more."""

from datetime import datetime, timedelta

from django.db import transaction

from livestream.dto import Actor
from livestream.models import Cue, LiveStream
from livestream.services import streams

LATER = timedelta(days=7)
COPIED = ("event_name", "event_description", "live_url", "trailer_url", "poster_url")


@transaction.atomic
def duplicate(*, stream: LiveStream, actor: Actor, now: datetime) -> LiveStream:
    """An idle livestream a week later, with the same tray and run of show, and a stream key of its own.

    A start that has passed by then is set to a week from now. What was recorded stays with the first one.
    """
    planned = stream.scheduled_at + LATER
    copy = streams.create(
        channel=stream.channel,
        scheduled_at=planned if planned > now else now + LATER,
        actor=actor,
        now=now,
        **{name: getattr(stream, name) for name in COPIED},
    )
    tray = [entry.product for entry in stream.tray.select_related("product")]
    streams.fill_tray(stream=copy, products=tray)
    Cue.objects.bulk_create([_copied(cue, copy) for cue in stream.cues.all()])
    return copy


def _copied(cue: Cue, stream: LiveStream) -> Cue:
    return Cue(
        stream=stream,
        position=cue.position,
        title=cue.title,
        note=cue.note,
        seconds=cue.seconds,
        items=cue.items,
    )
