"""Writes the history of a gift message."""

from datetime import datetime
from typing import Any

from gifting import names
from gifting.dto import Actor
from gifting.errors import Invalid
from gifting.models import JournalEntry, VideoContainer

REASON_MAX = 200
IMPERSONAL = {
    *("account", "alone", "bytes", "call", "carrier", "change", "days", "fields", "kind", "layout"),
    *("purpose", "seconds", "status", "tries", "why"),
}


def write(
    container: VideoContainer, event: JournalEntry.Event, *, actor: Actor, now: datetime, **detail: Any
) -> JournalEntry:
    """Append one entry. `detail` is shown to staff: no secrets, no mail addresses."""
    return JournalEntry.objects.create(
        container_id=container.pk, event=event, actor=str(actor), at=now, detail=detail
    )


def reason(text: str) -> str:
    """A person's reason as it is kept: on one line, without mail addresses. Raises Invalid without one."""
    line = names.MAIL_ADDRESS.sub("…", names.one_line(text))
    if not 1 <= len(line) <= REASON_MAX:
        problem = f"Give a reason of 1 to {REASON_MAX} characters."
        raise Invalid(problem, fields={"reason": problem})
    return line


def blank(container: VideoContainer) -> None:
    """The exception to append-only: of an erased gift the facts stay, without what tells of a person."""
    entries = list(container.journal.exclude(detail={}))
    for entry in entries:
        entry.detail = {word: value for word, value in entry.detail.items() if word in IMPERSONAL}
    JournalEntry.objects.bulk_update(entries, ["detail"])
