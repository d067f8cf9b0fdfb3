"""A short clip drawn by code: a moon over a dimming sky, and a soft chord. It stands for a recording."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.format import VideoFormat
from av.video.frame import PictureType, VideoFrame

SECONDS = 6
RATE = 24
WIDTH, HEIGHT = 640, 360
ROWS = 90
MOON = 96
MOON_COLOR = (255, 246, 224)
SOUND_RATE = 48_000
CHORD = "0.10*sin(220*2*PI*t)+0.07*sin(277.18*2*PI*t)+0.07*sin(329.63*2*PI*t)"
CODING = {"preset": "veryfast", "crf": "26", "g": str(2 * RATE), "sc_threshold": "0"}
Color = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Sky:
    """Red, green, blue from the horizon up: the colors tell one sample from the next."""

    low: Color
    middle: Color
    high: Color


DUSK = Sky((240, 178, 122), (169, 72, 90), (43, 35, 80))
DAWN = Sky((251, 227, 181), (229, 143, 101), (91, 108, 157))
NIGHT = Sky((127, 166, 184), (58, 90, 120), (20, 33, 61))


def draw_clip(sky: Sky) -> bytes:
    """An MP4 file of `SECONDS`, 640 x 360."""
    file = BytesIO()
    encode(file, (sky,), kind="mp4")
    return file.getvalue()


def encode(
    target: BytesIO | str, skies: tuple[Sky, ...], *, kind: str, options: dict[str, str] | None = None
) -> None:
    """One sky after the other, `SECONDS` each, a key frame every 2 seconds. `kind` is FFmpeg's format."""
    with av.open(target, "w", format=kind, options=options or {}) as clip:
        picture = clip.add_stream("libx264", rate=RATE, options=CODING)
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        sound = clip.add_stream("aac", rate=SOUND_RATE)
        for place, sky in enumerate(skies):
            for frame in _later(_pictures(sky), place * SECONDS * RATE):
                frame.pict_type = PictureType.NONE
                clip.mux(picture.encode(frame))
            for chord in _later(_sounds(), place * SECONDS * SOUND_RATE):
                clip.mux(sound.encode(chord))
        clip.mux([*picture.encode(), *sound.encode()])


def _later(frames: Iterator[Any], ticks: int) -> Iterator[Any]:
    for frame in frames:
        frame.pts += ticks
        yield frame


def _pictures(sky: Sky) -> Iterator[VideoFrame]:
    """Tiny pictures of the sky, made large by the graph, that looks up along them while the moon goes by."""
    graph = Graph()
    heaven = _source(graph, 16, ROWS, "rgb24")
    moon = _source(graph, MOON, MOON, "rgba")
    both = graph.add("overlay", "x=420-12*t:y=70-6*sin(t)")
    large = graph.add("scale", f"{WIDTH}:{2 * HEIGHT}:flags=bicubic")
    look = graph.add("crop", f"{WIDTH}:{HEIGHT}:0:{HEIGHT}*(1-t/{SECONDS})")
    end = _steps(graph, "fade=t=in:d=0.6", "format=yuv420p", "buffersink")
    moon.link_to(both, 0, 1)
    graph.link_nodes(heaven, large, look, both, *end).configure()
    _push(moon, [_moon()])
    _push(heaven, [_sky(sky) for _ in range(SECONDS * RATE)])
    return _pulled(graph)


def _sounds() -> Iterator[AudioFrame]:
    graph = Graph()
    source = graph.add("aevalsrc", f"exprs={CHORD}:s={SOUND_RATE}:d={SECONDS}")
    fades = _steps(graph, "afade=t=in:d=1.2", f"afade=t=out:st={SECONDS - 1.5}:d=1.5")
    end = _steps(graph, "aformat=sample_fmts=fltp:channel_layouts=stereo", "abuffersink")
    graph.link_nodes(source, *fades, *end).configure()
    return _pulled(graph)


def _source(graph: Graph, width: int, height: int, pixels: str) -> FilterContext:
    every = Fraction(1, RATE)
    return graph.add_buffer(width=width, height=height, format=VideoFormat(pixels), time_base=every)


def _steps(graph: Graph, *written: str) -> list[FilterContext]:
    """Filters in the notation of FFmpeg's command line: `fade=t=in:d=1`."""
    return [graph.add(name, options or None) for name, _, options in (one.partition("=") for one in written)]


def _push(source: FilterContext, frames: list[VideoFrame]) -> None:
    for index, frame in enumerate(frames):
        frame.pts = index
        source.push(frame)
    source.push(None)


def _pulled(graph: Graph) -> Iterator[Any]:
    """Every frame that the graph makes."""
    try:
        while True:
            yield graph.pull()
    except av.EOFError:
        return


def _sky(sky: Sky) -> VideoFrame:
    frame = VideoFrame(16, ROWS, "rgb24")
    dots = frame.planes[0].line_size // 3
    upper = [_between(sky.high, sky.middle, row / ROWS * 2) for row in range(ROWS // 2)]
    lower = [_between(sky.middle, sky.low, row / ROWS * 2) for row in range(ROWS // 2)]
    frame.planes[0].update(b"".join(bytes(color) * dots for color in upper + lower))
    return frame


def _between(one: Color, other: Color, share: float) -> Color:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _moon() -> VideoFrame:
    """A crescent: one disc without another, with soft edges."""
    frame = VideoFrame(MOON, MOON, "rgba")
    dots = (_moon_dot(x, y) for y in range(MOON) for x in range(MOON))
    frame.planes[0].update(b"".join(bytes((*MOON_COLOR, opacity)) for opacity in dots))
    return frame


def _moon_dot(x: int, y: int) -> int:
    radius = MOON / 2 - 2
    inside = radius - math.dist((x, y), (MOON / 2, MOON / 2))
    outside = math.dist((x, y), (0.66 * MOON, 0.40 * MOON)) - 0.86 * radius
    return round(235 * min(1.0, max(0.0, inside + 0.5)) * min(1.0, max(0.0, outside + 0.5)))
