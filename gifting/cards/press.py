"""Turns some cards into PDF pages: the stationery is drawn once, each card only for what is its own."""

from collections.abc import Sequence
from io import BytesIO

import pikepdf
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from gifting.cards.assets import Assets
from gifting.cards.layouts import Layout
from gifting.cards.markup import card_html, stationery_html
from gifting.cards.stationery import Stationery, stationery_of
from gifting.cards.styles import number_rules
from gifting.cards.text import MM_PER_POINT
from gifting.dto import CardContent


class Press:
    """Prints cards on one layout. Fonts and styles are loaded once, so use one press for a whole batch."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._fonts = FontConfiguration()
        rules = (render_to_string("gifting/cards/cards.css"), number_rules(layout))
        self._styles = [CSS(string=text, font_config=self._fonts, url_fetcher=Assets()) for text in rules]

    def print(self, contents: Sequence[CardContent]) -> pikepdf.Pdf:
        """Finished pages in order; close them. Raises Invalid if a watch URL does not fit into a QR code."""
        used = [stationery_of(content, monochrome=self._layout.monochrome) for content in contents]
        designs = list(dict.fromkeys(used))
        book = pikepdf.open(BytesIO(self._pages(contents, designs)))
        self._lay_under(book, [designs.index(stationery) for stationery in used])
        return book

    def _pages(self, contents: Sequence[CardContent], designs: Sequence[Stationery]) -> bytes:
        """The sheets without their stationery; after them each stationery on a page of its own."""
        assets = Assets()
        drawn = [stationery_html(design, assets=assets) for design in designs]
        sheets = self._sheets(contents, assets)
        context = {"layout": self._layout, "sheets": sheets, "stationery": drawn}
        document = HTML(string=render_to_string("gifting/cards/sheets.html", context), url_fetcher=assets)
        pdf: bytes = document.write_pdf(stylesheets=self._styles, font_config=self._fonts, cache={})
        return pdf

    def _sheets(self, contents: Sequence[CardContent], assets: Assets) -> list[list[str]]:
        size = self._layout.cards_per_page
        cards = [
            card_html(content, slot=number % size, assets=assets) for number, content in enumerate(contents)
        ]
        return [cards[start : start + size] for start in range(0, len(cards), size)]

    def _lay_under(self, book: pikepdf.Pdf, used: Sequence[int]) -> None:
        """Each stationery page becomes one drawing, stored once, that all its cards refer to."""
        size = self._layout.cards_per_page
        sheets = -(-len(used) // size)
        drawings = [book.make_indirect(page.as_form_xobject()) for page in book.pages[sheets:]]
        for number, design in enumerate(used):
            page, name = book.pages[number // size], pikepdf.Name(f"/Stationery{design}")
            page.add_resource(drawings[design], pikepdf.Name.XObject, name)
            page.contents_add(self._drawn(name, self._layout.slots[number % size]), prepend=True)
        del book.pages[sheets:]

    def _drawn(self, name: pikepdf.Name, slot: tuple[float, float]) -> bytes:
        """The operators that draw a page-sized drawing for the card of this slot."""
        left, top = (offset / MM_PER_POINT for offset in slot)
        return f"q 1 0 0 1 {left:.3f} {-top:.3f} cm {name} Do Q\n".encode()
