"""The style rules that follow from numbers: cards.css has all others."""

from typing import Final

from gifting.cards.layouts import Layout
from gifting.cards.text import size_class

HALF_POINTS: Final = range(6, 61)  # 3 to 30 points: every size that a text can be fitted to.
MOST_MM_DOWN: Final = 20


def number_rules(layout: Layout) -> str:
    """The page, the places of its cards, the sizes of texts and how far a message is moved down."""
    size = f"{layout.page_width}mm {layout.page_height}mm"
    page = f"@page {{ size: {size}; margin: 0 }}"
    sheet = f".gc-sheet {{ width: {layout.page_width}mm; height: {layout.page_height}mm }}"
    return "\n".join([page, sheet, *_slots(layout), *_sizes(), *_downs()])


def _slots(layout: Layout) -> list[str]:
    return [
        f".gc-slot-{number} {{ position: absolute; left: {left}mm; top: {top}mm }}"
        for number, (left, top) in enumerate(layout.slots)
    ]


def _sizes() -> list[str]:
    return [f".{size_class(half / 2)} {{ font-size: {half / 2}pt }}" for half in HALF_POINTS]


def _downs() -> list[str]:
    return [f".gc-down-{mm} > :first-child {{ padding-top: {mm}mm }}" for mm in range(MOST_MM_DOWN)]
