"""Public ids: short encoded strings of row numbers, one coding for every kind of thing (contract C)."""

from enum import IntEnum
from functools import cache, lru_cache

from sqids import Sqids

from livestream.errors import Malformed

LARGEST = 2**63 - 1
LONGEST = 32
ALPHABET = "W8DHRkeCPUA1VMndItoBxwczLgX3iKTf27vYyS4lFbraGQO9j5NJEsh06pmuqZ"


class Kind(IntEnum):
    """What an id stands for. Never renumber: ids are in other people's systems."""

    STREAM = 0
    PLAYLIST = 1
    PRODUCT = 2
    UNIT = 3
    IMAGE = 4


@cache
def _sqids() -> Sqids:
    return Sqids(alphabet=ALPHABET, min_length=6)


@lru_cache(maxsize=20_000)  # A page of products has hundreds of ids, and the same ones every time.
def encode(kind: Kind, number: int) -> str:
    """At least 6 letters and digits."""
    return _sqids().encode([kind, number])


def decode(text: str) -> tuple[Kind, int]:
    """The inverse of `encode`; one thing has one id, so other spellings are refused. Raises Malformed."""
    numbers = _sqids().decode(text) if len(text) <= LONGEST else []
    if len(numbers) != 2 or numbers[0] > max(Kind) or not 0 < numbers[1] <= LARGEST:
        raise Malformed
    kind, number = Kind(numbers[0]), numbers[1]
    if encode(kind, number) != text:
        raise Malformed
    return kind, number


def number_of(kind: Kind, text: str) -> int | None:
    """The row number of an id; None where it stands for something else. Raises Malformed."""
    found, number = decode(text)
    return number if found == kind else None


def is_id(text: str) -> bool:
    """Whether it stands for anything."""
    try:
        decode(text)
    except Malformed:
        return False
    return True
