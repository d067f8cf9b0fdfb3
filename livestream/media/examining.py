"""How long a recording is, and the last picture in it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from typing import Any

import av
from av.container import InputContainer
from PIL import Image

from livestream.errors import RecordingUnusable
from livestream.media.reading import Span, opened, packets, tracks_of

FRAME_SIZE = (1280, 1280)
QUALITY = 82
MOST_BYTES = 64_000_000  # of one group of pictures: more is no encoder's habit, and is not kept


@dataclass(frozen=True, slots=True)
class Examined:
    """`frame` is a JPEG of the last picture, at most 1280 pixels wide; empty where none could be read."""

    duration_ms: int
    frame: bytes


def examine(span: Span) -> Examined:
    """Read the recording from end to end. Raises RecordingUnusable, OutOfTime."""
    with opened(span.path) as container:
        length, group = _read(container, span)
        if not group:
            raise RecordingUnusable("The recording has no picture that it could begin with.")
        return Examined(duration_ms=round(length * 1000), frame=_last_picture(container, group))


def _read(container: InputContainer, span: Span) -> tuple[Fraction, list[Any]]:
    """Its length in seconds, and the pictures from the last key picture on."""
    start: Fraction | None = None
    length, size = Fraction(0), 0
    group: list[Any] = []
    for track, packet, at in packets(container, span):
        start = at if start is None else start
        length = max(length, at - start + (packet.duration or 0) * packet.time_base)
        if track == 0:
            if packet.is_keyframe:
                group, size = [], 0
            size += packet.size
            if size <= MOST_BYTES:
                group.append(packet)
    return length, group


def _last_picture(container: InputContainer, group: list[Any]) -> bytes:
    decoder: Any = tracks_of(container)[0].codec_context
    last: Any = None
    for packet in [*group, None]:
        try:
            last = next(reversed(decoder.decode(packet)), last)
        except av.MemoryError:
            raise
        except av.FFmpegError:
            continue  # players leave out a damaged picture, too
    return _jpeg(last.to_image()) if last else b""


def _jpeg(picture: Image.Image) -> bytes:
    picture.thumbnail(FRAME_SIZE)
    made = BytesIO()
    picture.save(made, "JPEG", quality=QUALITY)
    return made.getvalue()
