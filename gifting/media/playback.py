"""Proof that a result plays to its end, before anybody is told that it is ready."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from gifting.errors import MediaFailed
from gifting.media.reading import opened

TOLERANCE_SECONDS = 0.5
DAMAGED = "The converted video is damaged. Convert it again."


@dataclass(frozen=True, slots=True)
class Played:
    """What a player saw."""

    seconds: float
    width: int
    height: int


@dataclass(slots=True)
class Reel:
    """Every packet that was read: the key frames, the last group of pictures, how many pictures in all."""

    picture: int
    pictures: int = 0
    keys: list[Packet[Any]] = field(default_factory=list)
    group: list[Packet[Any]] = field(default_factory=list)
    clocks: dict[int, int] = field(default_factory=dict)

    def add(self, packet: Packet[Any]) -> None:
        """Raises MediaFailed where the decoding order does not grow."""
        if packet.pts is None or packet.dts is None or packet.is_corrupt:
            raise MediaFailed(DAMAGED)
        if packet.dts <= self.clocks.get(packet.stream_index, packet.dts - 1):
            raise MediaFailed(DAMAGED)
        self.clocks[packet.stream_index] = packet.dts
        if packet.stream_index == self.picture:
            self._add_picture(packet)

    def _add_picture(self, packet: Packet[Any]) -> None:
        self.pictures += 1
        if packet.is_keyframe:
            self.keys.append(packet)
            self.group = []
        self.group.append(packet)


def prove(video: Path, *, seconds: float) -> Played:
    """Read every packet, decode every key frame and the last group of pictures. Raises MediaFailed."""
    try:
        with opened(video) as container:
            played = _play(container)
    except (av.FFmpegError, IndexError) as error:
        raise MediaFailed(DAMAGED) from error
    if abs(played.seconds - seconds) > TOLERANCE_SECONDS:
        raise MediaFailed(
            f"The converted video ends at {played.seconds:.1f} of {seconds:.1f} s. Convert it again."
        )
    return played


def _play(container: InputContainer) -> Played:
    picture = container.streams.video[0]
    picture.codec_context.options = {"err_detect": "explode"}
    reel = Reel(picture.index)
    for packet in container.demux():
        if packet.size:  # the last ones are empty and only flush decoders
            reel.add(packet)
    _decode(picture, reel.keys)
    _decode(picture, reel.group)
    if reel.pictures != picture.frames:
        raise MediaFailed(DAMAGED)
    return Played((container.duration or 0) / av.time_base, picture.width, picture.height)


def _decode(picture: VideoStream, packets: list[Packet[Any]]) -> None:
    """Raises MediaFailed unless every packet becomes one whole picture."""
    context, whole = picture.codec_context, 0
    for packet in [*packets, None]:
        whole += sum(not frame.is_corrupt for frame in context.decode(packet))
    if whole != len(packets):
        raise MediaFailed(DAMAGED)
    context.flush_buffers()
