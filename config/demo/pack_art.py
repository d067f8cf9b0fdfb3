"""Stickers drawn by code: six bodies with five moods each. Points go from -1 to 1, y downwards."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

SIZE = 256
SCALE = 3  # Drawn larger, then made smaller: that gives smooth edges.
REACH = 0.84
BORDER = 6
INK = "#3a2733"
BLUSH = "#f0879a"
WHITE = "#ffffff"
Point = tuple[float, float]


class Canvas:
    """A square to draw on, with a clear ground."""

    def __init__(self) -> None:
        self.side = SIZE * SCALE
        self.image = Image.new("RGBA", (self.side, self.side))
        self.draw = ImageDraw.Draw(self.image)

    def disc(self, x: float, y: float, width: float, height: float, color: str) -> None:
        """An ellipse around a point; width and height are those of a half."""
        box = self._at((x - width, y - height)), self._at((x + width, y + height))
        self.draw.ellipse(box, fill=color)

    def shape(self, points: Sequence[Point], color: str) -> None:
        """What lies between the points."""
        self.draw.polygon([self._at(point) for point in points], fill=color)

    def line(self, points: Sequence[Point], color: str = INK, width: float = 0.055) -> None:
        """A line with round ends."""
        pixels = round(width * REACH / 2 * self.side)
        self.draw.line([self._at(point) for point in points], fill=color, width=pixels, joint="curve")
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, width / 2, color)

    def cut_out(self) -> Image.Image:
        """The drawing with a white border around it."""
        small = self.image.reduce(SCALE)
        edge = small.getchannel("A").filter(ImageFilter.GaussianBlur(BORDER / 2))
        ground = Image.new("RGBA", small.size, WHITE)
        ground.putalpha(edge.point([min(255, 25 * step) for step in range(256)]))
        return Image.alpha_composite(ground, small)

    def _at(self, point: Point) -> Point:
        x, y = point
        return (x * REACH + 1) / 2 * self.side, (y * REACH + 1) / 2 * self.side


def arc(x: float, y: float, width: float, height: float, start: int, end: int) -> list[Point]:
    """Points on an ellipse; 0 is right, 90 is down."""
    turns = (math.radians(start + (end - start) * step / 40) for step in range(41))
    return [(x + width * math.cos(turn), y + height * math.sin(turn)) for turn in turns]


def heart(x: float, y: float, size: float) -> list[Point]:
    """Points around a heart."""
    turns = [math.tau * step / 120 for step in range(120)]
    return [(x + size * math.sin(turn) ** 3, y - size * _heart_height(turn)) for turn in turns]


def _heart_height(turn: float) -> float:
    return (13 * math.cos(turn) - 5 * math.cos(2 * turn) - 2 * math.cos(3 * turn) - math.cos(4 * turn)) / 16


# -- Faces: around a point, so large


def happy(canvas: Canvas, x: float, y: float, size: float) -> None:
    _eye(canvas, x - 0.42 * size, y, size)
    _eye(canvas, x + 0.42 * size, y, size)
    canvas.line(arc(x, y + 0.12 * size, 0.3 * size, 0.36 * size, 15, 165))


def winking(canvas: Canvas, x: float, y: float, size: float) -> None:
    _eye(canvas, x - 0.42 * size, y, size)
    canvas.line(arc(x + 0.42 * size, y + 0.05 * size, 0.16 * size, 0.14 * size, 190, 350))
    mouth = arc(x, y + 0.2 * size, 0.3 * size, 0.42 * size, 0, 180)
    canvas.shape(mouth, INK)
    canvas.disc(x, y + 0.5 * size, 0.15 * size, 0.1 * size, BLUSH)


def in_love(canvas: Canvas, x: float, y: float, size: float) -> None:
    for side in (-1, 1):
        canvas.shape(heart(x + 0.44 * side * size, y, 0.25 * size), "#d7263d")
    canvas.line(arc(x, y + 0.16 * size, 0.3 * size, 0.36 * size, 15, 165))


def asleep(canvas: Canvas, x: float, y: float, size: float) -> None:
    for side in (-1, 1):
        canvas.line(arc(x + 0.42 * side * size, y - 0.06 * size, 0.18 * size, 0.16 * size, 10, 170))
    canvas.disc(x, y + 0.42 * size, 0.09 * size, 0.07 * size, INK)


def surprised(canvas: Canvas, x: float, y: float, size: float) -> None:
    for side in (-1, 1):
        _eye(canvas, x + 0.42 * side * size, y, 1.25 * size)
        canvas.line(arc(x + 0.42 * side * size, y - 0.2 * size, 0.2 * size, 0.2 * size, 215, 325))
    canvas.disc(x, y + 0.46 * size, 0.15 * size, 0.2 * size, INK)


def _eye(canvas: Canvas, x: float, y: float, size: float) -> None:
    canvas.disc(x, y, 0.11 * size, 0.15 * size, INK)
    canvas.disc(x + 0.035 * size, y - 0.05 * size, 0.04 * size, 0.045 * size, WHITE)


# -- Bodies: each returns where its face belongs


def moon(canvas: Canvas) -> tuple[float, float, float]:
    canvas.disc(0, 0, 0.9, 0.9, "#f3cf7a")
    canvas.disc(-0.04, -0.04, 0.82, 0.82, "#f9e2a0")
    for x, y, size in ((0.52, -0.5, 0.14), (-0.6, 0.42, 0.1), (0.3, 0.7, 0.09), (-0.42, -0.62, 0.08)):
        canvas.disc(x, y, size, size, "#eec766")
    return 0, -0.05, 0.75


def valentine(canvas: Canvas) -> tuple[float, float, float]:
    canvas.shape(heart(0, -0.05, 0.98), "#d94a62")
    canvas.shape(heart(-0.03, -0.1, 0.88), "#ea6a7e")
    canvas.line(arc(-0.45, -0.42, 0.22, 0.2, 180, 270), "#f7a9b5", 0.09)
    return 0, -0.2, 0.72


def cat(canvas: Canvas) -> tuple[float, float, float]:
    for side in (-1, 1):
        canvas.shape([(0.86 * side, -0.95), (0.1 * side, -0.62), (0.82 * side, 0.05)], "#8c7cc0")
        canvas.shape([(0.74 * side, -0.74), (0.32 * side, -0.55), (0.7 * side, -0.2)], "#f2b7c1")
    canvas.disc(0, 0.12, 0.9, 0.76, "#a698d4")
    canvas.disc(0, 0.44, 0.4, 0.3, "#c9bfea")
    for side in (-1, 1):
        for tilt in (-0.06, 0.06):
            canvas.line([(0.55 * side, 0.36 + tilt), (0.82 * side, 0.33 + 2.4 * tilt)], "#6d5fa3", 0.03)
    return 0, 0.05, 0.72


def flower(canvas: Canvas) -> tuple[float, float, float]:
    for step in range(9):
        turn = math.tau * step / 9
        canvas.disc(0.62 * math.cos(turn), 0.62 * math.sin(turn), 0.33, 0.33, "#f3a2b8")
    for step in range(9):
        turn = math.tau * step / 9
        canvas.disc(0.66 * math.cos(turn), 0.66 * math.sin(turn), 0.2, 0.2, "#f8c1cf")
    canvas.disc(0, 0, 0.6, 0.6, "#f5b942")
    canvas.disc(-0.02, -0.02, 0.54, 0.54, "#fbd065")
    return 0, -0.1, 0.56


def cloud(canvas: Canvas) -> tuple[float, float, float]:
    puffs = ((-0.5, 0.22, 0.44), (0.5, 0.22, 0.44), (-0.2, -0.2, 0.5), (0.3, -0.1, 0.46), (0, 0.3, 0.5))
    for x, y, size in puffs:
        canvas.disc(x, y, size, size, "#7fb2dc")
    for x, y, size in puffs:
        canvas.disc(x - 0.03, y - 0.04, size - 0.05, size - 0.05, "#a9d0ee")
    return 0, 0.02, 0.68


def praline(canvas: Canvas) -> tuple[float, float, float]:
    canvas.disc(0, -0.12, 0.82, 0.78, "#6b3f28")
    canvas.disc(-0.03, -0.16, 0.75, 0.71, "#96603d")
    canvas.line([(-0.5, -0.6), (-0.2, -0.5), (0.1, -0.64), (0.4, -0.52), (0.55, -0.62)], "#f2dcc0", 0.07)
    teeth = [(-0.9 + 0.15 * step, 0.4 if step % 2 else 0.28) for step in range(13)]
    canvas.shape([*teeth, (0.62, 0.92), (-0.62, 0.92)], "#c9974f")
    for step in range(-2, 3):
        canvas.line([(0.3 * step, 0.42), (0.23 * step, 0.86)], "#a97a38", 0.03)
    return 0, -0.16, 0.66


Body = Callable[[Canvas], tuple[float, float, float]]
Mood = Callable[[Canvas, float, float, float], None]
MOODS: tuple[Mood, ...] = (happy, winking, in_love, asleep, surprised)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A pack's body, and the ground of its main picture."""

    body: Body
    ground: str

    def main(self) -> bytes:
        """The pack's own picture: the happy one on a colored ground. PNG."""
        large = Image.new("RGBA", (SIZE * SCALE, SIZE * SCALE))
        edge = SIZE * SCALE - 1
        ImageDraw.Draw(large).rounded_rectangle((0, 0, edge, edge), radius=edge // 6, fill=self.ground)
        return _png(Image.alpha_composite(large.reduce(SCALE), self._draw(happy)))

    def stickers(self) -> list[bytes]:
        """One for each mood. PNG."""
        return [_png(self._draw(mood)) for mood in MOODS]

    def _draw(self, mood: Mood) -> Image.Image:
        canvas = Canvas()
        x, y, size = self.body(canvas)
        for side in (-1, 1):
            canvas.disc(x + 0.78 * side * size, y + 0.3 * size, 0.16 * size, 0.1 * size, BLUSH)
        mood(canvas, x, y, size)
        return canvas.cut_out()


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
