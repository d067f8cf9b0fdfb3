"""Several recordings become one MP4 that plays from its first bytes; nothing is encoded anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer, OutputContainer
from av.stream import Stream

from livestream.errors import RecordingUnusable
from livestream.media.reading import Look, Span, look_of, opened, packets, tracks_of


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a recording lies in the video; or why it is not in it, in a sentence."""

    start_ms: int = 0
    length_ms: int = 0
    refusal: str = ""


@dataclass(slots=True)
class Lane:
    """One track of the video. Times are in its packets' own units, and only ever grow."""

    target: Stream
    last: Fraction = Fraction(-1, 1_000_000)
    step: Fraction = Fraction(0)

    @property
    def end(self) -> Fraction:
        return max(self.last, Fraction(0)) + self.step

    def moved(self, packet: Any, by: Fraction) -> Any:
        """The packet so many seconds later; encoders that stumble over their clock are put in order."""
        unit = packet.time_base
        ticks = packet.dts + round(by / unit)
        if ticks * unit <= self.last:
            ticks = int(self.last / unit) + 1
        shown_after = 0 if packet.pts is None else packet.pts - packet.dts
        packet.dts, packet.pts = ticks, ticks + max(shown_after, 0)
        packet.stream = self.target
        self.step = (packet.duration or 0) * unit or (ticks * unit - max(self.last, Fraction(0)))
        self.last = ticks * unit
        return packet


@dataclass(slots=True)
class Film:
    """The video that is being written."""

    file: OutputContainer
    lanes: list[Lane] = field(default_factory=list)

    @property
    def end(self) -> Fraction:
        return max((lane.end for lane in self.lanes), default=Fraction(0))

    def append(self, span: Span) -> Piece:
        """Raises OutOfTime."""
        begin = self.end
        shift: Fraction | None = None
        with opened(span.path) as container:
            self._open_lanes(container)
            for track, packet, at in packets(container, span):
                shift = begin - at if shift is None else shift
                self.file.mux(self.lanes[track].moved(packet, shift))
        return Piece(start_ms=_ms(begin), length_ms=_ms(self.end) - _ms(begin))

    def _open_lanes(self, container: InputContainer) -> None:
        """The first recording shows what the video's tracks are like."""
        if not self.lanes:
            tracks = tracks_of(container)
            self.lanes = [Lane(self.file.add_stream_from_template(track)) for track in tracks]


def join(spans: Sequence[Span], target: Path) -> list[Piece]:
    """Write `target`, and tell for each recording what became of it.

    Recordings that look different from those that fill most of the time cannot be in one video with them.
    Raises RecordingUnusable where none is left, OutOfTime.
    """
    looks = [_look(span) for span in spans]
    wanted = _most(looks)
    with av.open(str(target), "w", format="mp4", container_options={"movflags": "+faststart"}) as file:
        film = Film(file)
        return [
            film.append(span)
            if isinstance(found, Outline) and found.look == wanted
            else Piece(refusal=_refusal(found, wanted))
            for span, found in zip(spans, looks, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Outline:
    """What the header of a recording tells."""

    look: Look
    seconds: float


def _look(span: Span) -> Outline | RecordingUnusable:
    try:
        with opened(span.path) as container:
            return Outline(look_of(container), (container.duration or 0) / av.time_base)
    except RecordingUnusable as refusal:
        return refusal


def _most(found: Sequence[Outline | RecordingUnusable]) -> Look:
    """What most of the time looks like. Raises RecordingUnusable where nothing can be used."""
    seconds: defaultdict[Look, float] = defaultdict(float)
    for one in found:
        if isinstance(one, Outline):
            seconds[one.look] += one.seconds
    if not seconds:
        raise next((one for one in found if isinstance(one, RecordingUnusable)), RecordingUnusable())
    return max(seconds, key=seconds.__getitem__)


def _refusal(found: Outline | RecordingUnusable, wanted: Look) -> str:
    if isinstance(found, RecordingUnusable):
        return found.message
    was, usual = (f"{look.width}x{look.height}" for look in (found.look, wanted))
    return (
        f"The encoder was set to another picture or sound ({was}) than for most of the show ({usual}): this "
        "part is not in the replay. Join the recordings by hand, and give the replay's address in its field."
    )


def _ms(seconds: Fraction) -> int:
    return round(seconds * 1000)
