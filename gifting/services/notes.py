"""The giver's written note: beside a video, or the whole message."""

from datetime import datetime

from django.db import transaction

from gifting.dto import Actor
from gifting.errors import Invalid, Locked
from gifting.models import JournalEntry, VideoContainer
from gifting.models.containers import NOTE_MAX
from gifting.services import containers, hosting, journal, recordings


@transaction.atomic
def write_note(
    *, container: VideoContainer, note: str, alone: bool, actor: Actor, now: datetime
) -> VideoContainer:
    """Keep the note. `alone`: it is the whole message, and takes the place of whatever was recorded.

    Raises Invalid for a note that is too long, or empty where it is all there is; Locked once it is late.
    """
    note = note.replace("\x00", "").strip()
    container = containers.lock(container)
    hosting.refuse_hosted(container)
    _check(container, note, alone=alone)
    container.note = note
    container.save(update_fields=["note"])
    journal.write(container, JournalEntry.Event.NOTE_WRITTEN, actor=actor, now=now, alone=alone)
    if alone:
        recordings.discard(container, now=now)
        containers.message_ready(container, now=now)
    return container


def _check(container: VideoContainer, note: str, *, alone: bool) -> None:
    if len(note) > NOTE_MAX:
        raise Invalid(f"The note is too long: at most {NOTE_MAX} characters.", fields={"note": "Too long."})
    is_all = alone or (container.has_message and container.recording is None)
    if is_all and not note:
        raise Invalid("Write a note first: it is the whole message.", fields={"note": "Must not be empty."})
    if not container.can_record:
        raise Locked("This gift message can no longer be changed.")
