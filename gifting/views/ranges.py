"""HTTP Range for one part of a file (RFC 9110, section 14). Pure: header text in, byte positions out."""

import re
from dataclasses import dataclass
from typing import Final

SPEC: Final = re.compile(r"([0-9]*)-([0-9]*)")
DIGITS: Final = 19  # More than any file has: longer numbers are cut, as int() refuses very long ones.


class Unsatisfiable(Exception):
    """The range lies past the end of the file: 416."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """From `start` up to and including `end`, in bytes."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start + 1

    def content_range(self, size: int) -> str:
        """The value of the Content-Range header in a file of `size` bytes."""
        return f"bytes {self.start}-{self.end}/{size}"


def wanted_range(header: str, *, size: int) -> ByteRange | None:
    """The part asked for; None where the whole file is the answer. Raises Unsatisfiable.

    A malformed header is ignored, and so are several ranges, as section 14.2 allows: no player asks for them.
    """
    unit, _, ranges = header.partition("=")
    specs = [spec.strip(" \t") for spec in ranges.split(",") if spec.strip(" \t")]
    match = SPEC.fullmatch(specs[0]) if len(specs) == 1 else None
    if unit.strip(" \t").lower() != "bytes" or match is None:
        return None
    first, last = match.groups()
    return _from_start(first, last, size) if first else _suffix(last, size)


def _from_start(first: str, last: str, size: int) -> ByteRange | None:
    start, end = _number(first), _number(last) if last else size - 1
    if last and end < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return ByteRange(start, min(end, size - 1))


def _suffix(length: str, size: int) -> ByteRange | None:
    if not length:
        return None
    if not size or not (count := _number(length)):
        raise Unsatisfiable
    return ByteRange(max(size - count, 0), size - 1)


def _number(digits: str) -> int:
    return int(digits.lstrip("0")[:DIGITS] or "0")
