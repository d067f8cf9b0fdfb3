"""AfterShip: an aggregator that follows parcels of any carrier. Pushes only, signed."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from gifting.carriers.base import Carrier, ParcelNews, Push
from gifting.carriers.reading import (
    Row,
    document,
    entries,
    entry,
    judged,
    line,
    moment,
    story,
    tracking_code,
    unix_time,
    word,
)
from gifting.carriers.signatures import accepted, body_key, check_hmac
from gifting.dto import ParcelStatus

EVENT: Final = "tracking_update"
STATUS_OF: Final = {
    "Pending": ParcelStatus.SHIPPED,
    "InfoReceived": ParcelStatus.SHIPPED,
    "InTransit": ParcelStatus.IN_TRANSIT,
    "AvailableForPickup": ParcelStatus.IN_TRANSIT,
    "OutForDelivery": ParcelStatus.OUT_FOR_DELIVERY,
    "AttemptFail": ParcelStatus.PROBLEM,
    "Exception": ParcelStatus.PROBLEM,
    "Expired": ParcelStatus.PROBLEM,
    "Delivered": ParcelStatus.DELIVERED,
}
BACK_TO_SENDER: Final = ("Exception_010", "Exception_011")


class AfterShip(Carrier):
    """`secrets`: the webhook secret of the account; the old one may stay in while it changes."""

    is_signed = True

    def __init__(self, *, secrets: Sequence[str] = ()) -> None:
        self.secrets = accepted(secrets)

    @property
    def can_listen(self) -> bool:
        return bool(self.secrets)

    def check_push(self, push: Push, *, now: datetime) -> str:
        check_hmac(push, header="aftership-hmac-sha256", secrets=self.secrets, encode=_base64)
        key = line(document(push.body).get("event_id"))
        return key if 1 <= len(key) <= 255 else body_key(push.body)

    def read_push(self, body: bytes) -> list[ParcelNews]:
        said = document(body)
        if word(said.get("event"), "event") != EVENT:
            return []
        parcel = entry(said.get("msg"), "msg")
        code = tracking_code(parcel.get("tracking_number"), "tracking_number")
        return story(code, [_row(parcel, sent_at=unix_time(said.get("ts")))])


def _row(parcel: dict[str, Any], *, sent_at: datetime | None) -> Row:
    """Where the parcel is now; what was before came with earlier pushes."""
    checkpoints = entries(parcel.get("checkpoints"), "checkpoints")
    timed = [(moment(one.get("checkpoint_time")), one) for one in checkpoints]
    known = [(time, one) for time, one in timed if time]
    time, last = max(known, key=lambda pair: pair[0], default=(sent_at, {}))
    label = line(last.get("message")) or line(parcel.get("subtag_message"))
    status = judged(STATUS_OF.get(line(parcel.get("tag"))), f"{line(parcel.get('subtag_message'))} {label}")
    return ParcelStatus.RETURNED if _went_back(parcel, checkpoints) else status, time, label


def _went_back(parcel: dict[str, Any], checkpoints: list[dict[str, Any]]) -> bool:
    told = [line(one.get("subtag")) for one in (parcel, *checkpoints)]
    return parcel.get("return_to_sender") is True or any(subtag in BACK_TO_SENDER for subtag in told)


def _base64(digest: bytes) -> str:
    return b64encode(digest).decode()
