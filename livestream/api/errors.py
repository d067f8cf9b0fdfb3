"""Errors on the wire: one table from exceptions to statuses, and one shape (contract C)."""

import json
import logging

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpResponse, UnreadablePostError

from livestream.errors import (
    AccessDenied,
    IllegalMove,
    InsufficientScope,
    Invalid,
    LivestreamError,
    NotEndable,
    NotFound,
    NotLive,
    RateLimited,
    TooLarge,
    Unauthorized,
    Unavailable,
    UnsupportedMediaType,
    VendorError,
    VendorRejected,
    VendorUnavailable,
)

log = logging.getLogger(__name__)


class TokenRefused(Unauthorized):
    """There is a token, and it is unknown, expired or revoked: the client should get another one."""


class ScopeMissing(InsufficientScope):
    """`scope` is what the token lacks."""

    def __init__(self, *, scope: str) -> None:
        super().__init__()
        self.scope = scope


class MethodNotAllowed(LivestreamError):
    """The address is right and the method is not. `allowed` is the Allow header."""

    def __init__(self, *, allowed: str) -> None:
        super().__init__(f"This address takes {allowed} only")
        self.allowed = allowed


WIRE: dict[type[Exception], int] = {
    Invalid: 400,
    NotEndable: 400,
    UnreadablePostError: 400,
    SuspiciousOperation: 400,  # Too many parameters, for one.
    Unauthorized: 401,
    AccessDenied: 401,
    InsufficientScope: 403,
    NotFound: 404,
    Http404: 404,
    MethodNotAllowed: 405,
    IllegalMove: 409,
    TooLarge: 413,
    UnsupportedMediaType: 415,
    NotLive: 422,
    RateLimited: 429,
    VendorError: 502,
    VendorUnavailable: 503,
    Exception: 503,  # The database or the bus does not answer, or a fault of ours.
}
# What is said for exceptions whose own words are not meant for the caller.
SENTENCES: dict[int, str] = {
    400: Invalid.sentence,
    404: "There is no such address in this API, its documentation is at /api/docs",
    503: Unavailable.sentence,
}
# A hosted account that refuses our own key says nothing about the caller's token.
KEPT = {status for status in range(400, 500) if status not in (401, 403, 407, 429)}


def error_response(exc: Exception) -> HttpResponse:
    """`{"error": "<sentence>"}` with its status. What is our fault is logged and not shown."""
    status = status_of(exc)
    if status >= 500:
        log.error("An API call failed: %s", type(exc).__name__, exc_info=exc)
    sentence = exc.message if isinstance(exc, LivestreamError) else SENTENCES[status]
    return HttpResponse(
        json.dumps({"error": sentence}),
        status=status,
        content_type="application/json",
        headers=_headers(exc),
    )


def status_of(exc: Exception) -> int:
    """The first row of the table that fits; a hosted account's own refusal keeps its status."""
    if isinstance(exc, VendorRejected) and exc.status in KEPT:
        return exc.status
    return next(WIRE[kind] for kind in type(exc).__mro__ if kind in WIRE)


def _headers(exc: Exception) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if isinstance(exc, Unauthorized | AccessDenied | InsufficientScope):
        headers["WWW-Authenticate"] = _challenge(exc)
    if isinstance(exc, MethodNotAllowed):
        headers["Allow"] = exc.allowed
    if isinstance(exc, RateLimited | VendorUnavailable) and exc.retry_after is not None:
        headers["Retry-After"] = str(exc.retry_after)
    return headers


def _challenge(exc: Exception) -> str:
    """RFC 6750: an error is named only where another token would help."""
    if isinstance(exc, TokenRefused):
        return f'Bearer error="invalid_token", error_description="{exc.message}"'
    if isinstance(exc, ScopeMissing):
        return f'Bearer error="insufficient_scope", scope="{exc.scope}"'
    return "Bearer"
