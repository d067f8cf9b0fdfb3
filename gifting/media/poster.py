"""The still picture that stands for a video until it plays."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
from av.codec.context import CodecContext
from av.container import InputContainer
from av.video.frame import VideoFrame

from gifting.media.geometry import fit
from gifting.media.reading import opened

WANTED_SECONDS = 1.0
SEARCHED_SECONDS = 3.0
MAX_WIDTH = 1280
DARK = 32  # mean luma; black is 16
SAMPLES = 2000
QUALITY = 4  # 1 is best, 31 worst


def write_poster(video: Path, poster: Path) -> None:
    """A JPEG of the picture at one second or halfway; of a brighter one soon after where that is black."""
    with opened(video) as container:
        frame = _chosen(container)
        poster.write_bytes(_jpeg(frame, fit((frame.width, frame.height), (MAX_WIDTH, frame.height))))


def _chosen(container: InputContainer) -> VideoFrame:
    wanted = min(WANTED_SECONDS, (container.duration or 0) / av.time_base / 2)
    frames = _first_frames(container)
    best = next(frames)
    for frame in chain([best], frames):
        if frame.time >= wanted and _light(frame) > DARK:
            return frame
        best = max(best, frame, key=_light)
    return best


def _first_frames(container: InputContainer) -> Iterator[VideoFrame]:
    for frame in container.decode(video=0):
        if frame.time > SEARCHED_SECONDS:
            return
        yield frame


def _light(frame: VideoFrame) -> float:
    """Mean luma of a sample of the pixels."""
    luma = memoryview(frame.planes[0])
    sample = luma[:: max(1, len(luma) // SAMPLES)]
    return sum(sample) / len(sample)


def _jpeg(frame: VideoFrame, size: tuple[int, int]) -> bytes:
    encoder = CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height = size
    encoder.pix_fmt, encoder.time_base = "yuvj420p", Fraction(1, 1)
    encoder.qmin = encoder.qmax = QUALITY
    picture = frame.reformat(*size, format="yuvj420p", dst_color_range="JPEG")
    picture.pts = 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)])
