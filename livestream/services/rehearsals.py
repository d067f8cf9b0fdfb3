"""Rehearsals: staff see a show, pins and all, and the public sees nothing of it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from livestream.dto import Actor
from livestream.errors import IllegalMove
from livestream.models import JournalEntry, LiveStream
from livestream.services import journal, streams

Event = JournalEntry.Event


@transaction.atomic
def begin(*, stream: LiveStream, actor: Actor, now: datetime) -> LiveStream:
    """Rehearse a show that has not begun; nothing happens where it is rehearsed already.

    Raises IllegalMove, and BusUnavailable once the change is saved.
    """
    row = streams.locked(stream.pk)
    if row.status != LiveStream.Status.IDLE:
        raise IllegalMove(_("Only a livestream that has not begun can be rehearsed."))
    if not row.is_rehearsal:
        row.is_rehearsal = True
        streams.touch(row, "is_rehearsal")
        journal.write(row, Event.REHEARSAL_BEGAN, actor=actor, now=now)
    return row


@transaction.atomic
def finish(*, stream: LiveStream, actor: Actor, now: datetime) -> LiveStream:
    """End the rehearsal: its pins are taken away and the run of show begins anew.

    Nothing happens where there is none. Raises BusUnavailable once the change is saved.
    """
    row = streams.locked(stream.pk)
    if changed := streams.leave_rehearsal(row, now=now):
        streams.touch(row, *changed)
        journal.write(row, Event.REHEARSAL_ENDED, actor=actor, now=now)
    return row
