"""Printed gift cards: a whole batch as one PDF, in the order given and in bounded memory."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice
from typing import BinaryIO, Final

import pikepdf

from gifting.cards.layouts import A6, Layout
from gifting.cards.press import Press
from gifting.dto import CardContent
from gifting.errors import Invalid

CARDS_PER_CHUNK: Final = 32  # A multiple of every layout's cards per page: no page spans two chunks.


def card_pdf(card: CardContent, *, layout: Layout = A6) -> bytes:
    """One card. Raises Invalid if its watch URL does not fit into a QR code."""
    target = BytesIO()
    write_cards([card], layout=layout, target=target)
    return target.getvalue()


def write_cards(cards: Iterable[CardContent], *, layout: Layout, target: BinaryIO) -> int:
    """Write one PDF with all cards and return how many. Raises Invalid before anything is written."""
    press, printed = Press(layout), 0
    with pikepdf.Pdf.new() as book:
        for chunk in _chunks(cards):
            with press.print(chunk) as part:
                book.pages.extend(part.pages)
            printed += len(chunk)
        if not printed:
            raise Invalid("There are no cards to print. Choose at least one order with a video message.")
        _finish(book, target)
    return printed


def _chunks(cards: Iterable[CardContent]) -> Iterator[list[CardContent]]:
    remaining = iter(cards)
    while chunk := list(islice(remaining, CARDS_PER_CHUNK)):
        yield chunk


def _finish(book: pikepdf.Pdf, target: BinaryIO) -> None:
    """Asks viewers to print at true size. Every byte follows from the content, the identifier too."""
    book.Root.ViewerPreferences = pikepdf.Dictionary(PrintScaling=pikepdf.Name("/None"))
    book.save(target, deterministic_id=True)
