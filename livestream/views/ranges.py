"""A stored file as an HTTP answer: whole, or the one part that a player asks for (RFC 9110, section 14)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

BLOCK = 256 * 1024
SPEC = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class Unsatisfiable(Exception):
    """The range lies past the end of the file: 416."""


@dataclass(frozen=True, slots=True)
class Part:
    """From `start` up to and including `end`, in bytes."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start + 1


class Blocks:
    """Some bytes of an open file. Whoever sends them closes the file, read or not."""

    def __init__(self, file: IO[bytes], part: Part) -> None:
        self.file = file
        self.part = part

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(self.part.start)
        left = self.part.length
        while left and (block := self.file.read(min(BLOCK, left))):
            left -= len(block)
            yield block

    def close(self) -> None:
        self.file.close()


def wanted(header: str, *, size: int) -> Part | None:
    """The part asked for; None where the whole file is the answer, as for all that is malformed or several.

    Raises Unsatisfiable.
    """
    match = SPEC.fullmatch(header.replace(" ", ""))
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last), size - 1) if first and last else size - 1
    if first and last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return Part(start, end)


def send(
    request: HttpRequest, field: FieldFile, *, etag: str, headers: Mapping[str, str]
) -> HttpResponseBase:
    """The file, or a part of it, or 304. `etag` is strong and quoted. Raises FileNotFoundError."""
    headers = {**headers, "Accept-Ranges": "bytes", "ETag": etag}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    file = field.storage.open(str(field.name))
    size = file.size
    try:
        part = _wanted(request, etag=etag, size=size)
    except Unsatisfiable:
        file.close()
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    if part:
        headers["Content-Range"] = f"bytes {part.start}-{part.end}/{size}"
    return _send(request, file, part or Part(0, size - 1), status=206 if part else 200, headers=headers)


def _wanted(request: HttpRequest, *, etag: str, size: int) -> Part | None:
    """Only GET has ranges, and a part of another version of the file would be of no use."""
    is_same = request.headers.get("If-Range", etag) == etag
    return (
        wanted(request.headers.get("Range", ""), size=size) if request.method == "GET" and is_same else None
    )


def _send(
    request: HttpRequest, file: IO[bytes], part: Part, *, status: int, headers: dict[str, str]
) -> HttpResponseBase:
    headers["Content-Length"] = str(part.length)
    if request.method == "HEAD":
        file.close()
        return HttpResponse(status=status, headers=headers)
    return StreamingHttpResponse(Blocks(file, part), status=status, headers=headers)
