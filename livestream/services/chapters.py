"""The products of the replay: each pin at the moment when it was pinned live."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from itertools import zip_longest

from livestream.dto import Chapter
from livestream.models import Broadcast, LiveStream, Pin
from livestream.services import state

MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the show as the replay has it: when it began, and where it lies in the video (ms)."""

    began: datetime
    start_ms: int
    length_ms: int

    def place(self, moment: datetime) -> int:
        """Where the video shows this moment; the nearest place where it is not in this part."""
        elapsed = (moment - self.began) // MILLISECOND
        return self.start_ms + min(max(elapsed, 0), self.length_ms)


def chapters(stream: LiveStream) -> list[Chapter]:
    """The chapters that viewers see, in the order of their times. Four queries, however many there are."""
    parts = _parts(stream)
    pins = state.shown_pins(stream).filter(is_rehearsal=False, is_hidden=False)
    found = [_chapter(stream, pin, parts) for pin in pins.order_by("pinned_at", "position", "pk")]
    return sorted((one for one in found if one.start_ms < one.end_ms), key=lambda one: one.start_ms)


def _chapter(stream: LiveStream, pin: Pin, parts: list[Part]) -> Chapter:
    start, end = _span(pin, parts)
    card = state.card(stream, pin)
    named = f"{card.name}, {card.variant}" if card.variant else card.name
    return Chapter(start_ms=start, end_ms=end, title=pin.chapter_title or named, card=card)


def _span(pin: Pin, parts: list[Part]) -> tuple[int, int]:
    """Staff's times, and where they gave none those of the show."""
    start = _place(parts, pin.pinned_at)
    end = _place(parts, pin.unpinned_at) if pin.unpinned_at else _end(parts)
    return (
        start if pin.chapter_start_ms is None else pin.chapter_start_ms,
        end if pin.chapter_end_ms is None else pin.chapter_end_ms,
    )


def _parts(stream: LiveStream) -> list[Part]:
    """What the replay is made of: the recordings in it; else when the encoder sent; else the whole show."""
    sent = list(stream.broadcasts.filter(is_rehearsal=False).order_by("started_at", "pk"))
    joined = [one for one in sent if one.replay_start_ms is not None]
    if joined and not stream.replay_url:
        return [Part(one.started_at, one.replay_start_ms or 0, _length(one)) for one in joined]
    return _in_a_row(sent) or _whole(stream)


def _in_a_row(sent: Iterable[Broadcast]) -> list[Part]:
    parts: list[Part] = []
    for one in sent:
        parts.append(Part(one.started_at, _end(parts), _length(one)))
    return parts


def _length(one: Broadcast) -> int:
    if one.duration_ms is not None:
        return one.duration_ms
    return max(((one.ended_at or one.started_at) - one.started_at) // MILLISECOND, 0)


def _whole(stream: LiveStream) -> list[Part]:
    """A show that came from elsewhere: its replay is taken to begin when it did."""
    if stream.started_at is None:
        return []
    length = ((stream.ended_at or stream.started_at) - stream.started_at) // MILLISECOND
    return [Part(stream.started_at, 0, length)]


def _place(parts: list[Part], moment: datetime) -> int:
    """A moment in a pause is the seam: the place where the next part begins."""
    until = [part for part in parts if part.began <= moment]
    return until[-1].place(moment) if until else 0


def _end(parts: list[Part]) -> int:
    return parts[-1].start_ms + parts[-1].length_ms if parts else 0


def as_webvtt(found: list[Chapter]) -> str:
    """A chapters track: one cue for each moment at which products come, until the next."""
    starts = sorted({chapter.start_ms for chapter in found})
    cues = [_cue(found, start, until) for start, until in zip_longest(starts, starts[1:])]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _cue(found: list[Chapter], start: int, until: int | None) -> str:
    here = [chapter for chapter in found if chapter.start_ms == start]
    last = max(chapter.end_ms for chapter in here)
    end = last if until is None else min(last, until)
    titles = ", ".join(" ".join(chapter.title.split()) for chapter in here)
    return f"{_clock(start)} --> {_clock(end)}\n{escape(titles, quote=False)}"


def _clock(ms: int) -> str:
    minutes, rest = divmod(ms, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest / 1000:06.3f}"
