"""Files of livestreams: what a media server recorded on its disk, and what is kept in the storage."""

import logging
import time
from collections.abc import Iterable
from pathlib import Path

from django.core.files import File

from livestream.conf import conf
from livestream.errors import RecordingUnusable
from livestream.media.reading import OutOfTime, Span
from livestream.models import Broadcast, LiveStream
from livestream.models.files import live_storage

log = logging.getLogger(__name__)
LONGEST_PATH = 500
KILLED = "The worker was stopped in the middle, each time that it tried."


class Movable(File):  # type: ignore[type-arg]
    """A finished file that a storage on the same disk may take as it is: hours of video are not copied."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def check_path(stream: LiveStream, path: str) -> None:
    """Raises RecordingUnusable for a path that cannot be a recording of this livestream."""
    if conf().RECORDINGS_DIR or len(path) > LONGEST_PATH:
        _own(stream, path)


def _own(stream: LiveStream, path: str) -> Path:
    """The file in RECORDINGS_DIR that is named after this livestream, links resolved.

    No other: whoever knows a stream key must not reach other files of this machine, or another show's.
    """
    if not conf().RECORDINGS_DIR:
        raise RecordingUnusable("RECORDINGS_DIR is not set: recordings cannot be read. Set it, then retry.")
    try:
        file = Path(path).resolve()
        top = file.relative_to(Path(conf().RECORDINGS_DIR).resolve()).parts[:1]
    except (ValueError, OSError):
        raise _foreign(stream) from None
    is_named = top == (stream.public_id,) or "".join(top).startswith(f"{stream.public_id}-")
    if not is_named or len(path) > LONGEST_PATH:
        raise _foreign(stream)
    return file


def _foreign(stream: LiveStream) -> RecordingUnusable:
    log.warning("A recording of livestream %s was refused: no file of its own.", stream.pk)
    return RecordingUnusable("The recording does not lie in RECORDINGS_DIR under the livestream's own name.")


def span_of(broadcast: Broadcast) -> Span:
    """Its recording, for as long as a worker may take. Raises RecordingUnusable, FileNotFoundError."""
    file = _own(broadcast.stream, broadcast.source)
    if file.stat().st_size > conf().MAX_RECORDING_BYTES:
        raise RecordingUnusable("The recording is larger than MAX_RECORDING_BYTES. Raise it, then retry.")
    deadline = time.monotonic() + conf().REPLAY_TIMEOUT_SECONDS
    return Span(path=file, skip_ms=broadcast.skip_ms, deadline=deadline)


def trouble(error: Exception) -> str:
    """What went wrong with a recording, and what staff can do."""
    if isinstance(error, FileNotFoundError):
        return "The recording is not there. Put it back, or let the worker reach its folder, then retry."
    if isinstance(error, OutOfTime):
        limit = conf().REPLAY_TIMEOUT_SECONDS
        return f"It took more than {limit} s. Raise REPLAY_TIMEOUT_SECONDS, then retry."
    return f"{type(error).__name__}: {error}"[:500]


def folder_of(stream: LiveStream) -> str:
    """Where the storage keeps what belongs to this livestream."""
    return f"live/{stream.public_id}"


def keep(name: str, path: Path) -> str:
    """Put a finished file into the storage; the name that it got there. `path` may be gone afterwards."""
    with path.open("rb") as file:
        return live_storage().save(name, Movable(file, name=str(path)))


def delete(names: Iterable[str]) -> None:
    """Remove files; one that is gone already is no error."""
    for name in filter(None, names):
        live_storage().delete(name)
