"""Writes the history of a gift message."""

from datetime import datetime
from typing import Any

from gifting.dto import Actor
from gifting.models import JournalEntry, VideoContainer


def write(
    container: VideoContainer, event: JournalEntry.Event, *, actor: Actor, now: datetime, **detail: Any
) -> JournalEntry:
    """Append one entry. `detail` is shown to staff: no secrets, no mail addresses."""
    return JournalEntry.objects.create(
        container_id=container.pk, event=event, actor=str(actor), at=now, detail=detail
    )
