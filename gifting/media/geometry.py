"""How a picture is turned, how large it is shown, and the filters that bring it there."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from av.filter import Graph
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

Size = tuple[int, int]
Filter = tuple[str, str]
Colors = tuple[int, int, int]

# The turn that a phone writes as a matrix: the signs of its a, b, c and d.
TURNS: dict[tuple[int, ...], tuple[Filter, ...]] = {
    (0, 1, -1, 0): (("transpose", "clock"),),
    (0, -1, 1, 0): (("transpose", "cclock"),),
    (0, 1, 1, 0): (("transpose", "cclock_flip"),),
    (0, -1, -1, 0): (("transpose", "clock_flip"),),
    (-1, 0, 0, -1): (("hflip", ""), ("vflip", "")),
    (-1, 0, 0, 1): (("hflip", ""),),
    (1, 0, 0, -1): (("vflip", ""),),
}
ONE = Fraction(1)
PQ, HLG = 16, 18  # the transfer curves of HDR
BT709 = (1, 1, 1)
TO_SDR = ":out_color_matrix=bt709:out_primaries=bt709:out_transfer=bt709"


@dataclass(frozen=True, slots=True)
class Shape:
    """All of a frame that its filters depend on; a recording may change it midway."""

    width: int
    height: int
    pixels: str
    matrix: int
    range: int
    is_hdr: bool
    turn: tuple[Filter, ...]

    def shown(self, pixel: Fraction) -> Size:
        """Width and height on a screen with square pixels, turned upright."""
        width, height = int(self.width * max(pixel, ONE)), int(self.height / min(pixel, ONE))
        return (height, width) if self.is_turned else (width, height)

    @property
    def is_turned(self) -> bool:
        return any(name == "transpose" for name, _ in self.turn)


def shape_of(frame: VideoFrame) -> Shape:
    return Shape(
        width=frame.width,
        height=frame.height,
        pixels=frame.format.name,
        matrix=frame.colorspace,
        range=frame.color_range,
        is_hdr=frame.color_trc in (PQ, HLG),
        turn=_turn(frame),
    )


def _turn(frame: VideoFrame) -> tuple[Filter, ...]:
    side_data = cast(Mapping[str, SideData], frame.side_data)  # as it is at run time
    matrix = side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return ()
    a, b, _, c, d = struct.unpack_from("=5i", matrix)
    return TURNS.get(tuple(round(value / 65536) for value in (a, b, c, d)), ())


def colors_of(frame: VideoFrame) -> Colors:
    """Matrix, primaries and transfer that the frame will have when it leaves the framer."""
    if frame.color_trc in (PQ, HLG):
        return BT709
    return frame.colorspace, frame.color_primaries, frame.color_trc


def pixel_of(picture: VideoStream) -> Fraction:
    """Width by height of one pixel, 1 where the file does not say."""
    return Fraction(picture.sample_aspect_ratio or 1)


def fit(size: Size, box: Size) -> Size:
    """`size` scaled down into `box`, never up; even, as 4:2:0 wants it."""
    ratio = min(ONE, Fraction(box[0], size[0]), Fraction(box[1], size[1]))
    return _even(size[0] * ratio), _even(size[1] * ratio)


def _even(length: Fraction) -> int:
    return max(2, int(length) // 2 * 2)


def box_for(size: Size, short_side: int) -> Size:
    """The 16:9 box that a landscape or portrait picture of `size` may fill."""
    long_side = short_side * 16 // 9
    return (long_side, short_side) if size[0] >= size[1] else (short_side, long_side)


class Framer:
    """Brings every frame upright, to one size and 8 bit 4:2:0, whatever the recording switches to midway."""

    def __init__(self, size: Size, pixel: Fraction) -> None:
        self._size, self._pixel = size, pixel
        self._shape: Shape | None = None
        self._graph = Graph()

    def frame(self, frame: VideoFrame) -> VideoFrame:
        """A new frame; its time stays."""
        shape = shape_of(frame)
        if shape != self._shape:
            self._shape, self._graph = shape, _graph(frame, shape, self._inner(shape), self._size)
        self._graph.vpush(frame)
        return self._graph.vpull()

    def _inner(self, shape: Shape) -> Size:
        """The picture's place in the output: all of it, unless the recording was turned midway."""
        width, height = shape.shown(self._pixel)
        skew = Fraction(width * self._size[1], height * self._size[0])
        return (
            self._size if Fraction(99, 100) < skew < Fraction(101, 100) else fit((width, height), self._size)
        )


def _graph(frame: VideoFrame, shape: Shape, inner: Size, outer: Size) -> Graph:
    graph = Graph()
    graph.threads = 1  # more would cost more processor time in all, and address space
    nodes = [graph.add(name, args or None) for name, args in _filters(frame, shape, inner, outer)]
    graph.link_nodes(*nodes).configure()
    return graph


def _filters(frame: VideoFrame, shape: Shape, inner: Size, outer: Size) -> list[Filter]:
    # Scaled before it is turned, because a small picture turns faster.
    width, height = reversed(inner) if shape.is_turned else inner
    scale = f"{width}:{height}:flags=bicubic:out_range=tv{TO_SDR if shape.is_hdr else ''}"
    pad = [("pad", f"{outer[0]}:{outer[1]}:-1:-1")] if inner != outer else []
    return [
        ("buffer", _buffer(frame, shape)),
        ("scale", scale),
        ("format", "yuv420p"),
        *shape.turn,
        *pad,
        ("setsar", "1"),
        ("buffersink", ""),
    ]


def _buffer(frame: VideoFrame, shape: Shape) -> str:
    return (
        f"video_size={shape.width}x{shape.height}:pix_fmt={shape.pixels}:time_base={frame.time_base}"
        f":pixel_aspect=1/1:colorspace={shape.matrix}:range={shape.range}"
    )
