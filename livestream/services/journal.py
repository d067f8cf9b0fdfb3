"""Writes the history of a livestream."""

from datetime import datetime
from typing import Any

from livestream.dto import Actor
from livestream.models import JournalEntry, LiveStream


def write(
    stream: LiveStream, event: JournalEntry.Event, *, actor: Actor, now: datetime, **detail: Any
) -> JournalEntry:
    """Append one entry. `detail` is shown to staff: no secrets, no mail addresses."""
    return JournalEntry.objects.create(
        stream_id=stream.pk, event=event, actor=str(actor), at=now, detail=detail
    )
