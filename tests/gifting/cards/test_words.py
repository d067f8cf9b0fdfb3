"""What stands on a card, and what never does."""

from pathlib import Path

import pypdfium2
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from pytest_django import Settings

from gifting.cards.layouts import A4X4, A6, LABEL, Layout
from gifting.cards.pdf import card_pdf
from gifting.dto import CardContent
from tests.gifting.cards.paper import MM_PER_POINT, card, pages, printed

FRENCH = {
    "For %(receiver)s": "Pour %(receiver)s",
    "From %(giver)s": "Offert par %(giver)s",
    "Scan to watch your video message": "Scannez pour voir votre message",
}
GIFT_BOX_TOP_MM = 60.0


def words(content: CardContent, layout: Layout = A6) -> str:
    (page,) = pages(card_pdf(content, layout=layout))
    return "".join(char for char in page.text if char not in "\u2068\u2069\ufffe")


def lowest_mm(pdf: bytes, word: str) -> float:
    """How far below the top of the first page a word ends."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    text = page.get_textpage()
    index, count = text.search(word).get_next()
    bottom = min(text.get_charbox(place)[1] for place in range(index, index + count))
    height: float = page.get_height()
    document.close()
    return (height - bottom) * MM_PER_POINT


@pytest.fixture
def french(tmp_path: Path, settings: Settings) -> None:
    """A site that has the card's words in French."""
    catalog = Catalog(locale="fr")
    for english, translated in FRENCH.items():
        catalog.add(english, translated)
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalog)
    settings.LANGUAGES = [("en", "English"), ("fr", "French")]
    settings.LOCALE_PATHS = [tmp_path]


def test_a_card_says_for_whom_and_from_whom_it_is() -> None:
    assert "For Bob From Alice" in words(card())


def test_a_card_without_names_still_says_what_it_is() -> None:
    assert "A video message for you" in words(card(receiver_name="", giver_name=""))


def test_a_card_without_a_giver_names_the_receiver_alone() -> None:
    text = words(card(giver_name=""))
    assert "For Bob" in text
    assert "From" not in text


def test_a_card_invites_to_scan() -> None:
    assert "Scan to watch your video message" in words(card())


def test_the_address_can_be_typed_by_who_cannot_scan() -> None:
    assert "lune.example/w/9fK2mQx7LpWc3VtYbN4sRd" in words(card())


def test_an_address_without_encryption_keeps_its_scheme() -> None:
    assert "http://localhost:8000/w/1" in words(card(watch_url="http://localhost:8000/w/1"))


def test_the_order_number_is_there_for_the_packing_bench() -> None:
    assert "ORD-2026-1234" in words(card())


def test_the_words_of_the_brand_and_the_note_of_the_giver_are_printed() -> None:
    text = words(card(card_text="Wrapped by hand.\nlune.example", note="Happy birthday!"))
    assert "Happy birthday!" in text
    assert "Wrapped by hand. lune.example" in text


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "{{ 7 }}{% now %}", '&amp; "it\'s"', "#top</p>"]
)
def test_a_hostile_text_is_printed_as_it_was_typed(name: str) -> None:
    text = words(
        card(receiver_name=name, note=f"Note {name}", brand_name=f"Brand {name}", order_number=f"N {name}")
    )
    assert [f"{place} {name}" in text for place in ("For", "Note", "Brand", "N")] == [True] * 4


def test_a_color_that_is_none_cannot_change_the_card() -> None:
    text = words(card(accent_color='red"/><script>} body { display: none'))
    assert "For Bob From Alice" in text


@pytest.mark.parametrize("person", ["receiver_name", "giver_name"])
def test_a_mail_address_in_place_of_a_name_is_not_printed(person: str) -> None:
    assert "@" not in words(card(**{person: "alice@example.com"}))


def test_a_note_at_its_limit_is_printed_whole_above_the_gift_box() -> None:
    note = ("Sit down, pour yourself a coffee and press play. " * 11)[:493] + " Finis"
    pdf = card_pdf(card(note=note, receiver_name="Bartholomew " * 6, giver_name="Maximiliana " * 6))
    assert lowest_mm(pdf, "Finis") < GIFT_BOX_TOP_MM


def test_a_note_beyond_its_limit_ends_in_an_ellipsis() -> None:
    text = words(card(note="a" * 499 + "bcd"))
    assert "a…" in text.replace(" ", "")
    assert "bcd" not in text


def test_a_short_note_keeps_its_lines() -> None:
    pdf = card_pdf(card(note="First\n\nSecond"))
    assert lowest_mm(pdf, "Second") > lowest_mm(pdf, "First") + 3


def test_without_a_note_the_names_stand_lower_in_the_middle() -> None:
    note = "Happy birthday! I could not be there today, so I am sending you this instead."
    assert lowest_mm(card_pdf(card()), "Bob") > lowest_mm(card_pdf(card(note=note)), "Bob") + 3


def test_the_accent_color_of_the_brand_is_on_the_card() -> None:
    (page,) = pages(card_pdf(card()))
    assert page.shows((0xB4, 0x53, 0x2A))


def test_a_label_is_printed_in_black_alone() -> None:
    (page,) = pages(card_pdf(card(note="Hello"), layout=LABEL))
    assert page.is_gray


def test_a_sheet_to_cut_has_marks_at_its_edges() -> None:
    (page,) = pages(card_pdf(card(), layout=A4X4))
    ten_mm = round(10 / 25.4 * 150)
    edges = [page.picture.crop(box) for box in _edges(*page.picture.size, ten_mm)]
    assert [min(edge.convert("L").tobytes()) < 250 for edge in edges] == [True] * 4


def _edges(width: int, height: int, ten_mm: int) -> list[tuple[int, int, int, int]]:
    middle, center = width // 2, height // 2
    return [
        (middle - 9, 0, middle + 9, ten_mm // 2),
        (middle - 9, height - ten_mm // 2, middle + 9, height),
        (0, center - 9, ten_mm // 2, center + 9),
        (width - ten_mm // 2, center - 9, width, center + 9),
    ]


@pytest.mark.usefixtures("french")
def test_a_card_speaks_the_language_of_its_order() -> None:
    text = words(card(language="fr"))
    assert "Pour Bob Offert par Alice" in text
    assert "Scannez pour voir votre message" in text


@pytest.mark.usefixtures("french")
def test_a_regional_language_uses_the_nearest_that_there_is() -> None:
    assert "Pour Bob" in words(card(language="fr-CA"))


@pytest.mark.parametrize("language", ["ja", "", "xx-YY", "../../etc"])
def test_a_language_that_the_site_lacks_becomes_english(language: str) -> None:
    assert "For Bob From Alice" in words(card(language=language))


@pytest.mark.usefixtures("french")
def test_a_batch_may_mix_languages() -> None:
    texts = [page.text for page in pages(printed(card(language="fr"), card(language="en"), layout=A6))]
    assert ["Scannez" in texts[0], "Scan to" in texts[1]] == [True, True]
