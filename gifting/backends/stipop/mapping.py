"""The documents of `/v1` in our words: pure functions."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from gifting.backends.packs import GivenPack, PackFacts, Page, StickerFacts
from gifting.errors import (
    AlreadyGiven,
    GiftingError,
    GiftOver,
    GiftUnknown,
    Invalid,
    PackUnknown,
    SameUser,
    VendorRejected,
    VendorUnavailable,
)
from gifting.http import Reply
from gifting.names import one_line

Item = TypeVar("Item")
UNKNOWN_FORM = "The account answered in a form that we do not know."
SUCCESS = "0000"
LONGEST_TEXT, LONGEST_SAID = 2000, 300
YES_NO = {"Y": True, "N": False, "": False}
REFUSALS: dict[str, tuple[type[GiftingError], str]] = {
    "2000": (Invalid, "The account does not accept this"),
    "2001": (PackUnknown, "The account has no pack with this number."),
    "2002": (GiftUnknown, "This user was not sent this pack by that user."),
    "2003": (AlreadyGiven, "This user has the pack already, or was sent it."),
    "2004": (SameUser, "Sender and receiver are the same user."),
    "2005": (GiftOver, "This gift has expired or was taken back."),
}
BUSY = {
    "1000": "The account has trouble of its own.",
    "9009": "The account asks to be called less often.",
}
KEYS = {
    "9000": "The account does not know our key: check STIPOP_KEY.",
    "9001": "The account has blocked our key: ask there why.",
    **dict.fromkeys(["9002", "9003"], "The account wants users to sign in: switch that off there."),
}


def body(reply: Reply) -> Any:
    """What is in the envelope of a success. Raises what a refusal stands for, and VendorUnavailable where
    there is no envelope.
    """
    document = _document(reply)
    envelope = document if isinstance(document, dict) else {}
    header = envelope.get("header", envelope)  # A token is refused without one.
    code = header.get("code") if isinstance(header, dict) else None
    if not isinstance(code, str):
        raise _unexplained(reply.status)
    if reply.status == 200 and code == SUCCESS:
        return envelope.get("body")
    raise refusal(reply.status, code, header.get("message"))


def refusal(status: int, code: str, message: Any) -> GiftingError:
    """The error that the code of an envelope stands for."""
    if code in BUSY:
        return VendorUnavailable(BUSY[code])
    if code in KEYS or status in (401, 403):
        words = KEYS.get(code, "The account refuses our key: check STIPOP_KEY.")
        return VendorRejected(words, status=status, word=code)
    if code not in REFUSALS:
        return VendorRejected(f"The account refused (code {code[:20]!r}).", status=status, word=code[:20])
    kind, words = REFUSALS[code]
    return kind(f"{words}{_why(message)}" if kind is Invalid else words)


def page(document: Any, read: Callable[[Any], Item]) -> Page[Item]:
    """A list with the length of the whole. Raises VendorUnavailable where it is none."""
    rows = _of(document, "packageList", list)
    total = _number(_of(document, "pageMap", dict), "totalCount", lowest=0)
    return Page(items=tuple(map(read, rows)), total=total)


def one_pack(document: Any) -> PackFacts:
    """The one pack that was asked for. Raises VendorUnavailable where it is none."""
    return pack_facts(_of(document, "package", dict))


def pack_facts(item: Any) -> PackFacts:
    """A pack, with its stickers where they are told. Raises VendorUnavailable for what is none."""
    return PackFacts(
        number=_number(item, "packageId"),
        name=_text(item, "packageName"),
        image_url=_url(item, "packageImg"),
        category=_text(item, "packageCategory"),
        keywords=_text(item, "packageKeywords"),
        is_animated=_flag(item, "packageAnimated"),
        is_new=_flag(item, "isNew"),
        artist=_text(item, "artistName"),
        language=_text(item, "language"),
        is_downloaded=_flag(item, "isDownload"),
        is_wished=_flag(item, "isWish"),
        price=_text(item, "price"),
        stickers=tuple(map(_sticker, _of(item, "stickers", list) if item.get("stickers") else ())),
    )


def given_pack(item: Any) -> GivenPack:
    """A gift in a list. Raises VendorUnavailable for what is none."""
    return GivenPack(
        pack=pack_facts(item),
        sender=_text(item, "sendUserId"),
        receiver=_text(item, "receiveUserId"),
        is_confirmed=_flag(item, "isReceive"),
        sent_at=_time(item, "sendDate"),
        confirmed_at=_time(item, "receiveDate"),
    )


def _sticker(item: Any) -> StickerFacts:
    return StickerFacts(pk=_number(item, "stickerId"), image_url=_url(item, "stickerImg"))


def _document(reply: Reply) -> Any:
    """The body of a refusal may be anything; that of a success must be JSON."""
    try:
        return reply.json()
    except VendorUnavailable:
        if reply.status == 200:
            raise
        return None


def _unexplained(status: int) -> GiftingError:
    if status == 200:
        return VendorUnavailable(UNKNOWN_FORM)
    return VendorRejected(f"The account refused (status {status}): check STIPOP_BASE_URL.", status=status)


def _why(message: Any) -> str:
    """What the account says to an invalid parameter, as one short line."""
    said = one_line(message)[:LONGEST_SAID] if isinstance(message, str) else ""
    return f": {said}" if said else "."


def _of(document: Any, name: str, kind: type[Any]) -> Any:
    found = document.get(name) if isinstance(document, dict) else None
    if not isinstance(found, kind):
        raise VendorUnavailable(UNKNOWN_FORM)
    return found


def _number(document: Any, name: str, lowest: int = 1) -> int:
    found = _of(document, name, int)
    if isinstance(found, bool) or found < lowest:
        raise VendorUnavailable(UNKNOWN_FORM)
    return int(found)


def _text(document: Any, name: str) -> str:
    """An optional text. Raises VendorUnavailable where something else is in its place."""
    value = document.get(name) if isinstance(document, dict) else 0
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise VendorUnavailable(UNKNOWN_FORM)
    return value


def _flag(document: Any, name: str) -> bool:
    try:
        return YES_NO[_text(document, name)]
    except KeyError:
        raise VendorUnavailable(UNKNOWN_FORM) from None


def _url(document: Any, name: str) -> str:
    """An optional address. One that a browser would not simply open is a malformed answer."""
    value = _text(document, name)
    if value and not (value.startswith(("https://", "http://")) and value.isprintable()):
        raise VendorUnavailable(UNKNOWN_FORM)
    return value


def _time(document: Any, name: str) -> datetime | None:
    """An optional moment; without a time zone it is UTC."""
    value = _text(document, name)
    try:
        moment = datetime.fromisoformat(value) if value else None
    except ValueError:
        raise VendorUnavailable(UNKNOWN_FORM) from None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
