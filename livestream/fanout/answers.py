"""Answers of the events endpoint that are no stream of events: refusals, and what browsers ask first."""

import json
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from livestream.errors import LivestreamError, NotFound, RateLimited, Unauthorized, Unavailable

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Sequence[tuple[bytes, bytes]]

ANY_ORIGIN = (b"access-control-allow-origin", b"*")  # a ticket lets in, no cookie does
PREFLIGHT = (
    (b"access-control-allow-methods", b"GET"),
    (b"access-control-allow-headers", b"last-event-id, cache-control"),
    (b"access-control-max-age", b"86400"),
)
STATUS: tuple[tuple[type[LivestreamError], int], ...] = (
    (Unauthorized, 403),
    (NotFound, 404),
    (RateLimited, 429),
    (Unavailable, 503),
)


async def refuse(send: Send, error: LivestreamError, *headers: tuple[bytes, bytes]) -> None:
    """The error's sentence as JSON."""
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 400)
    wait = getattr(error, "retry_after", 5 if status == 503 else 0)
    more = [(b"retry-after", str(wait).encode())] if wait else []
    await answer(send, status, {"error": error.message}, [*more, *headers])


async def answer(send: Send, status: int, document: object = None, headers: Headers = ()) -> None:
    """A whole answer; without a document it has no body."""
    body = b"" if document is None else json.dumps(document).encode()
    kind = [] if document is None else [(b"content-type", b"application/json")]
    length = [] if status == 204 else [(b"content-length", str(len(body)).encode())]
    start = [ANY_ORIGIN, (b"cache-control", b"no-store"), *kind, *length, *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})
