"""Chronopost as a server: the SOAP service `trackSkybillV2`."""

import re
from xml.sax.saxutils import escape

from tests.fakes.server import Answer, Call

RECEIVER = "JESSICA"
XML = {"Content-Type": "text/xml;charset=UTF-8"}
# Words of `ParcelStatus`, as Chronopost says them.
WORDS = {
    "shipped": ("DC", "Envoi en cours de préparation"),
    "in_transit": ("TS", "Tri effectué dans l'agence de distribution"),
    "out_for_delivery": ("TA", "Envoi en cours de livraison"),
    "returned": ("D", "Retour de l'envoi à l'expéditeur, livraison effectuée"),
    "delivered": ("D", "Livraison effectuée"),
}
JOURNEY = ("shipped", "in_transit", "out_for_delivery")


def event(code: str, label: str, date: str) -> str:
    return (
        f"<events><code>{code}</code><eventDate>{date}</eventDate><eventLabel>{escape(label)}</eventLabel>"
        "<highPriority>false</highPriority><NPC/><officeLabel>PARIS</officeLabel><zipCode>75001</zipCode>"
        f"<infoCompList><name>Nom du réceptionnaire</name><value>{RECEIVER}</value></infoCompList></events>"
    )


def found(code: str, events: str) -> str:
    return f"<listEventInfoComp>{events}<skybillNumber>{code}</skybillNumber></listEventInfoComp>"


def envelope(result: str, error: str = "0") -> bytes:
    """What the server sends: `result` is what comes after the error code."""
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        '<ns1:trackSkybillV2Response xmlns:ns1="http://cxf.tracking.soap.chronopost.fr/">'
        f"<return><errorCode>{error}</errorCode>{result}</return>"
        "</ns1:trackSkybillV2Response></soap:Body></soap:Envelope>"
    ).encode()


def shipment(code: str, word: str) -> bytes:
    """As Chronopost tells it, the oldest event first."""
    before = JOURNEY[: JOURNEY.index(word)] if word in JOURNEY else JOURNEY
    told = enumerate((*before, word), start=7)
    events = "".join(event(*WORDS[one], f"2026-11-02T{hour:02}:00:00+01:00") for hour, one in told)
    return envelope(found(code, events))


class FakeChronopost:
    """`parcels`: which word is told of which code."""

    def __init__(self, parcels: dict[str, str] | None = None) -> None:
        self.parcels = parcels or {}

    def __call__(self, call: Call) -> Answer:
        asked = re.search(r"<skybillNumber>(.*?)</skybillNumber>", call.body.decode())
        code = asked[1] if asked else ""
        if code not in self.parcels:
            return 200, XML, envelope("<errorMessage>No parcel</errorMessage>", error="3")
        return 200, XML, shipment(code, self.parcels[code])
