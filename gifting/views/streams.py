"""A stored file as an HTTP answer: whole, in part, unchanged, or refused (RFC 9110, sections 13 and 14)."""

from collections.abc import Iterator, Mapping
from typing import IO

from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from gifting.views.ranges import ByteRange, Unsatisfiable, wanted_range

BLOCK = 256 * 1024
CONDITIONS = {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_MODIFIED_SINCE"}


class FilePart:
    """Some bytes of an open file, in blocks. Whoever sends them closes the file, read or not."""

    def __init__(self, file: IO[bytes], part: ByteRange) -> None:
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


def stream(
    request: HttpRequest, field: FieldFile, *, etag: str, headers: Mapping[str, str]
) -> HttpResponseBase:
    """The file, or what the request's conditions and range make of it. `etag` is strong and quoted.

    Raises FileNotFoundError where the storage does not have the file.
    """
    headers = {**headers, "Accept-Ranges": "bytes", "ETag": etag}
    if (unchanged := _unchanged(request, etag=etag, headers=headers)) is not None:
        return unchanged
    file = field.storage.open(str(field.name))
    size = file.size
    try:
        part = _wanted(request, etag=etag, size=size)
    except Unsatisfiable:
        file.close()
        return HttpResponse(
            status=416, headers={"Accept-Ranges": "bytes", "Content-Range": f"bytes */{size}"}
        )
    return _send(request, file, part, size=size, headers=headers)


def _unchanged(request: HttpRequest, *, etag: str, headers: Mapping[str, str]) -> HttpResponse | None:
    """304 or 412, where the request has conditions and they say so."""
    if not CONDITIONS.intersection(request.META):
        return None
    response = HttpResponse(headers=dict(headers))
    answer = get_conditional_response(request, etag=etag, response=response)
    return None if answer is response else answer


def _wanted(request: HttpRequest, *, etag: str, size: int) -> ByteRange | None:
    """Only GET has ranges, and a part of another version of the file would be of no use."""
    header = request.headers.get("Range", "")
    unchanged = request.headers.get("If-Range", etag) == etag
    return wanted_range(header, size=size) if request.method == "GET" and unchanged else None


def _send(
    request: HttpRequest, file: IO[bytes], part: ByteRange | None, *, size: int, headers: dict[str, str]
) -> HttpResponseBase:
    status = 206 if part else 200
    if part:
        headers["Content-Range"] = part.content_range(size)
    part = part or ByteRange(0, size - 1)
    headers["Content-Length"] = str(part.length)
    if request.method == "HEAD":
        file.close()
        return HttpResponse(status=status, headers=headers)
    return StreamingHttpResponse(FilePart(file, part), status=status, headers=headers)
