"""DHL: Shipment Tracking Unified (asking) and Unified Push (listening, not signed)."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from gifting.carriers.base import Carrier, ParcelNews, Push
from gifting.carriers.reading import (
    Row,
    answer_of,
    bare,
    document,
    entries,
    entry,
    judged,
    line,
    moment,
    story,
    tracking_code,
    word,
)
from gifting.carriers.signatures import accepted, body_key, check_secret
from gifting.dto import ParcelStatus
from gifting.errors import Invalid, ParcelUnknown, VendorRejected
from gifting.http import Http

STATUS_OF: Final = {
    "pre-transit": ParcelStatus.SHIPPED,
    "transit": ParcelStatus.IN_TRANSIT,
    "delivered": ParcelStatus.DELIVERED,
    "failure": ParcelStatus.PROBLEM,
}
WITH_THE_COURIER: Final = re.compile(
    r"out (?:for delivery|with (?:the )?courier)|with (?:the )?delivery courier|in zustellung"
    r"|zustellfahrzeug|en cours de livraison|tournée de livraison",
    re.IGNORECASE,
)
TO_BE_FETCHED: Final = re.compile(
    r"(?:ready|awaiting|available) (?:for|to be) (?:collect|pick)|zur abholung bereit|à retirer|disponible",
    re.IGNORECASE,
)
SUBSCRIPTION: Final = re.compile(r"(?:.*/)?subscription/([A-Za-z0-9][A-Za-z0-9-]{0,63})/?")
HOOK_SECRET: Final = re.compile(r"[!-~]{1,500}")


class Dhl(Carrier):
    """`service` ("express", "parcel-de"…) keeps other shipments with the same number out.

    A push carries one of `webhook_tokens` in `webhook_header`: both are of your choice when you subscribe.
    """

    serves = frozenset({"dhl"})
    interval = timedelta(hours=3)
    spacing = timedelta(seconds=1)

    def __init__(
        self,
        *,
        api_key: str = "",
        service: str = "",
        webhook_header: str = "",
        webhook_tokens: Sequence[str] = (),
        per_day: int = 250,
        base_url: str = "https://api-eu.dhl.com",
    ) -> None:
        self.api_key = api_key
        self.service = service
        self.webhook_header = webhook_header
        self.webhook_tokens = accepted(webhook_tokens)
        self.per_day = per_day
        self.base_url = base_url

    @property
    def can_ask(self) -> bool:
        return bool(self.api_key)

    @property
    def can_listen(self) -> bool:
        return bool(self.webhook_header and self.webhook_tokens)

    def ask(self, code: str) -> list[ParcelNews]:
        if not bare(code).strip("0"):
            raise ParcelUnknown("This is not a tracking number of DHL.")
        query = {"trackingNumber": bare(code), "language": "en"}
        query |= {"service": self.service} if self.service else {}
        reply = self._http().request("GET", "/track/shipments", params=query, ok=(200, 404))
        with answer_of("DHL"):
            said = entry(reply.json(), "The answer")
            if reply.status == 404:
                raise ParcelUnknown("DHL does not know this code.")
            if "shipments" not in said:
                raise Invalid("It has no shipments.")
            return _news(_own(entries(said["shipments"], "shipments"), code), code)

    def check_push(self, push: Push, *, now: datetime) -> str:
        check_secret(push, header=self.webhook_header, secrets=self.webhook_tokens)
        document(push.body)
        return body_key(push.body)

    def read_push(self, body: bytes) -> list[ParcelNews]:
        said = document(body)
        word(said.get("scope"), "scope")
        shipments = entries(said.get("shipments"), "shipments")
        return [news for one in shipments for news in _news(one, tracking_code(one.get("id"), "id"))]

    def shake_hands(self, body: bytes) -> bool:
        """DHL asks whether we want its pushes; the call back goes to DHL, whatever address the push names."""
        said = document(body)
        if said.get("scope") != "subscription.validate":
            return False
        subscription = SUBSCRIPTION.fullmatch(line(said.get("self")))
        secret = HOOK_SECRET.fullmatch(line(said.get("secret")))
        if not (subscription and secret):
            raise VendorRejected("DHL asks to confirm a subscription and does not say which.")
        if not self.api_key:
            raise VendorRejected("DHL asks to confirm a subscription: this needs the API key.")
        path = f"/tracking/push/v1/subscription/{subscription[1]}"
        headers = {"DHL-API-Hook-Secret": secret[0]}
        self._http().request("POST", path, headers=headers, ok=(200, 201, 202, 204))
        return True

    def _http(self) -> Http:
        return Http(self.base_url, headers={"DHL-API-Key": self.api_key, "Accept": "application/json"})


def _own(shipments: list[dict[str, Any]], code: str) -> dict[str, Any]:
    """The shipment with this code: an answer may hold others. Raises ParcelUnknown, VendorRejected."""
    # As a JSON number an id has lost its leading zeros.
    own = [one for one in shipments if bare(line(one.get("id"))).lstrip("0") == bare(code).lstrip("0")]
    if not own:
        raise ParcelUnknown("DHL does not know this code.")
    if len(own) > 1:
        raise VendorRejected("DHL has several shipments with this code: set the service that you ship with.")
    return own[0]


def _news(shipment: dict[str, Any], code: str) -> list[ParcelNews]:
    current, *past = [_row(entry(shipment.get("status"), "status")), *map(_row, _events(shipment))]
    status, time, label = current
    time = time or next((time for _, time, _ in past), None)
    is_told = (status, time) in [(status, time) for status, time, _ in past]
    return story(code, [*reversed(past), *([] if is_told else [(status, time, label)])])


def _events(shipment: dict[str, Any]) -> list[dict[str, Any]]:
    return entries(shipment.get("events"), "events")


def _row(event: dict[str, Any]) -> Row:
    brief, description = line(event.get("status")), line(event.get("description"))
    status = _status(line(event.get("statusCode")).lower(), f"{brief} {description}")
    # Of a delivery the description may be nothing but the name of whoever signed.
    label = brief if status is ParcelStatus.DELIVERED else description or brief
    return status, moment(event.get("timestamp")), label


def _status(code: str, sentence: str) -> ParcelStatus | None:
    status = judged(STATUS_OF.get(code), sentence)
    if status is ParcelStatus.IN_TRANSIT and WITH_THE_COURIER.search(sentence):
        return ParcelStatus.OUT_FOR_DELIVERY
    if status is ParcelStatus.DELIVERED and TO_BE_FETCHED.search(sentence):
        return ParcelStatus.IN_TRANSIT
    return status
