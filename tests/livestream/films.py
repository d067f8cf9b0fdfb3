"""Recordings as nginx-rtmp leaves them: FLV with H.264 and AAC, one key picture in a second."""

import shutil
import time
from functools import cache
from pathlib import Path

import av

from livestream.models import LiveStream
from livestream.models.files import live_storage
from livestream.services.files import folder_of
from tests import samples


@cache
def flv(
    *, seconds: float = 2, width: int = 320, height: int = 240, audio: bool = True, color: str = ""
) -> Path:
    """Moving pictures with a tone; `color`: one that does not move."""
    picture = f"color={color}" if color else samples.MOVING
    source = samples.mp4(seconds=seconds, width=width, height=height, audio=audio, picture=picture)
    target = samples.written("flv", b"")
    with av.open(str(source)) as incoming, av.open(str(target), "w", format="flv") as outgoing:
        tracks = {one.index: outgoing.add_stream_from_template(one) for one in incoming.streams}
        for packet in incoming.demux():
            if packet.dts is not None:
                packet.stream = tracks[packet.stream.index]
                outgoing.mux(packet)
    return target


def put(film: Path, folder: Path, stream: LiveStream, *, moment: float | None = None) -> str:
    """The path of a copy under the livestream's name, as `record_suffix -%s.flv` makes it."""
    seconds = int(moment or time.time() + len(list(folder.iterdir())))  # no two in one second
    target = folder / f"{stream.public_id}-{seconds}.flv"
    shutil.copy(film, target)
    return str(target)


def length(path: Path) -> float:
    """Seconds, as a player sees it."""
    with av.open(str(path)) as container:
        return (container.duration or 0) / av.time_base


def colors(path: Path) -> str:
    """A letter for the middle of each second: which of red, green and blue its picture has most of."""
    seen: dict[int, str] = {}
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if frame.time % 1 > 0.5:
                middle = frame.to_ndarray(format="rgb24")[frame.height // 2, frame.width // 2]
                seen.setdefault(int(frame.time), "rgb"[int(middle.argmax())])
    return "".join(seen.values())


def kept(stream: LiveStream) -> list[str]:
    """What the storage has of a livestream, by the first word of each name."""
    try:
        names = live_storage().listdir(folder_of(stream))[1]
    except FileNotFoundError:
        return []
    return sorted(name.partition("-")[0] for name in names)
