"""What UPS Track Alert pushes: who may, and what is read of it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gifting.carriers.base import ParcelNews, Push
from gifting.carriers.ups import Ups
from gifting.dto import ParcelStatus
from gifting.errors import Invalid, Unauthorized
from tests.fakes import ups

CODE = "1Z204W4R0308071865"
BODY = json.dumps(ups.alert(CODE, "delivered")).encode()
OFFICIAL = {
    "trackingNumber": "1Z204W4R0308071865",
    "localActivityDate": "20240423",
    "localActivityTime": "095004",
    "activityLocation": {"city": "CHARLOTTE", "stateProvince": "NC", "postalCode": "28209", "country": "US"},
    "activityStatus": {"type": "D", "code": "FS", "description": "Delivered", "descriptionCode": "011"},
    "scheduledDeliveryDate": "20191014",
    "gmtActivityDate": "20240423",
    "gmtActivityTime": "135004",
    "actualDeliveryDate": "20240423",
    "actualDeliveryTime": "095004",
    "receivedBy": "John",
}


def listener(*secrets: str) -> Ups:
    return Ups(webhook_credentials=secrets)


def read(document: Any) -> list[ParcelNews]:
    return Ups().read_push(json.dumps(document).encode())


def status_of(kind: Any, code: Any, **changes: Any) -> ParcelStatus:
    status = {"type": kind, "code": "XX", "description": "", "descriptionCode": code}
    return read(ups.alert(CODE, "in_transit", activityStatus=status, **changes))[0].status


@pytest.mark.parametrize(
    "headers",
    [{"credential": "new"}, {"credential": "old"}, {"authorization": "Bearer new"}],
)
def test_the_old_and_the_new_secret_open_in_either_header(headers: dict[str, str], now: datetime) -> None:
    assert listener("new", "old").check_push(Push(headers=headers, body=BODY), now=now)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"credential": ""},
        {"credential": "ne"},
        {"credential": "Bearer new"},
        {"authorization": "new"},
        {"authorization": "Bearer "},
        {"authorization": "Basic new"},
        {"credential": "wrong", "authorization": "Bearer wrong"},
        {"x-api-key": "new"},
    ],
)
def test_anything_else_opens_nothing(headers: dict[str, str], now: datetime) -> None:
    with pytest.raises(Unauthorized):
        listener("new", "old").check_push(Push(headers=headers, body=BODY), now=now)


def test_the_secret_comes_before_the_form(now: datetime) -> None:
    with pytest.raises(Unauthorized):
        listener("new").check_push(Push(headers={}, body=b"no document"), now=now)


def test_its_pushes_are_hints_that_asking_confirms() -> None:
    assert Ups.is_signed is False


def test_the_example_of_ups_is_a_delivery() -> None:
    assert read(OFFICIAL) == [
        ParcelNews(
            code=CODE,
            status=ParcelStatus.DELIVERED,
            happened_at=datetime(2024, 4, 23, 13, 50, 4, tzinfo=UTC),
            label="Delivered",
        )
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"gmtActivityTime": "74700"}, datetime(2024, 4, 23, 7, 47, tzinfo=UTC), id="lost zero"),
        pytest.param(
            {"gmtActivityDate": "", "actualDeliveryTime": ""},
            datetime(2024, 4, 23, 9, 50, 4, tzinfo=UTC),
            id="local",
        ),
        pytest.param(
            {"gmtActivityDate": "", "localActivityDate": None, "actualDeliveryDate": "20240424"},
            datetime(2024, 4, 24, 9, 50, 4, tzinfo=UTC),
            id="of the delivery",
        ),
    ],
)
def test_which_time_is_taken(changes: dict[str, Any], expected: datetime) -> None:
    assert read({**OFFICIAL, **changes})[0].happened_at == expected


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("D", 11, "delivered"),
        ("D", "026", "delivered"),
        ("D", "017", "in_transit"),
        ("D", "143", "in_transit"),
        ("I", 21, "out_for_delivery"),
        ("D", "034", "returned"),
        ("X", "033", "problem"),
        ("X", "058", "problem"),
        ("M", "003", "shipped"),
        ("D", "", "in_transit"),
        ("U", None, "in_transit"),
    ],
)
def test_their_types_and_codes(kind: str, code: Any, status: str) -> None:
    assert status_of(kind, code) == status


def test_without_a_code_the_day_of_delivery_decides() -> None:
    assert status_of("D", "", actualDeliveryDate="20261102") == ParcelStatus.DELIVERED
    assert status_of("I", "", actualDeliveryDate="20261102") == ParcelStatus.IN_TRANSIT


@given(st.text(max_size=4) | st.sampled_from("DIMX"), st.text(max_size=4) | st.integers(-99, 999))
def test_nothing_but_the_known_codes_is_a_delivery(kind: str, code: Any) -> None:
    status = {"type": kind, "descriptionCode": code}
    told = read(ups.alert(CODE, "in_transit", activityStatus=status))
    known = str(code).strip().zfill(3) in {"011", "026"}
    assert known or ParcelStatus.DELIVERED not in {one.status for one in told}


@pytest.mark.parametrize(
    "changes",
    [
        {"trackingNumber": None},
        {"trackingNumber": ""},
        {"trackingNumber": "1" * 101},
        {"activityStatus": None},
        {"activityStatus": ["D", "011"]},
        {"gmtActivityDate": "", "localActivityDate": "", "actualDeliveryDate": "soon"},
    ],
)
def test_a_delivery_that_cannot_be_read_is_told_not_passed_over(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        read({**OFFICIAL, **changes})
