"""Sticker packs from a CSV file: new numbers are added, known ones are changed."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gifting.errors import Invalid
from gifting.models import Brand, StickerPack
from gifting.names import one_line
from gifting.services.pack_catalogue import NUMBER_MAX

MAX_CSV_BYTES = 5_000_000
MAX_ROWS = 10_000
BATCH = 500
COLUMNS = {
    "packageid": "number", "packid": "number", "number": "number", "id": "number",
    "packagename": "name", "name": "name",
    "packagecategory": "category", "category": "category",
    "packagekeywords": "keywords", "keywords": "keywords", "tags": "keywords",
    "packageanimated": "is_animated", "animated": "is_animated",
    "isnew": "is_new", "new": "is_new",
    "inthecatalogue": "is_listed", "listed": "is_listed",
    "artistname": "artist", "artist": "artist",
    "language": "language",
    "price": "price",
}  # fmt: skip
FLAGS = {"y": True, "yes": True, "true": True, "1": True, "n": False, "no": False, "false": False, "0": False}
NUMBER = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be imported: `line 7`, or the path of a picture, and why."""

    where: str
    why: str


@dataclass(slots=True, kw_only=True)
class Imported:
    """What an import did. Nothing is saved where there are problems, unless they were to be skipped."""

    added: int = 0
    changed: int = 0
    saved: bool = False
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """One pack as the file tells it; `values` are by the names of the model's fields."""

    line: int
    values: dict[str, Any]


def import_csv(*, brand: Brand, data: bytes, skip_bad: bool = False, now: datetime) -> Imported:
    """Add and change packs as the file says. Raises Invalid where it is no such file at all."""
    table = _table(data)
    _line, head = next(table, (1, []))
    columns, ignored = _columns(head)
    known = set(StickerPack.objects.filter(brand=brand).values_list("number", flat=True))
    result = Imported(ignored=ignored)
    rows = list(_good_rows(table, columns, known, result))
    if not (rows or result.problems):
        raise Invalid(_("There are no packs in it: only the line that names the columns."))
    if result.problems and not skip_bad:
        return result
    _save(brand, rows, now=now)
    result.changed = sum(row.values["number"] in known for row in rows)
    result.added, result.saved = len(rows) - result.changed, True
    return result


def _table(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The filled rows with the line on which each begins."""
    if len(data) > MAX_CSV_BYTES:
        raise Invalid(_("The file is too large: at most 5 MB are accepted."))
    lines = StringIO(_text(data), newline="").readlines()
    reader = csv.reader(lines, delimiter=_delimiter(lines), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as exc:
        words = _("Line %(line)d cannot be read: its quotes do not match, or a cell is far too long.")
        raise Invalid(words % {"line": line}) from exc


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        words = _("The file is not in UTF-8. In a spreadsheet choose “CSV UTF-8” when you save it.")
        raise Invalid(words) from exc
    if "\0" in text:
        raise Invalid(_("This is no CSV file."))
    return text


def _delimiter(lines: list[str]) -> str:
    head = next((line for line in lines if line.strip()), "")
    return max(",;\t", key=head.count)


def _columns(head: list[str]) -> tuple[list[str], list[str]]:
    """The field of each column ("" for one that is not known), and the names of the unknown ones."""
    columns = [COLUMNS.get(re.sub(r"[\s_-]", "", name).lower(), "") for name in head]
    known = [column for column in columns if column]
    if "number" not in known:
        raise Invalid(_("There is no column packageId. The first line must name the columns."))
    if twice := {column for column in known if known.count(column) > 1}:
        words = _("Two columns say the same: %(columns)s.")
        raise Invalid(words % {"columns": ", ".join(sorted(twice))})
    return columns, [name for name, column in zip(head, columns, strict=True) if not column]


def _good_rows(
    table: Iterator[tuple[int, list[str]]], columns: list[str], known: set[int], result: Imported
) -> Iterator[Row]:
    """What can be saved; the rest becomes problems of the result."""
    seen: dict[int, int] = {}
    for count, (line, cells) in enumerate(table):
        if count == MAX_ROWS:
            raise Invalid(_("The file is too long: at most 10,000 packs are accepted."))
        try:
            values = _values(cells, columns)
            _check_name(values, known)
            _check_twice(values["number"], line, seen)
        except Invalid as exc:
            result.problems.append(Problem(_("line %(line)d") % {"line": line}, exc.message))
        else:
            yield Row(line, values)


def _values(cells: list[str], columns: list[str]) -> dict[str, Any]:
    if len(cells) != len(columns):
        words = _("It has %(cells)d cells, but there are %(columns)d columns. Put quotes around commas.")
        raise Invalid(words % {"cells": len(cells), "columns": len(columns)})
    said = {column: one_line(cell) for column, cell in zip(columns, cells, strict=True) if column}
    return {column: _value(column, cell) for column, cell in said.items()}


def _value(column: str, cell: str) -> Any:
    if column == "number":
        return _number(cell)
    if column.startswith("is_"):
        return _flag(column, cell)
    longest: int = getattr(StickerPack._meta.get_field(column), "max_length", 0)
    if len(cell) > longest:
        words = _("%(column)s is too long: at most %(longest)d characters.")
        raise Invalid(words % {"column": column, "longest": longest})
    return cell or ("Free" if column == "price" else "")


def _number(cell: str) -> int:
    if not NUMBER.fullmatch(cell) or int(cell) > NUMBER_MAX:
        words = _("“%(cell)s” is no package id: it must be a whole number from 1 to %(most)d.")
        raise Invalid(words % {"cell": cell[:40], "most": NUMBER_MAX})
    return int(cell)


def _flag(column: str, cell: str) -> bool:
    """An empty cell is a no, as in the answers of the API; only in the catalogue a pack is unless told."""
    if not cell:
        return column == "is_listed"
    if (flag := FLAGS.get(cell.lower())) is None:
        raise Invalid(_("“%(cell)s” is neither Y nor N.") % {"cell": cell[:40]})
    return flag


def _check_name(values: dict[str, Any], known: set[int]) -> None:
    if not values.get("name", values["number"] in known):
        raise Invalid(_("The pack has no name."))


def _check_twice(number: int, line: int, seen: dict[int, int]) -> None:
    if seen.setdefault(number, line) != line:
        words = _("Package id %(number)d stands on line %(line)d already.")
        raise Invalid(words % {"number": number, "line": seen[number]})


@transaction.atomic
def _save(brand: Brand, rows: list[Row], *, now: datetime) -> None:
    """In the order of the numbers, so that two imports at once wait for each other."""
    if not rows:
        return
    rows = sorted(rows, key=lambda row: int(row.values["number"]))
    StickerPack.objects.bulk_create(
        [StickerPack(brand=brand, created_at=now, **row.values) for row in rows],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["brand", "number"],
        update_fields=sorted(rows[0].values.keys() - {"number"}) or ["number"],
    )
