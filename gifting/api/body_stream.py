"""Where a request's body is read from."""

from typing import Protocol

from django.http import HttpRequest


class Readable(Protocol):
    """What a body is read from."""

    def read(self, size: int, /) -> bytes: ...


def body_stream(request: HttpRequest) -> Readable:
    """Under WSGI Django takes a chunked body for an empty one; where the server marks its end, it is read."""
    if request.META.get("wsgi.input_terminated") and "CONTENT_LENGTH" not in request.META:
        chunked: Readable = request.META["wsgi.input"]
        return chunked
    return request
