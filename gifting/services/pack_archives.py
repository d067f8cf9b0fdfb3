"""Where many pictures come from at once: a ZIP file or a folder. Nothing is unpacked to a disk."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gifting.errors import Invalid
from gifting.services.pack_pictures import MAX_PICTURE_BYTES

MAX_TOTAL_BYTES = 100_000_000
MAX_ZIP_BYTES = 110_000_000  # With room for what a ZIP says of its files.
MAX_FILES = 5_000
MAX_DIRECTORY_BYTES = 1_000_000
LONGEST_END = 65_557  # The end record, with the longest comment that it can have.
READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
NOTHING = gettext_lazy("There are no pictures in it. Name them as in 118/main.png and 118/01.png.")
JUNK = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A file somewhere in the archive. `read` raises Invalid with what is wrong."""

    path: str
    read: Callable[[], bytes]


def zip_entries(file: IO[bytes]) -> Iterator[Entry]:
    """The files of a ZIP. Raises Invalid if it is none, or would be too large once unpacked."""
    _refuse_huge_directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, struct.error) as exc:
        raise Invalid(_("This is no ZIP file, or it is damaged.")) from exc
    found = [info for info in archive.infolist() if not info.is_dir() and not _is_junk(info.filename)]
    _refuse_too_much([info.file_size for info in found])
    for info in found:
        yield Entry(info.filename, partial(_read_zipped, archive, info))


def check_zip(file: IO[bytes]) -> None:
    """Reads no picture. Raises Invalid if it is no ZIP, has no files, is too large, or would be unpacked."""
    if file.seek(0, 2) > MAX_ZIP_BYTES:
        _refuse_too_much([MAX_ZIP_BYTES])
    if next(zip_entries(file), None) is None:
        raise Invalid(str(NOTHING))


def folder_entries(folder: Path) -> Iterator[Entry]:
    """The files two levels down. Raises Invalid if they are too many or too large together."""
    found = [path for path in sorted(folder.glob("*/*")) if path.is_file()]
    found = [path for path in found if not _is_junk(_name(path, folder))]
    _refuse_too_much([path.stat().st_size for path in found])
    for path in found:
        yield Entry(_name(path, folder), partial(_read_file, path))


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _is_junk(name: str) -> bool:
    """What systems leave beside the files of people: `.DS_Store`, `Thumbs.db`."""
    parts = name.split("/")
    return any(part in JUNK or (part.startswith(".") and not part.startswith("..")) for part in parts)


def _refuse_too_much(sizes: list[int]) -> None:
    if len(sizes) > MAX_FILES:
        raise Invalid(_("There are too many files: at most 5,000 are accepted at once."))
    if sum(sizes) > MAX_TOTAL_BYTES:
        raise Invalid(_("The pictures are too large together: at most 100 MB are accepted at once."))


def _refuse_huge_directory(file: IO[bytes]) -> None:
    """Python reads the list of all files at once: a small ZIP could name millions."""
    size = file.seek(0, 2)
    file.seek(max(0, size - LONGEST_END))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        raise Invalid(_("This is no ZIP file, or it is damaged."))
    (directory,) = struct.unpack_from("<I", tail, end + 12)
    if directory > MAX_DIRECTORY_BYTES or tail[end - 20 : end].startswith(b"PK\x06\x07"):
        raise Invalid(_("There are too many files: at most 5,000 are accepted at once."))


def _read_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """At most one byte more than a picture may have, whatever the ZIP says of its size."""
    if info.flag_bits & 1 or info.compress_type not in READABLE:
        raise Invalid(_("The file is encrypted or packed in a rare way. Make the ZIP again without."))
    try:
        with archive.open(info) as file:
            return file.read(MAX_PICTURE_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as exc:
        raise Invalid(_("The file is damaged inside the ZIP.")) from exc


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_PICTURE_BYTES + 1)
    except OSError as exc:
        raise Invalid(_("The file cannot be read: %(reason)s.") % {"reason": exc.strerror}) from exc
