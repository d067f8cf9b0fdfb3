"""What an uploaded file holds, or why it can never become a gift video. Decodes a single picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from gifting.dto import MediaLimits, RefusalReason
from gifting.errors import VideoRefused
from gifting.media import reading
from gifting.media.geometry import Colors, Size, colors_of, pixel_of, shape_of
from gifting.media.structure import is_cut_off, is_sound

GRACE_SECONDS = 2.0
SHORTEST_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A video worth converting: times in seconds on the file's own clock, size on a screen, colors."""

    start: float
    end: float
    last: float
    last_picture: float
    size: Size
    colors: Colors


@dataclass(slots=True)
class Span:
    """When packets are due, in seconds. `end` may be late: MP4 lends the length of a gap to other packets."""

    packets: int = 0
    start: float = float("inf")
    last: float = float("-inf")
    end: float = float("-inf")
    is_broken: bool = False

    @property
    def seconds(self) -> float:
        return self.end - self.start

    def add(self, packet: Packet[Any]) -> None:
        self.packets += 1
        self.is_broken = packet.is_corrupt  # of the last packet alone: broadcasts have flaws midway
        at = packet.dts if packet.pts is None else packet.pts
        if at is not None:
            due, lasts = float(at * packet.time_base), float((packet.duration or 0) * packet.time_base)
            self.start, self.last = min(self.start, due), max(self.last, due)
            self.end = max(self.end, due + lasts)


def probe(source: Path, *, limits: MediaLimits) -> Facts:
    """Raises VideoRefused with the reason; OSError where the file itself cannot be read."""
    _check_bytes(source, limits)
    if is_cut_off(source):
        raise VideoRefused(RefusalReason.TRUNCATED, "The file ends before its contents do.")
    with _recognized(source) as container:
        picture, sound = picture_of(container), sound_of(container)
        declared = (container.duration or 0) / av.time_base
        _check_length(declared, limits)
        whole, shown = _measured(container, picture, sound, limits)
    _check_complete(declared, whole, shown)
    return _facts(source, whole, shown, declared)


def _check_bytes(source: Path, limits: MediaLimits) -> None:
    size = source.stat().st_size
    if size == 0:
        raise VideoRefused(RefusalReason.EMPTY, "The file has no bytes.")
    if size > limits.max_bytes:
        raise VideoRefused(RefusalReason.TOO_LARGE, f"{size} bytes, at most {limits.max_bytes}.")


def _recognized(source: Path) -> InputContainer:
    try:
        return reading.opened(source)
    except reading.UNREADABLE as error:
        if is_sound(source):
            raise VideoRefused(RefusalReason.NO_PICTURE, "A file of sound alone.") from error
        raise VideoRefused(RefusalReason.NOT_VIDEO, "Not a video format that is read here.") from error


def picture_of(container: InputContainer) -> VideoStream:
    """The moving picture. Raises VideoRefused where there is none, or none that is safe to decode."""
    picture = reading.picture_in(container)
    if picture is None:
        raise VideoRefused(RefusalReason.NO_PICTURE, "The file holds no moving picture.")
    if picture.codec_context is None or picture.codec_context.name not in reading.PICTURE_DECODERS:
        raise VideoRefused(RefusalReason.NOT_VIDEO, "The picture is in a format that is not read here.")
    if picture.width * picture.height > reading.MAX_PIXELS:
        raise VideoRefused(RefusalReason.TOO_MANY_PIXELS, f"{picture.width}x{picture.height} pixels.")
    return picture


def sound_of(container: InputContainer) -> AudioStream | None:
    """A message that arrives mute would be worse than one that is refused: raises VideoRefused for that."""
    sound = reading.sound_in(container)
    if sound and (sound.codec_context is None or sound.codec_context.name not in reading.SOUND_DECODERS):
        raise VideoRefused(RefusalReason.NOT_VIDEO, "The sound is in a format that is not read here.")
    return sound


def _check_length(seconds: float, limits: MediaLimits) -> None:
    if seconds > limits.max_seconds + GRACE_SECONDS:
        raise VideoRefused(
            RefusalReason.TOO_LONG, f"{seconds:.0f} seconds or more, at most {limits.max_seconds}."
        )


def _measured(
    container: InputContainer, picture: VideoStream, sound: AudioStream | None, limits: MediaLimits
) -> tuple[Span, Span]:
    """The span of everything and the span of the picture. Reads every packet and decodes none."""
    whole, shown = Span(), Span()
    for packet in _packets(container, [stream for stream in (picture, sound) if stream]):
        if packet.size:
            whole.add(packet)
        if packet.size and packet.stream_index == picture.index:
            shown.add(packet)
        _check_length(whole.last - whole.start, limits)
    return whole, shown


def _packets(container: InputContainer, streams: Sequence[Stream]) -> Iterator[Packet[Any]]:
    try:
        yield from container.demux(streams)
    except reading.UNREADABLE as error:
        raise VideoRefused(RefusalReason.TRUNCATED, "The file is damaged before its end.") from error


def _check_complete(declared: float, whole: Span, shown: Span) -> None:
    if shown.packets == 0:
        raise VideoRefused(RefusalReason.NO_PICTURE, "The picture track is empty.")
    if shown.packets == 1:
        raise VideoRefused(RefusalReason.NOT_VIDEO, "A single picture.")
    if whole.is_broken or declared > whole.seconds * 1.1 + 1:
        raise VideoRefused(
            RefusalReason.TRUNCATED, f"Ends after {whole.seconds:.1f} of {declared:.1f} seconds."
        )
    if whole.seconds < SHORTEST_SECONDS:
        raise VideoRefused(RefusalReason.TOO_SHORT, f"{whole.seconds:.2f} seconds.")


def _facts(source: Path, whole: Span, shown: Span, declared: float) -> Facts:
    with reading.opened(source) as container:
        picture = picture_of(container)
        frame = _first_frame(container, picture)
        start = whole.start if container.start_time is None else container.start_time / av.time_base
        return Facts(
            start=start,
            end=min(whole.end, start + declared) if declared else whole.end,
            last=whole.last,
            last_picture=shown.last,
            size=shape_of(frame).shown(pixel_of(picture)),
            colors=colors_of(frame),
        )


def _first_frame(container: InputContainer, picture: VideoStream) -> VideoFrame:
    reading.prepare(picture)
    for packet in container.demux(picture):
        for frame in reading.frames_of(packet):
            first: VideoFrame = frame
            return first
    raise VideoRefused(RefusalReason.NOT_VIDEO, "No picture could be decoded.")
