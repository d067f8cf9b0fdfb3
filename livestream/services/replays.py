"""Once a show is over, its recordings become one video. The replay's row is the job."""

import logging
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex

from django.db import transaction
from django.db.models import Q, QuerySet

from livestream.conf import conf
from livestream.dto import Actor, ActorKind
from livestream.errors import BusUnavailable, IllegalMove, NotFound, RecordingUnusable
from livestream.media import joining
from livestream.models import Broadcast, JournalEntry, LiveStream, Replay
from livestream.services import files, jobs, journal, streams

log = logging.getLogger(__name__)
Event = JournalEntry.Event
State = Replay.State
Part = Broadcast.State
WORKER = Actor(ActorKind.SYSTEM)
LATER = timedelta(minutes=1)
LOST_LIMIT = 100
Made = tuple[Broadcast, joining.Piece]
WORKSPACE = re.compile(r"livestream-replay-\d+-")


def begin(*, pk: int, now: datetime) -> None:
    """The show of this livestream is over: whatever was recorded until now can be joined."""
    with transaction.atomic():
        request(streams.locked(pk), now=now)


def begin_lost(*, now: datetime) -> None:
    """The same, for shows whose task was lost."""
    unjoined = Broadcast.objects.filter(state=Part.READY, replay_start_ms=None, is_rehearsal=False)
    over = unjoined.filter(stream__status=LiveStream.Status.REPLAY, stream__replay__isnull=True)
    for pk in over.order_by("stream").values_list("stream", flat=True).distinct()[:LOST_LIMIT]:
        with streams.each(pk):
            begin(pk=pk, now=now)


def request(stream: LiveStream, *, now: datetime) -> None:
    """Queue the replay, if a recording is ready that is not in it. The caller holds the livestream's row."""
    if stream.status != LiveStream.Status.REPLAY or not _missing(stream):
        return
    replay, _ = Replay.objects.get_or_create(stream=stream, defaults={"due_at": now})
    if replay.state != State.PREPARING:  # That one looks again when it is done.
        replay.state, replay.attempts, replay.due_at, replay.last_error = State.WAITING, 0, now, ""
        replay.save()
    jobs.enqueue("prepare_replay", replay.pk)


def _missing(stream: LiveStream) -> bool:
    return _recorded(stream).filter(replay_start_ms=None).exists()


def _recorded(stream: LiveStream) -> QuerySet[Broadcast]:
    ready = stream.broadcasts.filter(state=Part.READY, is_rehearsal=False)
    return ready.select_related("stream").order_by("started_at", "pk")


def prepare(*, pk: int, now: datetime) -> None:
    """Join the recordings of one show. Does nothing where another worker does it or nothing is due."""
    due = Replay.objects.due(now).filter(pk=pk)
    if _awaits_more(pk, now=now):
        due.filter(state=State.WAITING).update(due_at=now + LATER)
        return
    replay = _claim(due, now=now)
    if replay is None:
        return
    try:
        _make(replay, now=now)
    except RecordingUnusable as refusal:
        _failed(replay, refusal.message, again=None, now=now)
    except Exception as exc:
        log.warning("The replay of livestream %s could not be made", pk, exc_info=True)
        _failed(replay, files.trouble(exc), again=jobs.next_try(replay.attempts, now=now), now=now)


def _awaits_more(pk: int, *, now: datetime) -> bool:
    """Does an encoder still send, or a recording still arrive? One that is tried again may be late."""
    wait = now - timedelta(minutes=conf().RECORDING_WAIT_MINUTES)
    is_coming = Q(state=Part.OVER, ended_at__gt=wait) | Q(state=Part.RECORDED, attempts=0)
    is_now = Q(state__in=[Part.ON_AIR, Part.PREPARING]) | Q(ended_at__isnull=True)
    return Broadcast.objects.filter(is_now | is_coming, stream=pk, is_rehearsal=False).exists()


def _claim(due: QuerySet[Replay], *, now: datetime) -> Replay | None:
    seconds = conf().REPLAY_TIMEOUT_SECONDS + 2 * jobs.SPARE_SECONDS
    taken = due.select_related("stream").first()
    if taken is None:
        return None
    if jobs.claim(due, state=State.PREPARING, now=now, seconds=seconds):
        return Replay.objects.select_related("stream").get(pk=taken.pk)
    if exhausted := due.select_related("stream").first():
        _failed(exhausted, files.KILLED, again=None, now=now)
    return None


def _make(replay: Replay, *, now: datetime) -> None:
    stream = replay.stream
    if not (name := _reserved(replay)):
        return
    parts = list(_recorded(stream))
    with _workspace(stream) as folder:
        pieces = joining.join([files.span_of(part) for part in parts], folder / "replay.mp4")
        files.keep(name, folder / "replay.mp4")
    if not _show(replay, list(zip(parts, pieces, strict=True)), name, now=now):
        files.delete([name])


def _reserved(replay: Replay) -> str:
    """The name under which this attempt keeps its file; what a killed one left goes. Empty: too late."""
    name = f"{files.folder_of(replay.stream)}/replay-{token_hex(4)}.mp4"
    if not Replay.objects.of_attempt(replay).update(file=name):
        return ""
    if replay.file != replay.stream.replay_file.name:
        files.delete([replay.file])
    return name


@contextmanager
def _workspace(stream: LiveStream) -> Iterator[Path]:
    """A temporary folder. Those that killed attempts left on this machine go first."""
    prefix = f"livestream-replay-{stream.pk}-"
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix) as folder:
        yield Path(folder)


def clear_workspaces(*, now: datetime) -> None:
    """Remove what killed attempts left on this machine, once no attempt can be at work there."""
    before = now.timestamp() - 2 * conf().REPLAY_TIMEOUT_SECONDS
    for left in Path(tempfile.gettempdir()).glob("livestream-replay-*"):
        if WORKSPACE.match(left.name) and left.lstat().st_mtime < before:
            shutil.rmtree(left, ignore_errors=True)


def _show(replay: Replay, made: Sequence[Made], name: str, *, now: datetime) -> bool:
    """Viewers get the replay. False where this attempt came too late."""
    try:
        return _publish(replay, made, name, now=now)
    except BusUnavailable:
        log.warning("Replay %s is ready; viewers get it when the bus answers again.", replay.pk)
        return True


@transaction.atomic
def _publish(replay: Replay, made: Sequence[Made], name: str, *, now: datetime) -> bool:
    row = _hold(replay)
    ready = {"state": State.READY, "last_error": ""}
    if row is None or not Replay.objects.of_attempt(replay).filter(file=name).update(**ready):
        return False
    for part, piece in made:
        _place(part, piece)
    earlier, row.replay_file = row.replay_file.name, name
    if earlier:
        jobs.after_commit(files.delete, [earlier])
    request(row, now=now)
    streams.touch(row, "replay_file")
    seconds = round(sum(piece.length_ms for _, piece in made) / 1000)
    journal.write(row, Event.REPLAY_READY, actor=WORKER, now=now, seconds=seconds)
    return True


def _place(part: Broadcast, piece: joining.Piece) -> None:
    """The broadcast knows where it lies in the replay, or why it does not."""
    row = Broadcast.objects.filter(pk=part.pk)
    if piece.refusal:
        row.update(state=Part.FAILED, last_error=piece.refusal, replay_start_ms=None)
    else:
        row.update(replay_start_ms=piece.start_ms, duration_ms=piece.length_ms)


def _hold(replay: Replay) -> LiveStream | None:
    """The livestream, locked; None where it was deleted in the meantime."""
    try:
        return streams.locked(replay.pk)
    except NotFound:
        return None


@transaction.atomic
def _failed(replay: Replay, error: str, *, again: datetime | None, now: datetime) -> None:
    """Try again later, or leave it to staff."""
    row = _hold(replay)
    state = State.WAITING if again else State.FAILED
    changes = {"state": state, "due_at": again or now, "last_error": error}
    if row is None or not Replay.objects.of_attempt(replay).update(**changes):
        return
    if not again:
        journal.write(row, Event.RECORDING_FAILED, actor=WORKER, now=now)


@transaction.atomic
def retry(*, stream: LiveStream, actor: Actor, now: datetime) -> None:
    """Staff start a replay that failed again. Raises IllegalMove for one that did not fail."""
    row = streams.locked(stream.pk)
    failed = Replay.objects.filter(pk=row.pk, state=State.FAILED)
    if not failed.update(state=State.WAITING, attempts=0, due_at=now, last_error=""):
        raise IllegalMove("Only a replay that failed can be tried again.")
    journal.write(row, Event.CHANGED, actor=actor, now=now, fields=["replay"])
    jobs.enqueue("prepare_replay", row.pk)
