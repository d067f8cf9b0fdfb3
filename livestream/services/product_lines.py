"""The lines of a CSV file of products: its columns, and what one line says. No table of ours is read."""

import csv
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from io import TextIOWrapper
from typing import IO

from django.utils.translation import gettext as _

from livestream.errors import Invalid
from livestream.services.catalogue_entries import ProductEntry, UnitEntry, check_product, check_unit

MAX_BYTES = 50_000_000
READ_AT_ONCE = 1 << 20
HEAD_BYTES = 1 << 16
COLUMNS = {
    "product": "product", "productid": "product", "extid": "product", "handle": "product",
    "name": "name", "title": "name", "productname": "name",
    "description": "description",
    "currency": "currency",
    "url": "url", "link": "url",
    "images": "images", "image": "images", "imagelink": "images",
    "soldout": "sold_out",
    "unit": "unit", "unitid": "unit", "sku": "unit", "variantid": "unit",
    "unitname": "unit_name", "variant": "unit_name", "variantname": "unit_name",
    "price": "price",
    "uniturl": "unit_url",
    "unitimage": "unit_image",
    "unitsoldout": "unit_sold_out",
}  # fmt: skip
FLAGS = {"y": True, "yes": True, "true": True, "1": True, "n": False, "no": False, "false": False, "0": False}
PRICE = re.compile(r"-?[0-9]{1,12}([.,][0-9]{1,6})?")
UNIT = ("unit", "unit_name", "price", "unit_url", "unit_image", "unit_sold_out")


@dataclass(frozen=True, slots=True)
class Line:
    """`product` is the line's word on the product, without units; `unit` None where it names none."""

    number: int
    product: ProductEntry
    unit: UnitEntry | None


class Table:
    """A file whose columns are known. Raises Invalid where it is no such file.

    `ignored` are the columns that are not known.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.lines = _lines(file)
        _number, head = next(self.lines, (1, []))
        self.columns = [COLUMNS.get(re.sub(r"[\s_-]", "", name).lower(), "") for name in head]
        self.ignored = [name for name, known in zip(head, self.columns, strict=True) if not known]
        _check_columns(self.columns)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """The filled lines with the number on which each begins. Raises Invalid for unmatched quotes."""
        return self.lines

    def read(self, number: int, cells: list[str]) -> Line:
        """What one line says. Raises Invalid."""
        if len(cells) != len(self.columns):
            words = _("It has %(cells)d cells, but there are %(columns)d columns. Put quotes around commas.")
            raise Invalid(words % {"cells": len(cells), "columns": len(self.columns)})
        cleaned = (" ".join(cell.split()) for cell in cells)
        said = {name: cell for name, cell in zip(self.columns, cleaned, strict=True) if name and cell}
        return Line(number, _product(said), _unit(said))


def _product(said: dict[str, str]) -> ProductEntry:
    entry = ProductEntry(
        ext_id=said.get("product", ""),
        name=said.get("name"),
        currency=said["currency"].upper() if "currency" in said else None,
        description=said.get("description"),
        url=said.get("url"),
        images=said["images"].split() if "images" in said else None,
        is_sold_out=_flag(said.get("sold_out")),
    )
    check_product(entry, is_new=False)
    return entry


def _unit(said: dict[str, str]) -> UnitEntry | None:
    if not any(name in said for name in UNIT):
        return None
    unit = UnitEntry(
        ext_id=said.get("unit", ""),
        name=said.get("unit_name"),
        price=_price(said.get("price")),
        url=said.get("unit_url"),
        image=said.get("unit_image"),
        is_sold_out=_flag(said.get("unit_sold_out")),
    )
    check_unit(unit, is_new=False)
    return unit


def _price(cell: str | None) -> Decimal | None:
    if cell is None:
        return None
    if not PRICE.fullmatch(cell):
        words = _("“%(cell)s” is no price: write it as 1299.00, without the currency.")
        raise Invalid(words % {"cell": cell[:40]})
    return Decimal(cell.replace(",", "."))


def _flag(cell: str | None) -> bool | None:
    if cell is None:
        return None
    if (flag := FLAGS.get(cell.lower())) is None:
        raise Invalid(_("“%(cell)s” is neither yes nor no.") % {"cell": cell[:40]})
    return flag


def _check_columns(columns: list[str]) -> None:
    known = [name for name in columns if name]
    if "product" not in known:
        raise Invalid(_("There is no column “product”. The first line must name the columns."))
    if twice := sorted({name for name in known if known.count(name) > 1}):
        raise Invalid(_("Two columns say the same: %(columns)s.") % {"columns": ", ".join(twice)})


def _lines(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    delimiter = _delimiter(_checked_head(file))
    file.seek(0)
    reader = csv.reader(TextIOWrapper(file, "utf-8-sig", newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield number, cells
            number = reader.line_num + 1
    except csv.Error as exc:
        words = _("Line %(line)d cannot be read: its quotes do not match, or it is too long.")
        raise Invalid(words % {"line": number}) from exc


def _checked_head(file: IO[bytes]) -> str:
    """The beginning, once all of the file is known to be text: half a file must not be written."""
    decoder = getincrementaldecoder("utf-8-sig")()
    head, size = "", 0
    try:
        while block := file.read(READ_AT_ONCE):
            size += len(block)
            text = decoder.decode(block)
            head = head or text[:HEAD_BYTES]
            if size > MAX_BYTES:
                raise Invalid(_("The file is too large: at most 50 MB are accepted."))
            if "\0" in text:
                raise Invalid(_("This is no CSV file."))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as exc:
        words = _("The file is not in UTF-8. In a spreadsheet choose “CSV UTF-8” when you save it.")
        raise Invalid(words) from exc
    return head


def _delimiter(text: str) -> str:
    head = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=head.count)
