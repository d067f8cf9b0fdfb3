"""Corrections to the chapters of a replay: title, times, left out."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from livestream.dto import Actor
from livestream.errors import Invalid
from livestream.models import JournalEntry, Pin
from livestream.services import journal


@transaction.atomic
def change_chapter(
    *,
    pin: Pin,
    title: str,
    start_ms: int | None,
    end_ms: int | None,
    is_hidden: bool,
    actor: Actor,
    now: datetime,
) -> bool:
    """What viewers of the replay see of a pin; an empty title or time follows the pin. Was anything changed?

    Raises Invalid for an end that is not behind the start, and for a rehearsal's pin.
    """
    if pin.is_rehearsal:
        raise Invalid(_("A rehearsal has no chapters."))
    if start_ms is not None and end_ms is not None and end_ms <= start_ms:
        raise Invalid(_("A chapter must end after it starts."))
    wanted = {
        "chapter_title": " ".join(title.split()),
        "chapter_start_ms": start_ms,
        "chapter_end_ms": end_ms,
        "is_hidden": is_hidden,
    }
    row = Pin.objects.select_for_update(of=("self",)).select_related("stream").get(pk=pin.pk)
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, wanted[name])
    if changed:
        row.save(update_fields=changed)
        journal.write(row.stream, JournalEntry.Event.CHAPTERS_CHANGED, actor=actor, now=now, item=row.item)
    return bool(changed)
