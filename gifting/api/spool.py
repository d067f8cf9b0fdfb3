"""A chunk's body: read in pieces within a limit, in memory while it is small, else in a temporary file."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Protocol

from django.http import HttpRequest

from gifting.api.tus import Checksum
from gifting.errors import Invalid, TooLarge

PIECE = 65_536
IN_MEMORY = 2_000_000


class Readable(Protocol):
    """What a body is read from."""

    def read(self, size: int, /) -> bytes: ...


@contextmanager
def spooled(
    request: HttpRequest, *, limit: int, checksum: Checksum | None
) -> Iterator[tuple[IO[bytes], int]]:
    """The body and its size in bytes. Where the connection breaks, what arrived is the body.

    Raises TooLarge for more than `limit` bytes, at once where the size is declared; ChecksumMismatch.
    """
    if _declared(request) > limit:
        raise _too_large(limit)
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        size = _copy(_stream(request), file, limit, checksum)
        if checksum:
            checksum.verify()
        file.seek(0)
        yield file, size


def _copy(stream: Readable, file: IO[bytes], limit: int, checksum: Checksum | None) -> int:
    size = 0
    while piece := _read(stream):
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        file.write(piece)
        if checksum:
            checksum.running.update(piece)
    return size


def _read(stream: Readable) -> bytes:
    try:
        return stream.read(PIECE)
    except OSError:
        return b""


def _stream(request: HttpRequest) -> Readable:
    """Django takes a chunked body for an empty one under WSGI; servers that mark its end let us read it."""
    if request.META.get("wsgi.input_terminated") and "CONTENT_LENGTH" not in request.META:
        stream: Readable = request.META["wsgi.input"]
        return stream
    return request


def _declared(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not said.isdecimal():
        raise Invalid("The header Content-Length must be a number of bytes.")
    return int(said)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The request has too many bytes: at most {limit} are accepted here. Send smaller chunks."
    )
