"""From a file that a media server wrote to a part of the replay. The broadcast's row is the job."""

import logging
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from django.db import transaction

from livestream.conf import conf
from livestream.dto import Actor, ActorKind
from livestream.errors import BusUnavailable, IllegalMove, NotFound, RecordingUnusable
from livestream.media import examining
from livestream.models import Broadcast, JournalEntry, LiveStream
from livestream.services import files, jobs, journal, replays, streams

log = logging.getLogger(__name__)
Event = JournalEntry.Event
State = Broadcast.State
SERVER, WORKER = Actor(ActorKind.ENCODER), Actor(ActorKind.SYSTEM)
NAMED_WITHIN = timedelta(seconds=5)
LOST_FOR = timedelta(days=1)


@transaction.atomic
def attach(*, stream: LiveStream, client: str, path: str, now: datetime) -> bool:
    """The server finished a recording of this client's broadcast: its job begins. Told again: nothing.

    `client` is empty where the server does not say. False where the file is refused: the broadcast says why.
    """
    row = streams.locked(stream.pk)
    broadcast = _recorded(row, client)
    if broadcast is None or broadcast.is_rehearsal or _is_known(row, path):
        return True
    if broadcast.source:
        log.warning("Livestream %s: a second recording of one broadcast is not used.", stream.pk)
        journal.write(row, Event.RECORDING_FAILED, actor=SERVER, now=now, reason="second file")
        return True
    return _take(row, broadcast, path, now=now)


def _is_known(row: LiveStream, path: str) -> bool:
    return bool(path) and row.broadcasts.filter(source=path).exists()


def _recorded(row: LiveStream, client: str) -> Broadcast | None:
    """The client's newest broadcast. A server that names no client tells of the one that ended last."""
    newest = row.broadcasts.order_by("-pk")
    if client:
        return newest.filter(client=client).first()
    unrecorded = list(newest.filter(source="")[:2])
    return next((one for one in unrecorded if one.ended_at), next(iter(unrecorded), None))


def _take(row: LiveStream, broadcast: Broadcast, path: str, *, now: datetime) -> bool:
    try:
        files.check_path(row, path)
    except RecordingUnusable as refusal:
        broadcast.state, broadcast.last_error = State.FAILED, refusal.message
        broadcast.save(update_fields=["state", "last_error"])
        journal.write(row, Event.RECORDING_FAILED, actor=SERVER, now=now)
        return False
    broadcast.source, broadcast.state, broadcast.due_at = path, State.RECORDED, now
    broadcast.attempts, broadcast.last_error = 0, ""
    broadcast.save(update_fields=["source", "state", "due_at", "attempts", "last_error"])
    jobs.enqueue("process_recording", broadcast.pk)
    return True


def adopt_lost(*, now: datetime) -> None:
    """A server that was killed tells of no recording, and leaves one: found by the time in its name."""
    if not conf().RECORDINGS_DIR:
        return
    until = now - timedelta(minutes=conf().RECORDING_WAIT_MINUTES)
    over = Broadcast.objects.filter(state=State.OVER, is_rehearsal=False, source="")
    lost = list(over.filter(ended_at__range=(now - LOST_FOR, until)).select_related("stream"))
    files_by_id = _left_behind() if lost else {}
    for one in lost:
        if file := _begun_with(one, files_by_id.get(one.stream.public_id, [])):
            with streams.each(one.stream_id):
                _adopt(one, str(file), now=now)


def _left_behind() -> dict[str, list[Path]]:
    """What lies there by public id: `<public id>-<seconds since 1970>.flv`, as `record_suffix` makes it."""
    found: dict[str, list[Path]] = defaultdict(list)
    for file in Path(conf().RECORDINGS_DIR).glob("*-*.flv"):
        found[file.stem.partition("-")[0]].append(file)
    return found


def _begun_with(broadcast: Broadcast, left: list[Path]) -> Path | None:
    began = (broadcast.started_at - timedelta(milliseconds=broadcast.skip_ms)).timestamp()
    for file in left:
        seconds = file.stem.rpartition("-")[2]
        if seconds.isdecimal() and abs(int(seconds) - began) <= NAMED_WITHIN.total_seconds():
            return file
    return None


@transaction.atomic
def _adopt(lost: Broadcast, path: str, *, now: datetime) -> None:
    row = streams.locked(lost.stream_id)
    broadcast = row.broadcasts.filter(pk=lost.pk, state=State.OVER, source="").first()
    if broadcast and not _is_known(row, path):
        _take(row, broadcast, path, now=now)


def process(*, pk: int, now: datetime) -> None:
    """Examine one due recording. Does nothing where another worker has it or it is done."""
    broadcast = _claim(pk, now=now)
    if broadcast is None:
        return
    try:
        found = examining.examine(files.span_of(broadcast))
        _ready(broadcast, found, now=now)
    except BusUnavailable:
        log.warning("Broadcast %s is ready; viewers hear of it when the bus answers again.", pk)
    except RecordingUnusable as refusal:
        _failed(broadcast, refusal.message, again=None, now=now)
    except Exception as exc:
        log.warning("The recording of broadcast %s could not be read", pk, exc_info=True)
        _failed(broadcast, files.trouble(exc), again=jobs.next_try(broadcast.attempts, now=now), now=now)


def _claim(pk: int, *, now: datetime) -> Broadcast | None:
    due = Broadcast.objects.due(now).filter(pk=pk)
    seconds = conf().REPLAY_TIMEOUT_SECONDS + 2 * jobs.SPARE_SECONDS
    if jobs.claim(due, state=State.PREPARING, now=now, seconds=seconds):
        return Broadcast.objects.select_related("stream").get(pk=pk)
    if exhausted := Broadcast.objects.select_related("stream").filter(pk__in=due).first():
        _failed(exhausted, files.KILLED, again=None, now=now)
    return None


def _ready(broadcast: Broadcast, found: examining.Examined, *, now: datetime) -> None:
    frame = _keep_frame(broadcast.stream, found.frame)
    if not _publish(broadcast, found.duration_ms, frame, now=now):
        files.delete([frame])


def _keep_frame(stream: LiveStream, jpeg: bytes) -> str:
    if not jpeg:
        return ""
    with TemporaryDirectory() as folder:
        made = Path(folder) / "frame.jpg"
        made.write_bytes(jpeg)
        return files.keep(f"{files.folder_of(stream)}/frame-{token_hex(4)}.jpg", made)


@transaction.atomic
def _publish(broadcast: Broadcast, duration_ms: int, frame: str, *, now: datetime) -> bool:
    """Write down what was found. False where the frame is not wanted, or this attempt came too late."""
    row = _hold(broadcast)
    facts = {"state": State.READY, "duration_ms": duration_ms, "last_error": ""}
    if row is None or not Broadcast.objects.of_attempt(broadcast).update(**facts):
        return False
    journal.write(row, Event.RECORDED, actor=WORKER, now=now, seconds=round(duration_ms / 1000))
    replays.request(row, now=now)
    return bool(frame) and _show(row, broadcast, frame)


def _hold(broadcast: Broadcast) -> LiveStream | None:
    """The livestream, locked; None where it was deleted in the meantime."""
    try:
        return streams.locked(broadcast.stream_id)
    except NotFound:
        return None


def _show(row: LiveStream, broadcast: Broadcast, frame: str) -> bool:
    """The last picture before the pause that is, or is about to come."""
    if not row.is_live or row.broadcasts.filter(pk__gt=broadcast.pk).exists():
        return False
    earlier = row.frame.name
    row.frame = frame
    if earlier:
        jobs.after_commit(files.delete, [earlier])
    streams.touch(row, "frame")
    return True


@transaction.atomic
def _failed(broadcast: Broadcast, error: str, *, again: datetime | None, now: datetime) -> None:
    """Try again later, or leave it to staff; the replay is made without it."""
    row = _hold(broadcast)
    changes = {
        "state": State.RECORDED if again else State.FAILED,
        "due_at": again or now,
        "last_error": error,
    }
    if row is None or not Broadcast.objects.of_attempt(broadcast).update(**changes):
        return
    if not again:
        journal.write(row, Event.RECORDING_FAILED, actor=WORKER, now=now)
    replays.request(row, now=now)


@transaction.atomic
def retry(*, broadcast: Broadcast, actor: Actor, now: datetime) -> None:
    """Staff start a recording that failed again. Raises IllegalMove for one that did not fail."""
    row = streams.locked(broadcast.stream_id)
    failed = Broadcast.objects.filter(pk=broadcast.pk, state=State.FAILED).exclude(source="")
    if not failed.update(state=State.RECORDED, attempts=0, due_at=now, last_error=""):
        raise IllegalMove("Only a recording that failed can be tried again.")
    journal.write(row, Event.CHANGED, actor=actor, now=now, fields=["recording"])
    jobs.enqueue("process_recording", broadcast.pk)
