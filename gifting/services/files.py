"""Files in the gift storage. Whatever a storage raises is Unavailable to the caller."""

import logging
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Protocol, cast

from django.core.files import File

from gifting.errors import GiftingError, Unavailable
from gifting.models import Recording, Upload
from gifting.models.files import gift_storage

log = logging.getLogger(__name__)
REFUSALS = 5  # Refused so often in one run a storage is down: each further file would only keep us waiting.


def parts_folder(upload: Upload) -> str:
    """Where the parts of an upload are kept."""
    return f"uploads/{upload.uid}"


def recording_folder(recording: Recording) -> str:
    """Where the video and the poster of a recording are kept."""
    return f"gifts/{recording.container.urid}/{recording.pk}"


class Readable(Protocol):
    """What is read once, from its beginning to its end."""

    def read(self, size: int = ..., /) -> bytes: ...


def store(name: str, content: Readable) -> str:
    """Keep `content` and return the name that it got. What `content` raises itself leaves nothing behind."""
    try:
        with _answering():
            return gift_storage().save(name, File(cast(IO[bytes], content)))
    except GiftingError:
        with suppress(Unavailable):
            delete([name])
        raise


def is_there(name: str) -> bool:
    """Does the storage have the file?"""
    with _answering():
        return gift_storage().exists(name)


def copy(name: str, target: IO[bytes]) -> None:
    """Write a stored file to `target`, a block at a time."""
    with _answering(), gift_storage().open(name) as file:
        shutil.copyfileobj(file, target)


def delete(names: Iterable[str]) -> None:
    """Remove files; one that is gone already is no error."""
    with _answering():
        for name in filter(None, names):
            gift_storage().delete(name)


def delete_folder(folder: str) -> None:
    """Remove a folder with all its files: also those that a killed process stored and no row names."""
    storage = gift_storage()
    with _answering():
        for name in _listed(folder):
            storage.delete(f"{folder}/{name}")
        with suppress(OSError):  # On a disk a folder is a thing of its own, perhaps in use again.
            storage.delete(folder)


def _listed(folder: str) -> list[str]:
    try:
        return gift_storage().listdir(folder)[1]
    except FileNotFoundError:
        return []


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except GiftingError:
        raise
    except Exception as exc:  # Every storage has errors of its own.
        log.warning("The gift storage failed: %s", type(exc).__name__, exc_info=True)
        raise Unavailable("The storage for videos does not answer right now. Try again in a moment.") from exc
