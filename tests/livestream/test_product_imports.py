"""Products from CSV files, as spreadsheets and shops write them."""

from io import BytesIO

import pytest

from livestream.errors import Invalid
from livestream.models import Channel, Product
from livestream.services import exports, product_imports
from livestream.services.product_imports import Imported

HEAD = "product,name,currency,unit,unit_name,price\n"
GOOD = HEAD + "S,Scarf,EUR,S-red,Red,49.00\nS,,,S-blue,Blue,59\nH,Hat,EUR,,,25\n"


def run(channel: Channel, text: str | bytes, *, is_trial: bool = False) -> Imported:
    data = text.encode() if isinstance(text, str) else text
    return product_imports.import_csv(channel=channel, file=BytesIO(data), is_trial=is_trial)


def catalogue() -> dict[str, list[tuple[str, str]]]:
    return {
        product.name: [(unit.name, f"{unit.price:.2f}") for unit in product.units.all()]
        for product in Product.objects.order_by("pk")
    }


ALL = {"Scarf": [("Red", "49.00"), ("Blue", "59.00")], "Hat": [("Hat", "25.00")]}


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        "\ufeff" + GOOD,
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\n\n"),
        GOOD.replace("49.00", '"49,00"'),
        GOOD.replace("unit_name", "Unit Name").replace("product,", "Product-ID,"),
    ],
    ids=["plain", "byte order mark", "semicolons", "tabs", "windows", "blank lines", "comma price", "names"],
)
def test_files_differ(channel: Channel, data: str) -> None:
    result = run(channel, data)
    assert (result.problems, catalogue()) == ([], ALL)


def test_what_was_added_and_changed_is_counted(channel: Channel) -> None:
    run(channel, GOOD)
    result = run(channel, HEAD + "S,,,S-red,,45\nH,Hat,EUR,,,25\nC,Coat,EUR,,,99\n")
    assert (result.added, result.changed, result.unchanged) == ({"C"}, {"S"}, {"H"})


def test_an_empty_cell_changes_nothing(channel: Channel) -> None:
    run(channel, GOOD)
    run(channel, HEAD + "S,,,S-red,,\n")
    assert catalogue() == ALL


def test_a_check_writes_nothing(channel: Channel) -> None:
    result = run(channel, GOOD, is_trial=True)
    assert (result.added, Product.objects.count()) == ({"S", "H"}, 0)


def test_what_is_right_is_written_and_what_is_wrong_is_named(channel: Channel) -> None:
    result = run(channel, GOOD + "C,Coat,EUR,,,-1\nB,Boots,EUR,,,much\n,Nobody,EUR,,,1\n")
    assert catalogue() == ALL
    assert [(problem.line, problem.why.split(".")[0]) for problem in result.problems] == [
        (5, "The price is negative"),
        (6, "“much” is no price: write it as 1299"),
        (7, "The product has no number"),
    ]


WRONG = {
    "too few cells": ("C,Coat", "2 cells"),
    "too many cells": ("C,Coat,warm,EUR,,,1", "quotes around commas"),
    "no name": ("C,,EUR,,,1", "no name"),
    "no currency": ("C,Coat,,,,1", "no currency"),
    "currency": ("C,Coat,€,,,1", "three capital letters"),
    "long number": (f"{'C' * 121},Coat,EUR,,,1", "too long"),
    "no price": ("C,Coat,EUR,C-1,,", "no price"),
    "formula": ("C,Coat,EUR,,,=1+1", "no price"),
    "other digits": ("C,Coat,EUR,,,１２", "no price"),
    "huge": ("C,Coat,EUR,,,999999999999", "too large"),
    "mills": ("C,Coat,EUR,,,1.005", "two digits"),
}


@pytest.mark.parametrize(("line", "why"), WRONG.values(), ids=WRONG)
def test_a_wrong_line_says_why(channel: Channel, line: str, why: str) -> None:
    result = run(channel, GOOD + line + "\n")
    assert [(problem.line, why in problem.why) for problem in result.problems] == [(5, True)], result.problems
    assert catalogue() == ALL


def test_a_unit_that_comes_twice_is_named(channel: Channel) -> None:
    result = run(channel, GOOD + "S,,,S-red,Red,1\n")
    assert [problem.line for problem in result.problems] == [5]
    assert catalogue() == ALL


REFUSED = {
    "latin-1": (GOOD.replace("Red", "Réd").encode("latin-1"), "UTF-8"),
    "utf-16": (GOOD.encode("utf-16"), "UTF-8"),
    "cut off": (GOOD.encode() + "é".encode()[:1], "UTF-8"),
    "no text": (GOOD.encode() + b"\0", "no CSV file"),
    "no column": (b"name,price\nScarf,1\n", "“product”"),
    "column twice": (b"product,id,sku,unit\n", "say the same"),
    "empty": (b"", "“product”"),
}


@pytest.mark.parametrize(("data", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_such_file_is_refused_as_a_whole(channel: Channel, data: bytes, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        run(channel, data)
    assert Product.objects.count() == 0


def test_a_file_that_is_too_large_is_refused(channel: Channel) -> None:
    class Endless(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return b"x" * (size or 0)

    with pytest.raises(Invalid, match="50 MB"):
        product_imports.import_csv(channel=channel, file=Endless())


def test_a_quote_that_never_ends_is_named_and_what_is_above_is_written(channel: Channel) -> None:
    result = run(channel, GOOD + 'C,"Coat,EUR,,,1\nB,Boots,EUR,,,1\n')
    assert "quotes do not match" in result.problems[0].why
    assert catalogue() == ALL


def test_columns_that_are_not_known_are_named(channel: Channel) -> None:
    assert run(channel, "product,name,currency,Weight\nS,Scarf,EUR,2\n").ignored == ["Weight"]


def test_a_product_may_come_again_much_further_down(channel: Channel) -> None:
    """Behind more products than are written at once."""
    between = "".join(f"P{n},Thing,EUR,,,1\n" for n in range(600))
    result = run(channel, HEAD + "S,Scarf,EUR,S-red,Red,49\n" + between + "S,,,S-blue,Blue,59\n")
    assert (len(result.added), result.changed, result.problems) == (601, set(), [])
    assert catalogue()["Scarf"] == [("Red", "49.00"), ("Blue", "59.00")]


def test_the_same_in_a_check(channel: Channel) -> None:
    between = "".join(f"P{n},Thing,EUR,,,1\n" for n in range(600))
    text = HEAD + "S,Scarf,EUR,S-red,Red,49\n" + between + "S,,,S-blue,Blue,59\n"
    result = run(channel, text, is_trial=True)
    assert (len(result.added), result.problems) == (601, [])


def test_all_columns(channel: Channel) -> None:
    head = ",".join(exports.PRODUCT_HEAD)
    line = (
        "S,Scarf,Warm,eur,https://shop.example/s,https://cdn.example/1.jpg https://cdn.example/2.jpg,no,"
        "S-red,Red,49,https://shop.example/s/red,https://cdn.example/red.jpg,yes"
    )
    assert run(channel, f"{head}\n{line}\n").problems == []
    product = Product.objects.get()
    unit = product.units.get()
    assert (product.currency, product.images.count(), product.is_sold_out) == ("EUR", 2, False)
    assert (unit.ext_id, unit.url, unit.is_sold_out) == ("S-red", "https://shop.example/s/red", True)
