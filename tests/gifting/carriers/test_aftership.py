"""AfterShip in detail: its signature, its tags, and the returns behind them."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from gifting.carriers.aftership import AfterShip
from gifting.carriers.base import ParcelNews, Push
from gifting.dto import ParcelStatus
from gifting.errors import Invalid

SECRET = "aftership-secret"
NINE = {"checkpoint_time": "2026-11-02T10:00:00+01:00", "message": "Delivered, left with: JESSICA"}
EIGHT = {"checkpoint_time": "2026-11-02T08:00:00", "message": "Out for delivery"}


def said(tag: Any = "Delivered", **changes: Any) -> dict[str, Any]:
    parcel = {
        "tracking_number": "XN081879383FR",
        "slug": "chronopost-france",
        "tag": tag,
        "subtag": f"{tag}_001",
        "subtag_message": str(tag),
        "checkpoints": [EIGHT, NINE],
        "signed_by": "JESSICA",
        "return_to_sender": False,
    }
    return {
        "event": "tracking_update",
        "event_id": "d655a53a-ea5d-4f5c-b9f4-5b4ae4cfa0ab",
        "msg": {**parcel, **changes},
        "ts": 1_793_610_060,
    }


def read(document: Any) -> list[ParcelNews]:
    return AfterShip(secrets=[SECRET]).read_push(json.dumps(document).encode())


def key(document: Any, now: datetime) -> str:
    body = json.dumps(document).encode()
    signature = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
    push = Push(headers={"aftership-hmac-sha256": signature}, body=body)
    return AfterShip(secrets=["old", SECRET]).check_push(push, now=now)


def test_the_key_is_the_event_s_id(now: datetime) -> None:
    assert key(said(), now) == "d655a53a-ea5d-4f5c-b9f4-5b4ae4cfa0ab"


@pytest.mark.parametrize("event_id", [None, "", {}, "x" * 256])
def test_an_event_without_a_fitting_id_has_a_key_too(event_id: Any, now: datetime) -> None:
    assert len(key({**said(), "event_id": event_id}, now)) == 64


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("Pending InfoReceived", "shipped"),
        ("InTransit AvailableForPickup", "in_transit"),
        ("OutForDelivery", "out_for_delivery"),
        ("AttemptFail Exception Expired", "problem"),
        ("Delivered", "delivered"),
    ],
)
def test_tags(tags: str, expected: str) -> None:
    for tag in tags.split():
        assert [one.status for one in read(said(tag))] == [expected]


@pytest.mark.parametrize("tag", ["delivered", "Teleported", "", None, 5, []])
def test_other_tags_say_nothing(tag: Any) -> None:
    assert read(said(tag)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"return_to_sender": True},
        {"subtag": "Exception_011"},
        {"checkpoints": [{**EIGHT, "subtag": "Exception_010"}, NINE]},
        {"subtag_message": "Returned"},
        {"checkpoints": [{**NINE, "message": "Livré, retour expéditeur"}]},
    ],
)
@pytest.mark.parametrize("tag", ["Delivered", "Exception"])
def test_what_went_back_is_not_delivered(tag: str, changes: dict[str, Any]) -> None:
    assert read(said(tag, **changes))[0].status != ParcelStatus.DELIVERED
    if tag == "Delivered":
        assert read(said(tag, **changes))[0].status == ParcelStatus.RETURNED


@pytest.mark.parametrize("checkpoints", [[EIGHT, NINE], [NINE, EIGHT]])
def test_the_latest_checkpoint_tells_when(checkpoints: list[Any]) -> None:
    assert read(said(checkpoints=checkpoints))[0].happened_at == datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("checkpoints", [None, [], [{"checkpoint_time": None}]])
def test_without_checkpoints_the_event_s_time_counts(checkpoints: Any) -> None:
    assert read(said(checkpoints=checkpoints))[0].happened_at == datetime(2026, 11, 2, 9, 1, tzinfo=UTC)


def test_a_delivery_without_a_time_is_refused() -> None:
    with pytest.raises(Invalid, match="time"):
        read({**said(checkpoints=[]), "ts": None})


def test_nobody_s_name_is_taken_over() -> None:
    news = read(said())
    assert news[0].label == "Delivered, left with …"
    assert "JESSICA" not in str(news)


def test_other_events_say_nothing_of_where_a_parcel_is() -> None:
    assert read({**said(), "event": "edd_revise"}) == []


@pytest.mark.parametrize("document", [5, [], {}, {"event": 5}, {"event": "tracking_update"}])
def test_another_form_is_refused(document: Any) -> None:
    with pytest.raises(Invalid):
        read(document)
