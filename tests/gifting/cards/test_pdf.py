"""Printed cards, seen as the packing bench sees them."""

from io import BytesIO

import pikepdf
import pytest

from gifting.cards.layouts import A4X4, A6, LABEL, LAYOUTS, Layout
from gifting.cards.pdf import card_pdf, write_cards
from gifting.dto import CardContent
from gifting.errors import Invalid
from tests.gifting.cards.paper import card, numbered, pages, printed

LONG_NOTE = ("Sit down, pour yourself a coffee and press play. " * 11)[:493] + "The end"
LONG_NAME = "Bartholomew Christopher Montgomery Wolfeschlegelsteinhausenbergerdorff-Abercromb"
DIFFICULT = {
    "long names": card(receiver_name=LONG_NAME, giver_name=LONG_NAME),
    "names without a space": card(receiver_name="W" * 80, giver_name="M" * 80),
    "names and note at their limits": card(receiver_name=LONG_NAME, giver_name=LONG_NAME, note=LONG_NOTE),
    "a note without a space": card(note="W" * 500),
    "a note of many lines": card(note="yes\n" * 125),
    "written from right to left": card(
        receiver_name="نور الهدى", giver_name="נועה", note="كل عام وأنتِ بخير!"
    ),
    "east asian": card(receiver_name="王小明", giver_name="山田 花子", note="お誕生日おめでとう。" * 50),
    "emoji": card(receiver_name="Zoë 🎉👩‍👩‍👧", giver_name="❤️", note="🎁" * 500),
    "no names": card(receiver_name="", giver_name=""),
    "control characters": card(receiver_name="Bo\x00b\u202e", giver_name="\ud800Al\x1bice\n"),
    "a long brand": card(brand_name="W" * 100, card_text="M" * 400),
    "a long order number": card(order_number="9" * 100),
    "a long address": card(watch_url="https://lune.example/w/" + "a" * 560),
    "nothing but the address": card(order_number="", brand_name="", receiver_name="", giver_name=""),
}
difficult = pytest.mark.parametrize("content", DIFFICULT.values(), ids=DIFFICULT)
every_layout = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


@pytest.mark.parametrize(
    ("layout", "cards", "sheets"), [(A6, 5, 5), (A4X4, 4, 1), (A4X4, 5, 2), (LABEL, 2, 2)]
)
def test_a_batch_takes_as_many_pages_as_its_layout_says(layout: Layout, cards: int, sheets: int) -> None:
    assert len(pages(printed(*numbered(cards), layout=layout))) == sheets


@pytest.mark.parametrize(("layout", "size"), [(A6, (105, 148)), (A4X4, (210, 297)), (LABEL, (101.6, 152.4))])
def test_a_page_has_the_size_of_its_paper(layout: Layout, size: tuple[float, float]) -> None:
    (page,) = pages(card_pdf(card(), layout=layout))
    assert (page.width, page.height) == pytest.approx(size, abs=0.1)


@every_layout
def test_the_code_of_a_printed_card_opens_its_watch_page(layout: Layout) -> None:
    (page,) = pages(card_pdf(card(), layout=layout))
    assert page.codes == ["https://lune.example/w/9fK2mQx7LpWc3VtYbN4sRd"]


@pytest.mark.parametrize("layout", [A6, A4X4], ids=lambda layout: layout.key)
def test_a_batch_of_several_chunks_keeps_the_order_given(layout: Layout) -> None:
    batch = numbered(38)
    codes = [code for page in pages(printed(*batch, layout=layout)) for code in page.codes]
    assert codes == [content.watch_url for content in batch]


def test_each_card_of_a_batch_has_the_look_of_its_own_brand() -> None:
    green = card(brand_name="Vert", accent_color="#1f6d53")
    orange = card(brand_name="Orange", accent_color="#b4532a")
    looks = [
        (page.shows((0x1F, 0x6D, 0x53)), "Vert" in page.text)
        for page in pages(printed(green, orange, layout=A6))
    ]
    assert looks == [(True, True), (False, False)]


def test_writing_says_how_many_cards_there_are() -> None:
    assert write_cards(iter(numbered(5)), layout=A4X4, target=BytesIO()) == 5


def test_an_empty_batch_is_refused_and_writes_nothing() -> None:
    target = BytesIO()
    with pytest.raises(Invalid, match="no cards to print"):
        write_cards([], layout=A6, target=target)
    assert target.getvalue() == b""


def test_a_watch_url_that_fits_no_code_is_refused_by_its_order_and_writes_nothing() -> None:
    target = BytesIO()
    with pytest.raises(Invalid, match="Order ORD-7: The address has"):
        write_cards([card(), card(order_number="ORD-7", watch_url="x" * 900)], layout=A6, target=target)
    assert target.getvalue() == b""


@every_layout
def test_the_same_cards_make_the_same_bytes(layout: Layout) -> None:
    batch = [card(note="Hello"), card(brand_name="Other", accent_color="#123456")]
    assert printed(*batch, layout=layout) == printed(*batch, layout=layout)


def test_viewers_are_asked_to_print_at_true_size() -> None:
    with pikepdf.open(BytesIO(card_pdf(card()))) as document:
        assert document.Root.ViewerPreferences.PrintScaling == "/None"


@difficult
def test_a_difficult_card_stays_on_one_page_and_scans(content: CardContent) -> None:
    assert [page.codes for page in pages(card_pdf(content))] == [[content.watch_url]]


@every_layout
def test_difficult_cards_keep_their_places_in_a_batch(layout: Layout) -> None:
    printed_pages = pages(printed(*DIFFICULT.values(), layout=layout))
    codes = [code for page in printed_pages for code in page.codes]
    assert codes == [content.watch_url for content in DIFFICULT.values()]


@difficult
def test_no_text_moves_the_code(content: CardContent) -> None:
    plain = card(watch_url=content.watch_url)
    corners = [page.code_corner for page in pages(printed(plain, content, layout=A6))]
    assert corners[0] == pytest.approx(corners[1], abs=2)
