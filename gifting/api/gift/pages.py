"""Numbers and texts that callers send, and the map of pages beside each list."""

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest

from gifting.backends.packs import LIMIT, LIMIT_MAX
from gifting.errors import Invalid
from gifting.services.pack_catalogue import NUMBER_MAX

GROUP = 10
DIGITS = re.compile(r"[0-9]{1,10}")
PACKAGE = re.compile(r"[1-9][0-9]*")
REPLACED = "\N{REPLACEMENT CHARACTER}"


def package_number(said: str) -> int:
    """The number in a path; one that is too large for any pack stays too large. Raises Invalid."""
    if not PACKAGE.fullmatch(said):
        raise Invalid("packageId must be a whole number from 1.", fields={"packageId": "Is not a number."})
    return int(said) if len(said) <= 10 else NUMBER_MAX + 1


def query_text(request: HttpRequest, name: str) -> str:
    """A text in the query, empty without one. Raises Invalid for what is no UTF-8: Django replaces it, and
    two user ids would be one.
    """
    said = request.GET.get(name, "")
    if REPLACED in said and not _is_text(unquote_to_bytes(request.META["QUERY_STRING"])):
        raise Invalid(f"{name} is not UTF-8 text.", fields={name: "Is not text."})
    return said


def _is_text(query: bytes) -> bool:
    try:
        query.decode()
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Ask:
    """`page` counts from 1, `limit` is the number of rows of a page."""

    page: int
    limit: int


def read_ask(request: HttpRequest) -> Ask:
    """`pageNumber` and `limit` of the query. Raises Invalid."""
    page = _whole(request, "pageNumber", default=1, highest=NUMBER_MAX)
    return Ask(page, _whole(request, "limit", default=LIMIT, highest=LIMIT_MAX))


def _whole(request: HttpRequest, name: str, *, default: int, highest: int) -> int:
    said = request.GET.get(name, str(default))
    if DIGITS.fullmatch(said) and 1 <= int(said) <= highest:
        return int(said)
    raise Invalid(f"{name} must be a whole number from 1 to {highest}.", fields={name: "Is out of range."})


def page_map(ask: Ask, total: int) -> dict[str, int]:
    """Pages come in groups of ten, for a row of links; rows are counted from 0, and listed from the last."""
    pages = -(-total // ask.limit)
    group, start = (ask.page - 1) // GROUP, (ask.page - 1) * ask.limit
    return {
        "pageNumber": ask.page,
        "onePageCountRow": ask.limit,
        "totalCount": total,
        "pageCount": pages,
        "groupCount": -(-pages // GROUP),
        "groupNumber": group,
        "pageGroupCount": GROUP,
        "startPage": group * GROUP + 1,
        "endPage": min(group * GROUP + GROUP, pages),
        "startRow": start,
        "endRow": start + ask.limit,
        "modNum": total % ask.limit,
        "listStartNumber": max(total - start, 0),
    }
