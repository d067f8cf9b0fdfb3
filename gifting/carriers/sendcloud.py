"""Sendcloud: an aggregator that tells of parcels whose labels were bought there. Pushes only, signed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from gifting.carriers.base import Carrier, ParcelNews, Push
from gifting.carriers.reading import (
    Row,
    document,
    entry,
    judged,
    line,
    story,
    tracking_code,
    unix_time,
    word,
)
from gifting.carriers.signatures import accepted, body_key, check_hmac
from gifting.dto import ParcelStatus

EVENT: Final = "parcel_status_changed"
# Numbers of Sendcloud's own; the two of DELIVERED are the only ones that mean "in the receiver's hands".
STATUSES: Final = {
    ParcelStatus.SHIPPED: (1, 13, 1000, 1001),
    ParcelStatus.IN_TRANSIT: (3, 4, 5, 6, 7, 12, 22, 91, 62989, 62990, 62993, 62994, 62995),
    ParcelStatus.OUT_FOR_DELIVERY: (92,),
    ParcelStatus.PROBLEM: (8, 15, 80, 62991, 62996, 62997),
    ParcelStatus.RETURNED: (62992,),
    ParcelStatus.DELIVERED: (11, 93),
}
STATUS_OF: Final = {str(number): status for status, numbers in STATUSES.items() for number in numbers}


class Sendcloud(Carrier):
    """`secrets`: the secret key of the integration, or its webhook signature key; the old one may stay in."""

    is_signed = True

    def __init__(self, *, secrets: Sequence[str] = ()) -> None:
        self.secrets = accepted(secrets)

    @property
    def can_listen(self) -> bool:
        return bool(self.secrets)

    def check_push(self, push: Push, *, now: datetime) -> str:
        check_hmac(push, header="sendcloud-signature", secrets=self.secrets, encode=bytes.hex)
        said = document(push.body)
        if word(said.get("action"), "action") != EVENT:
            return body_key(push.body)
        parcel, status = _parcel(said)
        facts = [line(fact) for fact in (parcel.get("id"), status.get("id"), said.get("timestamp"))]
        key = ":".join(facts)
        return key if all(facts) and len(key) <= 255 else body_key(push.body)

    def read_push(self, body: bytes) -> list[ParcelNews]:
        said = document(body)
        if word(said.get("action"), "action") != EVENT:
            return []
        parcel, status = _parcel(said)
        # A parcel that the receiver sends back has its own label; before the label there is no number.
        if parcel.get("is_return") or parcel.get("tracking_number") in (None, ""):
            return []
        return story(tracking_code(parcel["tracking_number"], "tracking_number"), [_row(said, status)])


def _parcel(said: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    parcel = entry(said.get("parcel"), "parcel")
    return parcel, entry(parcel.get("status"), "status")


def _row(said: dict[str, Any], status: dict[str, Any]) -> Row:
    number, label = line(status.get("id")), line(status.get("message"))
    time = unix_time(said.get("carrier_status_change_timestamp")) or unix_time(said.get("timestamp"))
    return judged(STATUS_OF.get(number), label), time, label
