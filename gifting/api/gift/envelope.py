"""The envelope of every answer: a header with code, status and message, and a body."""

import json
import logging
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import Http404, HttpResponse, UnreadablePostError

from gifting.api.errors import MethodNotAllowed
from gifting.api.gift.paths import AskAgain
from gifting.errors import (
    AlreadyGiven,
    GiftingError,
    GiftOver,
    GiftUnknown,
    Invalid,
    KeyBlocked,
    PackUnknown,
    RateLimited,
    SameUser,
    TooLarge,
    Unauthorized,
    UnsupportedMediaType,
)

log = logging.getLogger(__name__)

SUCCESS = {"code": "0000", "status": "success", "message": "success"}
# Of what was asked, the status and the code; of the code, the words.
WIRE: dict[type[Exception], tuple[int, str]] = {
    Invalid: (400, "2000"),
    TooLarge: (400, "2000"),
    UnsupportedMediaType: (400, "2000"),
    UnreadablePostError: (400, "2000"),
    SuspiciousOperation: (400, "2000"),  # Too many parameters, for one.
    BadRequest: (400, "2000"),
    AskAgain: (307, "2000"),
    Http404: (404, "2000"),
    MethodNotAllowed: (405, "2000"),
    PackUnknown: (404, "2001"),
    GiftUnknown: (404, "2002"),
    AlreadyGiven: (409, "2003"),
    SameUser: (400, "2004"),
    GiftOver: (410, "2005"),
    Unauthorized: (401, "9000"),
    KeyBlocked: (403, "9001"),
    RateLimited: (429, "9009"),
    Exception: (500, "1000"),  # The database does not answer, or a fault of ours.
}
WORDS = {
    "1000": "server error",
    "2000": "invalid parameter",
    "2001": "no such package",
    "2002": "no such gift to confirm",
    "2003": "the receiver already owns or was already sent this pack",
    "2004": "sender and receiver are the same",
    "2005": "the gift expired or was revoked",
    "9000": "non exist apikey",
    "9001": "key blocked",
    "9009": "too many requests",
}
SENTENCES: dict[type[Exception], str] = {
    Http404: "There is no such call in this API. Its documentation is at /v1/docs.",
    AskAgain: "A user id holds an encoded slash. Follow the redirect, which tells where.",
}


def success(body: Any) -> HttpResponse:
    """`body` in the envelope; no cache keeps it."""
    return _reply(200, SUCCESS, body)


def error(exc: Exception) -> HttpResponse:
    """The status and code of an exception. What is our fault is logged and not shown."""
    status, code = next(WIRE[kind] for kind in type(exc).__mro__ if kind in WIRE)
    if status >= 500:
        log.error("A call of the gift API failed: %s", type(exc).__name__, exc_info=exc)
    response = _reply(status, header(code, _detail(exc) if code == "2000" else ""), [])
    if isinstance(exc, MethodNotAllowed):
        response["Allow"] = exc.allowed
    if isinstance(exc, AskAgain):
        response["Location"] = exc.location
    if isinstance(exc, RateLimited):
        response["Retry-After"] = str(exc.retry_after)
    return response


def header(code: str, detail: str = "") -> dict[str, str]:
    """The header of a failure: the words of the contract, and what exactly is wrong."""
    return {"code": code, "status": "fail", "message": f"{WORDS[code]}: {detail}" if detail else WORDS[code]}


def _detail(exc: Exception) -> str:
    return exc.message if isinstance(exc, GiftingError) else SENTENCES.get(type(exc), "")


def _reply(status: int, head: dict[str, str], body: Any) -> HttpResponse:
    return HttpResponse(
        json.dumps({"header": head, "body": body}),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
