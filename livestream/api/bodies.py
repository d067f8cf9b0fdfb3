"""Request bodies: read within the limit, and a JSON object."""

import json
from typing import Any, Protocol

from django.http import HttpRequest

from livestream.conf import conf
from livestream.errors import Invalid, TooLarge, UnsupportedMediaType


class Readable(Protocol):
    """What a body is read from."""

    def read(self, size: int, /) -> bytes: ...


def read_object(request: HttpRequest) -> dict[str, Any]:
    """The body as a JSON object; an absent one counts as `{}`.

    Raises TooLarge, UnsupportedMediaType, and Invalid for what is no JSON object.
    """
    body = read_bytes(request, limit=conf().MAX_BODY_BYTES)
    if not body:
        return {}
    if (request.content_type or "application/json") != "application/json":
        raise UnsupportedMediaType
    try:
        said = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Invalid("Request body is not valid JSON") from None
    if not isinstance(said, dict):
        raise Invalid("Request body must be a JSON object")
    return said


def read_bytes(request: HttpRequest, *, limit: int) -> bytes:
    """The whole body. Raises TooLarge; no more is read than it takes to know."""
    stream, body = _stream(request), b""
    while piece := stream.read(limit + 1 - len(body)):
        body += piece
        if len(body) > limit:
            raise TooLarge(f"Request body is too large, at most {limit} bytes are accepted")
    return body


def _stream(request: HttpRequest) -> Readable:
    """Under WSGI Django takes a chunked body for an empty one; where the server marks its end, it is read."""
    if request.META.get("wsgi.input_terminated") and "CONTENT_LENGTH" not in request.META:
        chunked: Readable = request.META["wsgi.input"]
        return chunked
    return request
