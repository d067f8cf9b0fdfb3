"""The documents of `/v3` and our words, in both directions: pure functions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gifting.backends.base import GiftFacts, OpenedGift
from gifting.dto import NewContainer
from gifting.errors import (
    CridTaken,
    GiftingError,
    Invalid,
    Locked,
    NotFound,
    VendorRejected,
    VendorUnavailable,
)

UNKNOWN_FORM = "The account answered in a form that we do not know."
REFUSALS: dict[int, type[GiftingError]] = {400: Invalid, 404: NotFound}
LONGEST_URL = 500
LONGEST = {"urid": 100, "editKey": 200}
CONFLICTS: dict[str, type[GiftingError]] = {"crid_taken": CridTaken, "locked": Locked}


def opening(request: NewContainer) -> dict[str, Any]:
    """The body that opens a gift; what is not said is left out."""
    said = {
        "crid": request.crid,
        "email": request.email,
        "receiverEmail": request.receiver_email,
        "language": request.language,
        "additionalData": request.additional_data,
    }
    return {name: value for name, value in said.items() if value}


def opened_gift(document: Any) -> OpenedGift:
    """What opening answered. Raises VendorUnavailable where it lacks what the widget needs."""
    links = document.get("links") if isinstance(document, dict) else None
    links = links if isinstance(links, dict) else {}
    return OpenedGift(
        crid=_text(document, "crid"),
        urid=_required(document, "urid"),
        state=_text(document, "state"),
        edit_key=_required(document, "editKey"),
        recording_url=_url(links, "recordingUrl"),
        preview_url=_url(links, "previewUrl"),
    )


def gift_facts(document: Any) -> GiftFacts:
    """What looking at a gift answered. Raises VendorUnavailable as `opened_gift` does."""
    return GiftFacts(
        opened=opened_gift(document),
        recorded_at=_time(document, "recordedAt"),
        activated_at=_time(document, "activatedAt"),
        delivered_at=_time(document, "deliveredAt"),
        expires_at=_time(document, "expiresAt"),
    )


def address(document: Any) -> str:
    """The address in the answer of `/url`. Raises VendorUnavailable where there is none."""
    found = _url(document, "url")
    if not found:
        raise VendorUnavailable(UNKNOWN_FORM)
    return found


def refusal(status: int, document: Any) -> GiftingError:
    """The error that a status other than success stands for."""
    word, message = _said(document, "error"), _said(document, "message")
    if status in (401, 403):
        return VendorRejected("The account refuses our key: check LIVSTICK_KEY.", status=status, word=word)
    kind = CONFLICTS.get(word) if status == 409 else REFUSALS.get(status)
    if kind is None:
        return VendorRejected(f"The account refused (status {status}).", status=status, word=word)
    return kind(message or f"The account refused (status {status}).", fields=_fields(document))


def _said(document: Any, name: str) -> str:
    value = document.get(name) if isinstance(document, dict) else None
    return value if isinstance(value, str) else ""


def _fields(document: Any) -> Mapping[str, str]:
    fields = document.get("fields") if isinstance(document, dict) else None
    return {str(name): str(problem) for name, problem in fields.items()} if isinstance(fields, dict) else {}


def _text(document: Any, name: str) -> str:
    """An optional text. Raises VendorUnavailable where something else is in its place."""
    if not isinstance(document, dict):
        raise VendorUnavailable(UNKNOWN_FORM)
    value = document.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST.get(name, LONGEST_URL) or not value.isprintable():
        raise VendorUnavailable(UNKNOWN_FORM)
    return value


def _required(document: Any, name: str) -> str:
    value = _text(document, name)
    if not value.strip():
        raise VendorUnavailable(UNKNOWN_FORM)
    return value


def _url(document: Any, name: str) -> str:
    """An optional address. One that a browser would not simply open is a malformed answer."""
    value = _text(document, name)
    if value and not value.startswith(("https://", "http://")):
        raise VendorUnavailable(UNKNOWN_FORM)
    return value


def _time(document: Any, name: str) -> datetime | None:
    """An optional moment, with its time zone."""
    value = _text(document, name)
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise VendorUnavailable(UNKNOWN_FORM) from None
    if moment.tzinfo is None:
        raise VendorUnavailable(UNKNOWN_FORM)
    return moment
