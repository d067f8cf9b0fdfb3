"""Errors on the wire: one table from exceptions to status and code, and one shape (contract A)."""

import logging

from django.http import Http404, HttpResponse, JsonResponse, UnreadablePostError

from gifting.errors import (
    CridTaken,
    GiftingError,
    Invalid,
    Locked,
    NotFound,
    OffsetConflict,
    RateLimited,
    TooLarge,
    Unauthorized,
    Unavailable,
    UnsupportedMediaType,
)

log = logging.getLogger(__name__)


class MethodNotAllowed(GiftingError):
    """The address is right and the method is not. `allowed` is the Allow header."""

    code = "method_not_allowed"

    def __init__(self, *, allowed: str) -> None:
        super().__init__(f"This address does not take that method. Use one of: {allowed}.")
        self.allowed = allowed


WIRE: dict[type[Exception], tuple[int, str]] = {
    Invalid: (400, "invalid"),
    UnreadablePostError: (400, "invalid"),
    Unauthorized: (401, "unauthorized"),
    NotFound: (404, "not_found"),
    Http404: (404, "not_found"),
    MethodNotAllowed: (405, "method_not_allowed"),
    CridTaken: (409, "crid_taken"),
    Locked: (409, "locked"),
    OffsetConflict: (409, "offset_conflict"),
    TooLarge: (413, "too_large"),
    UnsupportedMediaType: (415, "unsupported_media_type"),
    RateLimited: (429, "rate_limited"),
    Unavailable: (503, "unavailable"),
    Exception: (503, "unavailable"),  # The database does not answer, or a fault of ours.
}
# What is said for exceptions whose own words are not meant for the caller.
SENTENCES = {
    "invalid": "The request broke off before it was complete. Send it again.",
    "not_found": "There is no such address in this API. Its documentation is at /v3/docs.",
    "unavailable": "The service cannot answer right now. Try again in a moment.",
}


def error_response(exc: Exception) -> HttpResponse:
    """`{"error", "message", "fields"?}` with its status. What is our fault is logged and not shown."""
    status, code = next(WIRE[kind] for kind in type(exc).__mro__ if kind in WIRE)
    if status >= 500:
        log.error("An API call failed: %s", type(exc).__name__, exc_info=exc)
    body: dict[str, object] = {"error": code, "message": SENTENCES.get(code, "")}
    if isinstance(exc, GiftingError):
        body["message"] = exc.message
        body |= {"fields": exc.fields} if exc.fields else {}
    return JsonResponse(body, status=status, headers=_headers(exc))


def _headers(exc: Exception) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if isinstance(exc, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(exc, MethodNotAllowed):
        headers["Allow"] = exc.allowed
    if isinstance(exc, RateLimited):
        headers["Retry-After"] = str(exc.retry_after)
    return headers
