"""Text made fit to print: cleaned, its direction known, and a size chosen at which it stays in its room."""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gifting.names import one_line

MM_PER_POINT: Final = 25.4 / 72
RAGGED: Final = 0.9  # Share of a line that words fill, as they do not break anywhere.
MOST_LINES: Final = 8
WIDE_LETTERS: Final = frozenset("mwMW@%—…")


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text, its size in points, the lines and the height in mm that it takes, and `ltr` or `rtl`."""

    text: str
    points: float
    lines: int
    height: float
    direction: str

    @property
    def css_class(self) -> str:
        return size_class(self.points)


def size_class(points: float) -> str:
    """`gc-pt-65` is 6.5 points: sizes are classes, as a card carries no style attribute."""
    return f"gc-pt-{round(points * 10)}"


def paragraphs(text: str, *, limit: int) -> str:
    """Lines kept, blank ones dropped, many lines run on; more than `limit` characters end in an ellipsis."""
    lines = [line for line in map(one_line, text.splitlines()) if line]
    kept = ("\n" if len(lines) <= MOST_LINES else " ").join(lines)
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def direction(text: str) -> str:
    """`rtl` if the first letter with a direction is written from right to left."""
    for char in text:
        match unicodedata.bidirectional(char):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return "ltr"


def fit(text: str, *, sizes: Sequence[float], width: float, height: float, leading: float) -> Fitted:
    """The largest of `sizes` (points, falling) that keeps it in `width` x `height` mm, else the smallest."""
    for points in sizes:
        lines = lines_needed(text, points, width)
        taken = lines * points * leading * MM_PER_POINT
        if taken <= height:
            break
    return Fitted(text, points, lines, taken, direction(text))


def lines_needed(text: str, points: float, width: float) -> int:
    """Lines of `width` mm that the text takes at this size, guessed on the safe side."""
    room = width / (points * MM_PER_POINT)
    return sum(_lines(ems, room) for ems in _widths(text))


def _lines(ems: float, room: float) -> int:
    return 1 if ems <= room else math.ceil(ems / (room * RAGGED))


@lru_cache(maxsize=64)
def _widths(text: str) -> tuple[float, ...]:
    """The width of each line in em. Kept, as the same text is tried at many sizes."""
    return tuple(sum(map(_em, line)) for line in text.splitlines())


def _em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if unicodedata.combining(char):
        return 0.0
    if char in WIDE_LETTERS:
        return 0.95
    return 0.74 if char.isupper() else 0.3 if char in " ilj.,;:!'|" else 0.48
