"""Opening what a media server recorded: known containers and codecs, never a second file or an address."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from livestream.errors import RecordingUnusable

# Not av.FFmpegError: no memory and no disk are the machine's troubles, not the file's.
UNREADABLE = (
    av.InvalidDataError,
    av.ArgumentError,
    av.EOFError,
    av.PatchWelcomeError,
    av.DemuxerNotFoundError,
)
CONTAINERS = "flv,mov,mp4"
PICTURE, SOUND = frozenset({"h264"}), frozenset({"aac", "mp3"})
OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": CONTAINERS,
    "codec_whitelist": "h264,aac,mp3,mp3float",
    "max_pixels": str(8192 * 8192),
}
NO_VIDEO = "The recording is no FLV or MP4 file that can be read."
CODECS = "Replays need H.264 and AAC. Set the encoder to them; this recording is kept in the server's folder."


class OutOfTime(Exception):
    """The work took longer than it may."""


@dataclass(frozen=True, slots=True)
class Span:
    """What of a file is wanted: all after its first `skip_ms`, until the clock (`time.monotonic`) says so."""

    path: Path
    skip_ms: int
    deadline: float


@dataclass(frozen=True, slots=True)
class Look:
    """What must be equal in recordings that one video is made of; `width` and `height` are for people."""

    width: int
    height: int
    setup: tuple[object, ...]


def opened(path: Path) -> InputContainer:
    """The container, its header read. Raises RecordingUnusable, and OSError for what is not there."""
    try:
        return av.open(f"file:{path}", mode="r", options=OPTIONS, metadata_errors="replace")
    except UNREADABLE as error:
        raise RecordingUnusable(NO_VIDEO) from error


def tracks_of(container: InputContainer) -> list[VideoStream | AudioStream]:
    """The picture and, where there is one, the sound. Raises RecordingUnusable."""
    picture, sound = container.streams.best("video"), container.streams.best("audio")
    if not isinstance(picture, VideoStream):
        raise RecordingUnusable("The recording has no picture.")
    if picture.codec_context.name not in PICTURE:
        raise RecordingUnusable(CODECS)
    if not isinstance(sound, AudioStream):
        return [picture]
    if sound.codec_context.name.removesuffix("float") not in SOUND:
        raise RecordingUnusable(CODECS)
    return [picture, sound]


def look_of(container: InputContainer) -> Look:
    """Raises RecordingUnusable."""
    codecs: list[Any] = [track.codec_context for track in tracks_of(container)]
    setup = tuple((codec.name, codec.extradata, getattr(codec, "sample_rate", 0)) for codec in codecs)
    return Look(codecs[0].width, codecs[0].height, setup)


def packets(container: InputContainer, span: Span) -> Iterator[tuple[int, Any, Fraction]]:
    """Number of the track, packet, and its time in the file in seconds; from a key picture on.

    A recording that was cut off ends where it can be read no more. Raises OutOfTime.
    """
    first: Fraction | None = None
    has_begun = False
    for packet in _readable(container, span.deadline):
        at = packet.dts * packet.time_base
        first = at if first is None else first
        is_picture = packet.stream.type == "video"
        is_start = is_picture and packet.is_keyframe and (at - first) * 1000 >= span.skip_ms
        has_begun = has_begun or is_start
        if has_begun:
            yield (0 if is_picture else 1), packet, at


def _readable(container: InputContainer, deadline: float) -> Iterator[Any]:
    found = container.demux(tracks_of(container))
    while True:
        try:
            packet = next(found)
        except (StopIteration, *UNREADABLE):
            return
        if time.monotonic() > deadline:
            raise OutOfTime
        if packet.dts is not None and not packet.is_corrupt:
            yield packet
