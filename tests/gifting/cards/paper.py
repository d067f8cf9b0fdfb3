"""Looks at printed cards as a person does: pages as pictures, their codes, their words."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image

from gifting.cards.layouts import Layout
from gifting.cards.pdf import write_cards
from gifting.dto import CardContent

DPI = 150
MM_PER_POINT = 25.4 / 72


@dataclass(frozen=True)
class Page:
    """One printed page: its size in mm, its picture at 150 dpi and its text."""

    width: float
    height: float
    picture: Image.Image
    text: str

    @property
    def codes(self) -> list[str]:
        """What the QR codes say, in reading order."""
        found = zxingcpp.read_barcodes(self.picture)
        found.sort(key=lambda code: (code.position.top_left.y // 100, code.position.top_left.x))
        return [code.text for code in found]

    @property
    def code_corner(self) -> tuple[int, int]:
        """Left top of the first QR code, in pixels."""
        corner = zxingcpp.read_barcodes(self.picture)[0].position.top_left
        return corner.x, corner.y

    def shows(self, color: tuple[int, int, int]) -> bool:
        """Whether a good part of the page has about this color."""
        distance = np.abs(np.asarray(self.picture).astype(int) - color).max(axis=2)
        return bool((distance < 12).sum() > 50)

    @property
    def is_gray(self) -> bool:
        channels = np.asarray(self.picture).astype(int)
        return int((channels.max(axis=2) - channels.min(axis=2)).max()) < 8


def card(**changes: object) -> CardContent:
    """A card as most are: two names, no note, no logo."""
    values: dict[str, object] = {
        "watch_url": "https://lune.example/w/9fK2mQx7LpWc3VtYbN4sRd",
        "order_number": "ORD-2026-1234",
        "brand_name": "Maison Lune",
        "accent_color": "#b4532a",
        "giver_name": "Alice",
        "receiver_name": "Bob",
    }
    return CardContent(**{**values, **changes})  # type: ignore[arg-type]


def numbered(count: int) -> list[CardContent]:
    """Cards whose watch URLs end in 0, 1, 2 ..."""
    return [card(watch_url=f"https://lune.example/w/{number}") for number in range(count)]


def printed(*cards: CardContent, layout: Layout) -> bytes:
    target = BytesIO()
    write_cards(cards, layout=layout, target=target)
    return target.getvalue()


def pages(pdf: bytes) -> list[Page]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_page(document[number]) for number in range(len(document))]
    finally:
        document.close()


def _page(page: pypdfium2.PdfPage) -> Page:
    width, height = (points * MM_PER_POINT for points in page.get_size())
    picture = page.render(scale=DPI / 72).to_pil().convert("RGB")
    text = page.get_textpage().get_text_range()
    return Page(width, height, picture, " ".join(text.split()))
