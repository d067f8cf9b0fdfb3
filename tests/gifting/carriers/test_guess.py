"""Whose parcel a code looks like."""

import pytest

from gifting.carriers.guess import guess
from gifting.models import Shipment


@pytest.mark.parametrize(
    ("code", "carrier"),
    [
        ("1Z999AA10123456784", "ups"),
        ("1Z5R89390357567127", "ups"),
        ("1Z204W4R0308071865", "ups"),
        ("1ZCIETST0111111114", "ups"),
        ("1z 999 aa1 01 2345 6784", "ups"),
        ("XW123456789FR", "chronopost"),
        ("XY475859632JB", "chronopost"),
        ("EE 123 456 785 FR", "chronopost"),
        ("EE473124829FR", "chronopost"),
        ("EE000000005FR", "chronopost"),
        ("EE003000000FR", "chronopost"),
        ("JJD0099999999", "dhl"),
        ("JJD014600012610001490", "dhl"),
        ("JD014600006281230704", "dhl"),
        ("3318810025", "dhl"),
        ("848-713-5506", "dhl"),
        ("00340434161094015902", "dhl"),
        ("00340434161094042557", "dhl"),
    ],
)
def test_the_form_of_a_code_tells_its_carrier(code: str, carrier: str) -> None:
    assert guess(code) == carrier
    assert carrier in Shipment.Carrier.values


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("", id="nothing"),
        pytest.param("1Z999AA10123456785", id="UPS with another check digit"),
        pytest.param("1Z999AA1012345678", id="UPS, too short"),
        pytest.param("1Z999AA1012345678A", id="UPS with a letter at the end"),
        pytest.param("EE123456784FR", id="postal with another check digit"),
        pytest.param("EE473124829GB", id="postal, of another country"),
        pytest.param("3318810026", id="ten digits with another check digit"),
        pytest.param("0612345672", id="a French phone"),
        pytest.param("331881002", id="nine digits"),
        pytest.param("00340434161094015903", id="DHL parcel with another check digit"),
        pytest.param("00370434161094015909", id="twenty digits of somebody else"),
        pytest.param("JD0002254912345678", id="JD of somebody else"),
        pytest.param("ORD-2026-1234", id="an order number"),
        pytest.param("TBA123456789000", id="another carrier"),
        pytest.param("６１２３４５６７８９", id="digits of another script"),
        pytest.param("X" * 5000, id="very long"),
    ],
)
def test_what_is_not_certain_is_not_guessed(code: str) -> None:
    assert guess(code) == ""
