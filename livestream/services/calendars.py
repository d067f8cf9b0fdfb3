"""A livestream as an entry for calendars (RFC 5545)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from livestream.conf import conf
from livestream.models import LiveStream

LONGEST = 75
"""Octets of a line; what is longer goes on in the next one."""
ESCAPED = re.compile(r"([\\;,])")
NEWLINES = re.compile(r"\r\n|\r|\n")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
PLANNED = "PT1H"


def entry(*, stream: LiveStream, url: str, now: datetime) -> str:
    """The file. `url` is the absolute address of the page; calendars that know the entry replace it."""
    return "".join(f"{_folded(line)}\r\n" for line in _lines(stream, url, now))


def _lines(stream: LiveStream, url: str, now: datetime) -> Iterator[str]:
    title = _text(stream.event_name)
    about = "\n\n".join(filter(None, [stream.event_description.strip(), url]))
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Giftcast//Live shopping//EN", "BEGIN:VEVENT")
    yield f"UID:{stream.public_id}@{urlsplit(url).hostname or 'giftcast'}"
    yield f"SEQUENCE:{stream.version}"
    yield f"DTSTAMP:{_moment(now)}"
    yield f"DTSTART:{_moment(stream.scheduled_at)}"
    yield f"DURATION:{PLANNED}"
    yield f"SUMMARY:{title}"
    yield f"DESCRIPTION:{_text(about)}"
    yield f"URL:{url}"
    yield f"STATUS:{'CANCELLED' if stream.status == LiveStream.Status.EXPIRED else 'CONFIRMED'}"
    yield from _alarm(title)
    yield from ("END:VEVENT", "END:VCALENDAR")


def _alarm(title: str) -> Iterator[str]:
    yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-PT{conf().REMINDER_MINUTES}M")
    yield from (f"DESCRIPTION:{title}", "END:VALARM")


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """As RFC 5545 writes text: escaped, line breaks as `\\n`, no control characters."""
    lines = NEWLINES.split(ESCAPED.sub(r"\\\1", value))
    return CONTROLS.sub("", r"\n".join(lines))


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, never cut inside a character."""
    pieces, room = [""], LONGEST
    for char in line:
        size = len(char.encode())
        if size > room:
            pieces.append(" ")
            room = LONGEST - 1
        pieces[-1] += char
        room -= size
    return "\r\n".join(pieces)
