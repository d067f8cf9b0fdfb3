"""From a finished upload to a video that plays. The recording's row is the job.

An attempt owns the row while its number is the row's: one that comes back after its lease changes nothing.
"""

import logging
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from secrets import token_hex

from django.db import transaction
from django.db.models import QuerySet

from gifting.conf import conf
from gifting.dto import Actor, ActorKind, ConvertedVideo, MediaLimits
from gifting.errors import Locked, MediaFailed, Unavailable, VideoRefused
from gifting.media import sandbox
from gifting.models import JournalEntry, Recording, Upload, VideoContainer
from gifting.models.containers import OPEN
from gifting.models.files import gift_storage
from gifting.services import containers, files, jobs, journal

log = logging.getLogger(__name__)
Event = JournalEntry.Event
State = Recording.State
WORKER = Actor(ActorKind.WORKER)
GIVER = Actor(ActorKind.GIVER)
ERASE_LIMIT = 500
REFUSED_FOR = timedelta(minutes=5)
WORKSPACE = re.compile(r"gifting-[a-z0-9]{10}-\d+-")
KILLED = "The worker was stopped in the middle, each time that it tried."


def may_record(container: VideoContainer) -> bool:
    """May a video be handed in now? After activation only one, and not while one is being prepared."""
    return container.can_record and not (container.is_live and _waiting(container))


def _waiting(container: VideoContainer) -> bool:
    return container.recordings.filter(state__in=Recording.WAITING).exists()


def submit(*, upload: Upload, now: datetime) -> Recording:
    """Queue a finished upload for conversion. The caller's transaction holds the upload's container."""
    container = upload.container
    if not may_record(container):
        raise Locked("This gift message was closed while the video was being sent.")
    _begin(container)
    recording = Recording.objects.create(container=container, upload=upload, due_at=now, created_at=now)
    journal.write(container, Event.UPLOADED, actor=GIVER, now=now, bytes=upload.offset)
    jobs.enqueue("process_recording", recording.pk)
    return recording


def _begin(container: VideoContainer) -> None:
    if container.state in OPEN and container.state != VideoContainer.State.PROCESSING:
        container.move_to(VideoContainer.State.PROCESSING)
        container.save(update_fields=["state"])


def process(*, pk: int, now: datetime) -> None:
    """Convert one due recording. Does nothing where another worker has it or it is done."""
    recording = _claim(pk, now=now)
    if recording is None:
        return
    try:
        _prepare(recording, now=now)
    except VideoRefused as refusal:
        _refuse(recording, refusal, now=now)
    except Exception as exc:
        log.warning("Recording %s could not be prepared", pk, exc_info=True)
        _failed(recording, f"{type(exc).__name__}: {exc}", now=now)


def _claim(pk: int, *, now: datetime) -> Recording | None:
    due = Recording.objects.due(now).filter(pk=pk)
    if jobs.claim(due, state=State.PROCESSING, now=now):
        return _with_container().get(pk=pk)
    if exhausted := _with_container().filter(pk__in=due).first():
        _failed(exhausted, KILLED, now=now)
    return None


def _with_container() -> QuerySet[Recording]:
    return Recording.objects.select_related("container", "upload")


def _prepare(recording: Recording, *, now: datetime) -> None:
    if not _is_wanted(recording, recording.container):
        _drop(recording)
        return
    files.delete_folder(files.recording_folder(recording))  # What a killed attempt stored.
    with _workspace(recording) as folder:
        converted = sandbox.convert(_assemble(recording, folder), folder, limits=_limits())
        stored = _store(recording, converted)
    if not _publish(recording, converted, stored, now=now):
        files.delete(stored.values())


def _is_wanted(recording: Recording, container: VideoContainer) -> bool:
    """Not once the gift is closed, nor once a newer recording is ready."""
    return container.state not in containers.CLOSED and (container.recording_id or 0) < recording.pk


@transaction.atomic
def _drop(recording: Recording) -> None:
    """Forget a recording that nobody wants any more, whichever attempt finds it so."""
    container = containers.lock(recording.container)
    _release(recording)
    recording.delete()
    _reopen(container)


@contextmanager
def _workspace(recording: Recording) -> Iterator[Path]:
    """A temporary folder. Those that killed attempts left on this machine go first."""
    prefix = f"gifting-{recording.container.urid}-{recording.pk}-"
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix) as folder:
        yield Path(folder)


def clear_workspaces(*, now: datetime) -> None:
    """Remove what killed attempts left on this machine, once no attempt can be at work there."""
    before = now.timestamp() - 2 * conf().JOB_LEASE_SECONDS
    for left in Path(tempfile.gettempdir()).glob("gifting-*"):
        if WORKSPACE.match(left.name) and left.lstat().st_mtime < before:
            shutil.rmtree(left, ignore_errors=True)


def _assemble(recording: Recording, folder: Path) -> Path:
    if recording.upload is None:
        raise MediaFailed("The uploaded file is gone. Ask the giver for another recording.")
    source = folder / "source"
    with source.open("wb") as file:
        for name in recording.upload.parts:
            with gift_storage().open(name) as part:
                file.writelines(part.chunks())
    return source


def _limits() -> MediaLimits:
    return MediaLimits(
        max_seconds=conf().MAX_VIDEO_SECONDS,
        max_bytes=conf().MAX_UPLOAD_BYTES,
        timeout_seconds=conf().TRANSCODE_TIMEOUT_SECONDS,
        memory_mb=conf().TRANSCODE_MEMORY_MB,
    )


def _store(recording: Recording, converted: ConvertedVideo) -> dict[str, str]:
    """The names by field. No two attempts share one, so that none deletes another's file."""
    attempt = f"{files.recording_folder(recording)}/{token_hex(4)}"
    names = {}
    for field, path in (("video", converted.video), ("poster", converted.poster)):
        with path.open("rb") as file:
            names[field] = files.store(f"{attempt}-{field}{path.suffix}", file)
    return names


@transaction.atomic
def _publish(
    recording: Recording, converted: ConvertedVideo, stored: dict[str, str], *, now: datetime
) -> bool:
    """The new video takes the place of the earlier one. False where it may not, or not any more."""
    container = _hold(recording)
    facts = {**stored, **_facts(converted), "state": State.READY, "ready_at": now, "last_error": ""}
    if container is None or not Recording.objects.of_attempt(recording).update(**facts):
        return False
    if not _is_wanted(recording, container):
        _drop(recording)
        return False
    _release(recording)
    _replace(container.recording, now=now)
    container.recording = recording
    seconds = round(converted.duration_ms / 1000)
    journal.write(container, Event.RECORDED, actor=WORKER, now=now, seconds=seconds)
    containers.message_ready(container, now=now)
    return True


def _hold(recording: Recording) -> VideoContainer | None:
    """The container, locked; None where it was deleted in the meantime."""
    try:
        return containers.lock(recording.container)
    except VideoContainer.DoesNotExist:
        return None


def _facts(converted: ConvertedVideo) -> dict[str, int]:
    return {
        "duration_ms": converted.duration_ms,
        "width": converted.width,
        "height": converted.height,
        "size_bytes": converted.size_bytes,
    }


def _release(recording: Recording) -> None:
    """The uploaded bytes are needed no more. The row stays until it expires, to answer a late HEAD."""
    if upload := recording.upload:
        Recording.objects.filter(pk=recording.pk).update(upload=None)
        Upload.objects.filter(pk=upload.pk).update(parts=[])
        jobs.after_commit(files.delete_folder, files.parts_folder(upload))


def discard(container: VideoContainer, *, now: datetime) -> None:
    """Whatever was recorded so far gives way to a note. The caller holds the container, and saves it."""
    for recording in container.recordings.filter(state__in=[State.READY, *Recording.WAITING]):
        _release(recording)
        _replace(recording, now=now)
    container.recording = None


def _replace(recording: Recording | None, *, now: datetime) -> None:
    if recording:
        _mark(Recording.objects.filter(pk=recording.pk), now=now)
        jobs.after_commit(partial(_erase, recording, now=now))


def _mark(rows: QuerySet[Recording], *, now: datetime) -> None:
    """The rows say what must go: should this process die, the sweep erases it.

    A worker may be storing files for one at this moment: it stays until that lease has ended.
    """
    rows.exclude(state__in=[State.PROCESSING, State.REPLACED]).update(due_at=now)
    rows.update(state=State.REPLACED)


def withdraw(container: VideoContainer, *, now: datetime) -> None:
    """Mark all that was ever recorded for `erase_replaced`. The caller holds the container, and saves it."""
    _mark(container.recordings.all(), now=now)
    container.recordings.update(upload=None, last_error="")
    container.recording = None


def erase_replaced(*, now: datetime) -> None:
    """Erase the files of what was replaced or withdrawn. What the storage refuses is tried again later."""
    marked = Recording.objects.filter(state=State.REPLACED, due_at__lte=now).select_related("container")
    refusals = 0
    for recording in marked.order_by("due_at")[:ERASE_LIMIT]:
        try:
            _erase(recording, now=now)
        except Unavailable:
            Recording.objects.filter(pk=recording.pk).update(due_at=now + REFUSED_FOR)
            refusals += 1
        if refusals == files.REFUSALS:
            return


def _erase(recording: Recording, *, now: datetime) -> None:
    """Files first: as long as they are there, a row names them."""
    files.delete([recording.video.name or "", recording.poster.name or ""])
    files.delete_folder(files.recording_folder(recording))
    Recording.objects.filter(pk=recording.pk, state=State.REPLACED, due_at__lte=now).delete()


@transaction.atomic
def _refuse(recording: Recording, refusal: VideoRefused, *, now: datetime) -> None:
    container = _hold(recording)
    words = {"refusal": refusal.reason, "last_error": refusal.detail}
    if container is None or not Recording.objects.of_attempt(recording).update(state=State.REFUSED, **words):
        return
    _release(recording)
    journal.write(container, Event.REFUSED, actor=WORKER, now=now, reason=refusal.reason)
    _reopen(container)


def _reopen(container: VideoContainer) -> None:
    """Back to where the gift was before this video: an earlier message stays, else the giver may try."""
    if container.state != VideoContainer.State.PROCESSING or _waiting(container):
        return
    state = VideoContainer.State.RECORDED if container.has_message else VideoContainer.State.RECORDING_OPEN
    container.move_to(state)
    container.save(update_fields=["state"])


@transaction.atomic
def _failed(recording: Recording, error: str, *, now: datetime) -> None:
    """Not the video's fault: try again, twice as late each time; after the last one it waits for staff."""
    container = _hold(recording)
    again = jobs.next_try(recording.attempts, now=now)
    state = State.QUEUED if again else State.FAILED
    changes = {"state": state, "due_at": again or now, "last_error": error[:500]}
    if container is None or not Recording.objects.of_attempt(recording).update(**changes):
        return
    jobs.after_commit(files.delete_folder, files.recording_folder(recording))
    if not again:
        journal.write(container, Event.JOB_FAILED, actor=WORKER, now=now, tries=recording.attempts)
        _keep_earlier(container)


def _keep_earlier(container: VideoContainer) -> None:
    """A gift that has a message is ready with it; one without stays in preparation until somebody acts."""
    if container.has_message:
        _reopen(container)


@transaction.atomic
def retry(*, recording: Recording, actor: Actor, now: datetime) -> None:
    """Staff start a failed preparation again. Raises Locked for one that did not fail."""
    container = containers.lock(recording.container)
    changed = Recording.objects.filter(pk=recording.pk, state=State.FAILED).update(
        state=State.QUEUED, attempts=0, due_at=now, last_error=""
    )
    if not changed:
        raise Locked("Only a preparation that failed can be started again.")
    _begin(container)
    journal.write(container, Event.RETRIED, actor=actor, now=now)
    jobs.enqueue("process_recording", recording.pk)
