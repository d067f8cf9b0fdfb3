"""Printed gift cards: a whole batch as one PDF, in the order given and in bounded memory."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import islice
from typing import BinaryIO, Final

import pikepdf

from gifting.cards.layouts import A6, Layout
from gifting.cards.press import Press
from gifting.dto import CardContent
from gifting.errors import Invalid

CARDS_PER_CHUNK: Final = 48  # A multiple of every layout's cards per page: no page spans two chunks.


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
            with _collector_at_rest(), press.print(chunk) as part:
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


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """A chunk's objects all live until it is printed: looking for garbage before takes a sixth of the time.

    They are still young when the collector wakes up, so it frees them before the next chunk needs the room.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _finish(book: pikepdf.Pdf, target: BinaryIO) -> None:
    """Asks viewers to print at true size. Every byte follows from the content, the identifier too."""
    book.Root.ViewerPreferences = pikepdf.Dictionary(PrintScaling=pikepdf.Name("/None"))
    book.save(target, deterministic_id=True)
