"""The header `Range` against plain slices of bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gifting.views.ranges import ByteRange, Unsatisfiable, wanted_range

SIZES = st.integers(0, 300)
POSITIONS = st.integers(0, 400)


def sent(header: str, size: int) -> bytes | None:
    """What a file of `size` different bytes answers; None where the whole file is the answer."""
    whole = bytes(number % 251 for number in range(size))
    part = wanted_range(header, size=size)
    return None if part is None else whole[part.start : part.end + 1]


def whole_file(size: int) -> bytes:
    return bytes(number % 251 for number in range(size))


@given(SIZES, POSITIONS, POSITIONS)
def test_from_a_to_b_is_that_slice(size: int, first: int, last: int) -> None:
    header = f"bytes={first}-{last}"
    if last < first:
        assert sent(header, size) is None
    elif first >= size:
        with pytest.raises(Unsatisfiable):
            sent(header, size)
    else:
        assert sent(header, size) == whole_file(size)[first : last + 1]


@given(SIZES, POSITIONS)
def test_from_a_on_is_the_rest(size: int, first: int) -> None:
    if first >= size:
        with pytest.raises(Unsatisfiable):
            sent(f"bytes={first}-", size)
    else:
        assert sent(f"bytes={first}-", size) == whole_file(size)[first:]


@given(SIZES, POSITIONS)
def test_a_suffix_is_the_last_bytes(size: int, count: int) -> None:
    if not size or not count:
        with pytest.raises(Unsatisfiable):
            sent(f"bytes=-{count}", size)
    else:
        assert sent(f"bytes=-{count}", size) == whole_file(size)[-count:]


@given(st.text(), st.integers(0, 10**12))
def test_whatever_the_header_says_the_part_lies_in_the_file(text: str, size: int) -> None:
    try:
        part = wanted_range(f"bytes={text}", size=size)
    except Unsatisfiable:
        return
    assert part is None or 0 <= part.start <= part.end < size


@given(st.text().filter(lambda text: not text.lower().startswith("bytes")))
def test_other_units_are_ignored(text: str) -> None:
    assert wanted_range(text, size=100) is None


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=,",
        "bytes=a-b",
        "bytes=1",
        "bytes=1-2-3",
        "bytes=5-2",
        "bytes=+1-2",
        "bytes=1 - 2",
        "bytes=0x1-0x2",
        "bytes=１-２",
        "bytes=1.0-2",
        "items=0-1",
        "bytes:0-1",
    ],
)
def test_a_malformed_header_is_ignored(header: str) -> None:
    assert wanted_range(header, size=100) is None


@pytest.mark.parametrize("header", ["bytes=0-0,5-6", "bytes=0-1, -1", "bytes=0-,200-"])
def test_several_ranges_are_answered_with_the_whole_file(header: str) -> None:
    assert wanted_range(header, size=100) is None


@pytest.mark.parametrize("header", ["Bytes=1-2", "BYTES=1-2", "bytes = 1-2", "bytes=1-2,", "bytes=, 1-2"])
def test_what_the_grammar_allows_is_understood(header: str) -> None:
    assert wanted_range(header, size=100) == ByteRange(1, 2)


@pytest.mark.parametrize("digits", ["9" * 20, "9" * 5000])
def test_absurdly_long_numbers_do_no_harm(digits: str) -> None:
    assert wanted_range(f"bytes=0-{digits}", size=100) == ByteRange(0, 99)


def test_leading_zeros_do_not_count() -> None:
    assert wanted_range(f"bytes={'0' * 30}1-2", size=100) == ByteRange(1, 2)
