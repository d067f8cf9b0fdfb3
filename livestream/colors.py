"""Colors that stay readable on any accent a channel chooses (WCAG 2). `#rrggbb` in and out."""

import re
from typing import Final

HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
FALLBACK: Final = "#a3293d"
AA: Final = 4.5  # The contrast that WCAG 2 asks of text.
BLACK, WHITE = "#000000", "#ffffff"
# The surfaces under accented text, as live.css has them: the darkest by day, the lightest at night.
DAY: Final = "#f5f3f0"
NIGHT: Final = "#292524"


def accent(color: str) -> str:
    """The color itself, or ours where it is none: what reaches a stylesheet is a color and nothing else."""
    return color.lower() if HEX.fullmatch(color) else FALLBACK


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(color: str) -> str:
    """Black or white, whichever reads better on the color: at least 4.58 for every color there is."""
    return max(WHITE, BLACK, key=lambda text: contrast(text, color))


def readable_as_text(color: str, *, surface: str) -> str:
    """The color, moved no further towards black or white than it must to be read on the surface."""
    end = readable_on(surface)
    shades = (_mix(color, end, step / 50) for step in range(51))
    return next(shade for shade in shades if contrast(shade, surface) >= AA)


def _mix(color: str, other: str, share: float) -> str:
    pairs = zip(bytes.fromhex(color[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + "".join(f"{round(ours + (theirs - ours) * share):02x}" for ours, theirs in pairs)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in bytes.fromhex(color[1:]))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
