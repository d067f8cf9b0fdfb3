"""La Poste Suivi v2: parcels of Chronopost, by a free key. It has no pushes."""

import re
from typing import Any, Final
from zoneinfo import ZoneInfo

from gifting.carriers.base import Carrier, ParcelNews
from gifting.carriers.reading import Row, answer_of, bare, entries, entry, judged, line, moment, story
from gifting.dto import ParcelStatus
from gifting.errors import Invalid, ParcelUnknown
from gifting.http import Http

FORM: Final = re.compile(r"[0-9A-Z]{11,15}")
UNKNOWN: Final = {"400", "404"}
PARIS: Final = ZoneInfo("Europe/Paris")
# `isFinal` is true for returns too, so only these words count.
STATUSES: Final = {
    ParcelStatus.SHIPPED: ("DR1",),
    ParcelStatus.IN_TRANSIT: ("PC1", "PC2", "ET1", "ET2", "ET3", "ET4", "EP1", "DO1", "DO2", "AG1"),
    ParcelStatus.OUT_FOR_DELIVERY: ("MD2",),
    ParcelStatus.PROBLEM: ("PB1", "PB2", "DO3", "ND1", "DI3"),
    ParcelStatus.RETURNED: ("RE1", "DI2"),
    ParcelStatus.DELIVERED: ("DI1",),
}
STATUS_OF: Final = {code: status for status, codes in STATUSES.items() for code in codes}


class LaPoste(Carrier):
    """`okapi_key`: the key of an application with the product Suivi v2 at developer.laposte.fr."""

    serves = frozenset({"chronopost"})

    def __init__(self, *, okapi_key: str = "", base_url: str = "https://api.laposte.fr") -> None:
        self.okapi_key = okapi_key
        self.base_url = base_url

    @property
    def can_ask(self) -> bool:
        return bool(self.okapi_key)

    def ask(self, code: str) -> list[ParcelNews]:
        number = bare(code)
        if not FORM.fullmatch(number):
            raise ParcelUnknown("La Poste has no codes of this form.")
        http = Http(self.base_url, headers={"X-Okapi-Key": self.okapi_key, "Accept": "application/json"})
        path, query = f"/suivi/v2/idships/{number}", {"lang": "fr_FR"}
        reply = http.request("GET", path, params=query, ok=(200, 400, 404))
        with answer_of("La Poste"):
            return story(code, _rows(entry(reply.json(), "The answer"), number))


def _rows(said: dict[str, Any], number: str) -> list[Row]:
    """The events, the oldest first. Raises ParcelUnknown, Invalid."""
    if line(said.get("returnCode")) in UNKNOWN:
        raise ParcelUnknown("La Poste does not know this code.")
    shipment = entry(said.get("shipment"), "shipment")
    if bare(line(shipment.get("idShip"))) != number:
        raise Invalid("It is about another parcel.")
    events = entries(shipment.get("event"), "event")
    if not events:  # Chronopost's own service may know more.
        raise ParcelUnknown("La Poste has no news of this parcel.")
    return [_row(event) for event in reversed(events)]


def _row(event: dict[str, Any]) -> Row:
    label = line(event.get("label"))
    status = judged(STATUS_OF.get(line(event.get("code"))), label)
    return status, moment(event.get("date"), PARIS), label
