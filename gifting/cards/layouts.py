"""The papers that a card can be printed on. Sizes in millimeters."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gifting.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A page size and where its cards sit, in reading order: `slots` are the left top corners.

    A card is always 105 x 148 mm; its outer 6 mm are empty, so a slot may begin a little off the page.
    """

    key: str
    label: Promise
    page_width: float
    page_height: float
    monochrome: bool = False
    slots: tuple[tuple[float, float], ...] = ((0, 0),)

    @property
    def cards_per_page(self) -> int:
        return len(self.slots)


A6: Final = Layout(key="a6", label=_("A6, one card a page"), page_width=105, page_height=148)

A4X4: Final = Layout(
    key="a4x4",
    label=_("A4, four cards to cut"),
    page_width=210,
    page_height=297,
    slots=((0, 0), (105, 0), (0, 149), (105, 149)),
)

LABEL: Final = Layout(
    key="label",
    label=_("4 × 6 inch label, black and white"),
    page_width=101.6,
    page_height=152.4,
    monochrome=True,
    slots=((-1.7, 2.2),),
)

LAYOUTS: Final = {layout.key: layout for layout in (A6, A4X4, LABEL)}


def layout_for(key: str) -> Layout:
    """The layout with this key. Raises Invalid if there is none."""
    try:
        return LAYOUTS[key]
    except KeyError as exc:
        raise Invalid(f"There is no card layout {key!r}. Choose one of: {', '.join(LAYOUTS)}.") from exc
