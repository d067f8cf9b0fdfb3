"""Whose parcel a code looks like: a hint for people, from its form and check digit alone."""

import re
from collections.abc import Callable
from typing import Final

from gifting.carriers.reading import bare

POSTAL_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)


def guess(code: str) -> str:
    """A word of `Shipment.Carrier`, or "" where the form is not certain enough."""
    number = bare(code)
    return next((word for word, form, fits in FORMS if form.fullmatch(number) and fits(number)), "")


def _fits_ups(number: str) -> bool:
    """After `1Z`: letters count as digits, every second one twice, the last makes it a multiple of ten."""
    values = [int(char) if char.isdigit() else (ord(char) - 63) % 10 for char in number[2:]]
    return (sum(values[0:15:2]) + 2 * sum(values[1:15:2]) + values[15]) % 10 == 0


def _fits_postal(number: str) -> bool:
    """UPU S10: two letters, eight digits, a check digit, a country."""
    total = sum(int(digit) * weight for digit, weight in zip(number[2:10], POSTAL_WEIGHTS, strict=True))
    check = 11 - total % 11
    return int(number[10]) == {10: 0, 11: 5}.get(check, check)


def _fits_waybill(number: str) -> bool:
    """DHL Express: nine digits and their rest modulo seven."""
    return int(number[:9]) % 7 == int(number[9])


def _fits_sscc(number: str) -> bool:
    """GS1: from the right, every second digit three times."""
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0


def _fits(number: str) -> bool:
    """The form says enough."""
    return True


Form = tuple[str, re.Pattern[str], Callable[[str], bool]]
FORMS: Final[tuple[Form, ...]] = (
    ("ups", re.compile(r"1Z[0-9A-Z]{15}[0-9]"), _fits_ups),
    ("chronopost", re.compile(r"X[A-Z][0-9]{9}[A-Z]{2}"), _fits),
    ("chronopost", re.compile(r"[A-Z]{2}[0-9]{9}FR"), _fits_postal),
    ("dhl", re.compile(r"JJD[0-9]{10,22}|JD01[0-9]{14,16}"), _fits),
    ("dhl", re.compile(r"[1-9][0-9]{9}"), _fits_waybill),
    ("dhl", re.compile(r"00340[0-9]{15}"), _fits_sscc),
)
