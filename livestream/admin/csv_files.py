"""CSV that spreadsheets open: streamed as it is read, and no cell of it is ever run as a formula."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice
from typing import Any

from django.http import StreamingHttpResponse

LINES_AT_ONCE = 500
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_response(name: str, head: Iterable[Any], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """A download called `<name>.csv`; `rows` are asked for while it is sent."""
    return StreamingHttpResponse(
        _blocks(head, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"},
    )


def _blocks(head: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The first character tells spreadsheets that the rest is UTF-8."""
    yield "\ufeff" + _lines([head])
    left = iter(rows)
    while block := list(islice(left, LINES_AT_ONCE)):
        yield _lines(block)


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    text = StringIO()
    csv.writer(text).writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def _safe(cell: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell
