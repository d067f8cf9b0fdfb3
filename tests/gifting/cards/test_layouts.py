"""The papers to choose from."""

import pytest

from gifting.cards.layouts import A4X4, A6, LABEL, LAYOUTS, Layout, layout_for
from gifting.cards.pdf import CARDS_PER_CHUNK
from gifting.errors import Invalid


@pytest.mark.parametrize(("key", "layout"), [("a6", A6), ("a4x4", A4X4), ("label", LABEL)])
def test_a_layout_is_found_by_its_key(key: str, layout: Layout) -> None:
    assert layout_for(key) is layout


def test_an_unknown_key_is_refused_with_the_keys_there_are() -> None:
    with pytest.raises(Invalid, match="a6, a4x4, label"):
        layout_for("letter")


def test_only_the_sheet_to_cut_has_several_cards() -> None:
    assert {key: layout.cards_per_page for key, layout in LAYOUTS.items()} == {"a6": 1, "a4x4": 4, "label": 1}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_layout_has_a_name_for_people(layout: Layout) -> None:
    assert str(layout.label)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_page_never_spans_two_chunks_of_a_batch(layout: Layout) -> None:
    assert CARDS_PER_CHUNK % layout.cards_per_page == 0
