"""Reading what carriers write: tolerant of what is missing, strict where it decides on a delivery."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from gifting.carriers.base import ParcelNews
from gifting.dto import ParcelStatus
from gifting.errors import Invalid, VendorUnavailable
from gifting.names import one_line

Row = tuple[ParcelStatus | None, datetime | None, str]
"""A status, when it began, and the carrier's sentence. None: the carrier's word or time says nothing."""

LONGEST_CODE: Final = 100
LONGEST_LABEL: Final = 200
FINAL: Final = (ParcelStatus.DELIVERED, ParcelStatus.RETURNED)
LATEST_SECONDS: Final = 1e11  # Later than any time in seconds, earlier than today in milliseconds.
A_RETURN: Final = re.compile(
    r"\breturn|\bretour|\bzur(?:ü|ue)ck|\br(?:ü|ue)ck(?:send|gabe|gef|lief|trans)", re.IGNORECASE
)
TO_THE_SENDER: Final = re.compile(
    r"\breturn\w*\W+(?:\w+\W+){0,3}?(?:sender|shipper|origin)"
    r"|\bdelivered\W+(?:back\W+)?to\W+(?:the\W+)?(?:sender|shipper)"
    r"|\bretour\w*\W+(?:\w+\W+){0,3}?exp[ée]d"
    r"|\b(?:livr|distribu)\w*\W+[àa]\W+l\W*exp[ée]d"
    r"|\bzur(?:ü|ue)ck\w*\W+(?:\w+\W+){0,4}?absender|\bzur(?:ü|ue)ckge(?:sandt|sendet|schickt)"
    r"|\babsender\w*\W+(?:\w+\W+){0,3}?(?:zur(?:ü|ue)ck|zugestellt)|\br(?:ü|ue)cksend",
    re.IGNORECASE,
)
A_CONDITION: Final = re.compile(
    r"\b(?:if|unless|otherwise|falls|sonst|andernfalls|sofern|si|sinon)\b", re.IGNORECASE
)
BY_SOMEBODY: Final = re.compile(
    r"\b(signed(?: for)? by|(?:received|accepted) by|left with|(?:signée?|reçue?|réceptionnée?) par|remise? à"
    r"|(?:unterschrieben|entgegengenommen|empfangen) von|zugestellt an)\b.*",
    re.IGNORECASE,
)


def document(body: bytes) -> dict[str, Any]:
    """The JSON object of a push. Raises Invalid where it is none."""
    try:
        return entry(json.loads(body), "The body")
    except (ValueError, RecursionError) as exc:
        raise Invalid("The body is not a JSON document.") from exc


@contextmanager
def answer_of(name: str) -> Iterator[None]:
    """An answer that cannot be read is no answer: it raises VendorUnavailable."""
    try:
        yield
    except Invalid as exc:
        raise VendorUnavailable(f"{name} answered, and it cannot be read. {exc.message}") from exc


def entry(value: Any, name: str) -> dict[str, Any]:
    """A JSON object. Raises Invalid, which calls it `name`."""
    if not isinstance(value, dict):
        raise Invalid(f"{name} is not a JSON object.")
    return value


def entries(value: Any, name: str) -> list[dict[str, Any]]:
    """A list of JSON objects; what is missing is empty. Raises Invalid, which calls it `name`."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise Invalid(f"{name} is not a list.")
    return [entry(one, f"A part of {name}") for one in value]


def word(value: Any, name: str) -> str:
    """What kind of document it is. Raises Invalid, which calls it `name`."""
    if not (isinstance(value, str) and value):
        raise Invalid(f"{name} is missing.", fields={name: "Must be a word."})
    return value


def line(value: Any) -> str:
    """Text, or a whole number, on one line; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return one_line(unicodedata.normalize("NFC", str(value)))


def tracking_code(value: Any, name: str) -> str:
    """A code as shipments have it: 1 to 100 characters. Raises Invalid, which calls it `name`."""
    code = line(value)
    if not 1 <= len(code) <= LONGEST_CODE:
        raise Invalid(f"{name} is not a tracking code.", fields={name: "Must have 1 to 100 characters."})
    return code


def bare(code: str) -> str:
    """The letters and digits of a code, as carriers compare them; people type spaces and small letters."""
    return re.sub(r"[^0-9A-Z]", "", code.upper())


def moment(value: Any, zone: tzinfo = UTC) -> datetime | None:
    """A time in ISO 8601, in `zone` where it names none. None where it is not one of this century."""
    try:
        parsed = datetime.fromisoformat(line(value))
        aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)
        return _plausible(aware.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def unix_time(value: Any) -> datetime | None:
    """A time in seconds or milliseconds since 1970. None where it is not one of this century."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return _plausible(datetime.fromtimestamp(value / 1000 if value > LATEST_SECONDS else value, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _plausible(time: datetime) -> datetime | None:
    return time if 2000 <= time.year < 2100 else None


def judged(status: ParcelStatus | None, sentence: str) -> ParcelStatus | None:
    """The status, or RETURNED where the sentence tells of a return that the status hides."""
    hidden = status is ParcelStatus.DELIVERED and A_RETURN.search(sentence)
    if hidden or (TO_THE_SENDER.search(sentence) and not A_CONDITION.search(sentence)):
        return ParcelStatus.RETURNED
    return status


def story(code: str, rows: Iterable[Row]) -> list[ParcelNews]:
    """The news that the rows tell, the oldest first; rows without status or time are left out.

    A parcel that went back is never delivered: what looks like it was to the sender. Raises Invalid
    where the end of the story has no time.
    """
    told = [(status, time, label) for status, time, label in rows if status]
    went_back = any(status is ParcelStatus.RETURNED for status, _, _ in told)
    news = []
    for status, time, label in told:
        if time:
            is_over = went_back and status is ParcelStatus.DELIVERED
            kept = ParcelStatus.RETURNED if is_over else status
            news.append(ParcelNews(code=code, status=kept, happened_at=time, label=shown(label)))
        elif status in FINAL:
            raise Invalid(f"The time of the event “{status}” is missing or wrong.")
    return sorted(dict.fromkeys(news), key=lambda one: one.happened_at)


def shown(label: str) -> str:
    """The sentence without the name of whoever took the parcel."""
    return BY_SOMEBODY.sub(r"\1 …", label)[:LONGEST_LABEL]
