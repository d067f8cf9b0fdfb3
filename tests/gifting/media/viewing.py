"""Looking at a result with a player's eyes."""

from pathlib import Path
from typing import Any

import av
import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


def streams(video: Path, kind: str) -> list[dict[str, Any]]:
    """Facts of every stream of a kind, `video` or `audio`."""
    names = ("name", "profile", "level", "width", "height", "pix_fmt", "sample_rate", "channels", "frames")
    with av.open(str(video)) as file:
        found = [stream.codec_context for stream in file.streams if stream.type == kind]
        return [{name: getattr(context, name, None) for name in names} for context in found]


def times(video: Path) -> list[float]:
    """When each picture is shown, in seconds."""
    with av.open(str(video)) as file:
        return [frame.time for frame in file.decode(video=0)]


def rotation(video: Path) -> int:
    """Degrees that a player is asked to turn the picture."""
    with av.open(str(video)) as file:
        return next(file.decode(video=0)).rotation


def colors(video: Path) -> tuple[int, int, int]:
    """Matrix, primaries and transfer; 1 is BT.709."""
    with av.open(str(video)) as file:
        frame = next(file.decode(video=0))
    return int(frame.colorspace), int(frame.color_primaries), int(frame.color_trc)


def picture(video: Path, at: float = 0) -> Array:
    """Rows, columns and the levels of red, green and blue of the picture shown at `at`."""
    with av.open(str(video)) as file:
        for frame in file.decode(video=0):
            if frame.time >= at:
                return frame.to_ndarray(format="rgb24")
    raise AssertionError(f"nothing is shown at {at} s")


def corner(video: Path, row: int, column: int) -> str:
    """The color, `red` or `blue`, in a corner: 0 is the upper or the left one, 1 the other."""
    pixels = picture(video)
    height, width, _ = pixels.shape
    red, _, blue = pixels[height * (1 + 6 * row) // 8, width * (1 + 6 * column) // 8]
    return "red" if red > blue else "blue"


def loudness(video: Path, start: float, end: float) -> float:
    """Root mean square of the sound between two times, 0 for silence, 1 for the loudest."""
    with av.open(str(video)) as file:
        frames = [frame for frame in file.decode(audio=0) if start <= frame.time < end]
    sound = np.concatenate([frame.to_ndarray() for frame in frames], axis=1)
    return float(np.sqrt(np.mean(np.square(sound))))


def boxes(video: Path) -> list[str]:
    """The outermost parts of an MP4 in their order."""
    content, position, found = video.read_bytes(), 0, []
    while position < len(content):
        found.append(content[position + 4 : position + 8].decode())
        position += int.from_bytes(content[position : position + 4])
    return found
