"""From a finished upload to a video that plays. The recording's row is the job."""

import logging
import tempfile
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.core.files import File
from django.db import transaction
from django.db.models import F

from gifting.conf import conf
from gifting.dto import Actor, ActorKind, ConvertedVideo, MediaLimits
from gifting.errors import Locked, VideoRefused
from gifting.media import sandbox
from gifting.models import JournalEntry, Recording, Upload, VideoContainer
from gifting.models.containers import OPEN, WAITING
from gifting.models.files import gift_storage
from gifting.services import containers, jobs, journal

log = logging.getLogger(__name__)
Event = JournalEntry.Event
State = Recording.State
WORKER = Actor(ActorKind.WORKER)
GIVER = Actor(ActorKind.GIVER)
EXTRA_SECONDS = 2


def may_record(container: VideoContainer) -> bool:
    """May a video be handed in now? After activation only one, and not while one is being prepared."""
    return container.can_record and not (container.is_live and _waiting(container))


def _waiting(container: VideoContainer) -> bool:
    return container.recordings.filter(state__in=WAITING).exists()


def submit(*, upload: Upload, now: datetime) -> Recording:
    """Queue a finished upload for conversion. The caller owns the transaction."""
    container = containers.lock(upload.container)
    if not may_record(container):
        raise Locked("This gift message was closed while the video was being sent.")
    if container.state in OPEN and container.state != VideoContainer.State.PROCESSING:
        container.move_to(VideoContainer.State.PROCESSING)
        container.save(update_fields=["state"])
    recording = Recording.objects.create(container=container, upload=upload, due_at=now, created_at=now)
    journal.write(container, Event.UPLOADED, actor=GIVER, now=now, bytes=upload.offset)
    jobs.enqueue("process_recording", recording.pk)
    return recording


def process(*, pk: int, now: datetime) -> None:
    """Convert one due recording. Does nothing where another worker has it or it is done."""
    claimed = Recording.objects.due(now).filter(pk=pk)
    lease = now + timedelta(seconds=conf().JOB_LEASE_SECONDS)
    if not claimed.update(state=State.PROCESSING, due_at=lease, attempts=F("attempts") + 1):
        return
    recording = Recording.objects.select_related("container", "upload").get(pk=pk)
    try:
        with tempfile.TemporaryDirectory(prefix="gifting-") as folder:
            _store(recording, _convert(recording, Path(folder)), now=now)
    except VideoRefused as refusal:
        _refuse(recording, refusal, now=now)
    except Exception as exc:
        log.warning("Recording %s could not be prepared", pk, exc_info=True)
        _failed(recording, exc, now=now)


def _convert(recording: Recording, folder: Path) -> ConvertedVideo:
    source = folder / "source"
    with source.open("wb") as file:
        for name in recording.upload.parts if recording.upload else []:
            with gift_storage().open(name) as part:
                file.writelines(part.chunks())
    return sandbox.convert(source, folder, limits=_limits())


def _limits() -> MediaLimits:
    return MediaLimits(
        max_seconds=conf().MAX_VIDEO_SECONDS + EXTRA_SECONDS,
        max_bytes=conf().MAX_UPLOAD_BYTES,
        timeout_seconds=conf().TRANSCODE_TIMEOUT_SECONDS,
        memory_mb=conf().TRANSCODE_MEMORY_MB,
    )


def _store(recording: Recording, converted: ConvertedVideo, *, now: datetime) -> None:
    folder = f"gifts/{recording.container.urid}"
    names = {}
    for field, path in (("video", converted.video), ("poster", converted.poster)):
        with path.open("rb") as file:
            names[field] = gift_storage().save(f"{folder}/{field}{path.suffix}", File(file))
    recording.video.name, recording.poster.name = names["video"], names["poster"]
    recording.duration_ms, recording.size_bytes = converted.duration_ms, converted.size_bytes
    recording.width, recording.height = converted.width, converted.height
    _ready(recording, now=now)


@transaction.atomic
def _ready(recording: Recording, *, now: datetime) -> None:
    container = containers.lock(recording.container)
    recording.state, recording.ready_at, recording.last_error = State.READY, now, ""
    upload, recording.upload = recording.upload, None
    recording.save()
    if upload:
        upload.delete()
        transaction.on_commit(partial(delete_files, upload.parts), robust=True)
    if container.state in containers.CLOSED:
        return
    replaced, container.recording = container.recording, recording
    journal.write(container, Event.RECORDED, actor=WORKER, now=now, seconds=round(recording.duration_ms / 1000))
    containers.message_ready(container, now=now)
    if replaced and replaced.pk != recording.pk:
        transaction.on_commit(partial(delete_files, [replaced.video.name, replaced.poster.name]), robust=True)
        replaced.delete()


@transaction.atomic
def _refuse(recording: Recording, refusal: VideoRefused, *, now: datetime) -> None:
    container = containers.lock(recording.container)
    recording.state, recording.refusal, recording.last_error = State.REFUSED, refusal.reason, refusal.detail
    recording.save(update_fields=["state", "refusal", "last_error"])
    journal.write(container, Event.REFUSED, actor=WORKER, now=now, reason=refusal.reason)
    _reopen(container)


def _reopen(container: VideoContainer) -> None:
    """Back to where the gift was before this video: an earlier message stays, else the giver may try again."""
    if container.state != VideoContainer.State.PROCESSING or _waiting(container):
        return
    state = VideoContainer.State.RECORDED if container.has_message else VideoContainer.State.RECORDING_OPEN
    container.move_to(state)
    container.save(update_fields=["state"])


@transaction.atomic
def _failed(recording: Recording, exc: Exception, *, now: datetime) -> None:
    """Not the video's fault: try again, twice as late each time; after the last attempt it waits for staff."""
    final = recording.attempts >= conf().JOB_MAX_ATTEMPTS
    recording.state = State.FAILED if final else State.QUEUED
    recording.due_at = now + timedelta(minutes=2**recording.attempts)
    recording.last_error = f"{type(exc).__name__}: {exc}"[:500]
    recording.save(update_fields=["state", "due_at", "last_error"])
    if final:
        journal.write(recording.container, Event.JOB_FAILED, actor=WORKER, now=now, tries=recording.attempts)


@transaction.atomic
def retry(*, recording: Recording, actor: Actor, now: datetime) -> None:
    """Staff start a failed preparation again. Raises Locked for one that did not fail."""
    changed = Recording.objects.filter(pk=recording.pk, state=State.FAILED).update(
        state=State.QUEUED, attempts=0, due_at=now, last_error=""
    )
    if not changed:
        raise Locked("Only a preparation that failed can be started again.")
    journal.write(recording.container, Event.RETRIED, actor=actor, now=now)
    jobs.enqueue("process_recording", recording.pk)


def delete_files(names: list[str]) -> None:
    """Remove files from storage; one that is gone already is no error."""
    for name in names:
        gift_storage().delete(name)
