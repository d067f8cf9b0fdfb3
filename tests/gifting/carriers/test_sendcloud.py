"""Sendcloud in detail: its signature, its numbers, and the parcels that are not meant."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from gifting.carriers.base import Push
from gifting.carriers.sendcloud import Sendcloud
from gifting.carriers.signatures import check_hmac
from gifting.dto import ParcelStatus
from gifting.errors import Invalid, Unauthorized

SECRET = "secretkey"
MORNING = 1_793_610_000_000  # 2026-11-02, 09:00 UTC, in milliseconds


def said(number: Any = 11, message: str = "Delivered", **changes: Any) -> dict[str, Any]:
    parcel = {
        "id": 383707309,
        "name": "JESSICA",
        "tracking_number": "XN081879383FR",
        "status": {"id": number, "message": message},
        "carrier": {"code": "chronopost"},
    }
    return {
        "action": "parcel_status_changed",
        "timestamp": MORNING + 60_000,
        "carrier_status_change_timestamp": MORNING,
        "parcel": {**parcel, **changes},
    }


def body(document: Any) -> bytes:
    return json.dumps(document).encode()


def key(document: Any, now: datetime) -> str:
    signature = hmac.new(SECRET.encode(), body(document), hashlib.sha256).hexdigest()
    push = Push(headers={"sendcloud-signature": signature}, body=body(document))
    return Sendcloud(secrets=[SECRET]).check_push(push, now=now)


def statuses(document: Any) -> list[ParcelStatus]:
    return [one.status for one in Sendcloud(secrets=[SECRET]).read_push(body(document))]


def test_the_published_signature_is_right() -> None:
    signature = "1eed4b3d41f4653ac64fd56f1bf1cbfd349e4482cbc11dff7134bd93e5da4b0a"
    push = Push(headers={"sendcloud-signature": signature}, body=b'{"key": "value"}')
    check_hmac(push, header="Sendcloud-Signature", secrets=[SECRET], encode=bytes.hex)


@pytest.mark.parametrize("signature", ["", "é", "1eed4b3d", "\udce9"])
def test_another_signature_is_wrong(signature: str, now: datetime) -> None:
    push = Push(headers={"sendcloud-signature": signature}, body=b'{"key": "value"}')
    with pytest.raises(Unauthorized):
        Sendcloud(secrets=[SECRET]).check_push(push, now=now)


def test_a_bare_string_is_no_list_of_secrets() -> None:
    with pytest.raises(TypeError):
        Sendcloud(secrets="secretkey")


def test_the_key_is_parcel_and_status_and_time(now: datetime) -> None:
    assert key(said(), now) == f"383707309:11:{MORNING + 60_000}"


def test_events_without_these_facts_have_keys_of_their_own(now: datetime) -> None:
    first, second = key(said(id=None), now), key(said(id=None, order_number="2"), now)
    assert first != second
    assert len(first) == 64


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1, 13, 1000, 1001], "shipped"),
        ([3, 4, 5, 6, 7, 12, 22, 91, 62989, 62990, 62993, 62994, 62995], "in_transit"),
        ([92], "out_for_delivery"),
        ([8, 15, 80, 62991, 62996, 62997], "problem"),
        ([62992], "returned"),
        ([11, 93], "delivered"),
    ],
)
def test_numbers(numbers: list[int], expected: str) -> None:
    for number in numbers:
        assert statuses(said(number, "")) == [expected]


@pytest.mark.parametrize("number", [10, 999, 1002, 1337, 2000, 0, -1, None, 11.0, True, "²"])
def test_other_numbers_say_nothing(number: Any) -> None:
    assert statuses(said(number)) == []


def test_a_delivery_that_tells_of_a_return_is_none() -> None:
    assert statuses(said(11, "Return delivered")) == [ParcelStatus.RETURNED]


def test_what_the_receiver_sends_back_is_another_parcel() -> None:
    assert statuses(said(is_return=True)) == []


@pytest.mark.parametrize("number", [None, ""])
def test_before_the_label_is_made_there_is_nothing_to_tell(number: Any) -> None:
    assert statuses(said(1000, tracking_number=number)) == []


@pytest.mark.parametrize("action", ["integration_updated", "test_webhook"])
def test_other_actions_say_nothing_of_a_parcel(action: str, now: datetime) -> None:
    document = {"action": action, "integration": {"id": 1}}
    assert statuses(document) == []
    assert len(key(document, now)) == 64


@pytest.mark.parametrize(
    ("carrier_time", "own_time", "expected"),
    [
        (MORNING, MORNING + 60_000, datetime(2026, 11, 2, 9, tzinfo=UTC)),
        (None, MORNING, datetime(2026, 11, 2, 9, tzinfo=UTC)),
        (None, MORNING / 1000, datetime(2026, 11, 2, 9, tzinfo=UTC)),
    ],
)
def test_the_carrier_s_time_counts_first(carrier_time: Any, own_time: Any, expected: datetime) -> None:
    document = {**said(), "carrier_status_change_timestamp": carrier_time, "timestamp": own_time}
    assert Sendcloud().read_push(body(document))[0].happened_at == expected


@pytest.mark.parametrize("time", [None, 0, -5, True, "soon", 1e300])
def test_a_delivery_without_a_time_is_refused(time: Any) -> None:
    document = {**said(), "carrier_status_change_timestamp": time, "timestamp": time}
    with pytest.raises(Invalid, match="time"):
        Sendcloud().read_push(body(document))


@pytest.mark.parametrize("document", [5, [], {}, {"action": "parcel_status_changed"}, said(status=11)])
def test_another_form_is_refused(document: Any) -> None:
    with pytest.raises(Invalid):
        Sendcloud().read_push(body(document))
