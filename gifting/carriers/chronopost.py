"""Chronopost: the public SOAP service `trackSkybillV2`, without a key. It has no pushes."""

import re
from datetime import timedelta
from typing import Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from gifting.carriers.base import Carrier, ParcelNews
from gifting.carriers.reading import Row, answer_of, bare, judged, line, moment, story
from gifting.dto import ParcelStatus
from gifting.errors import Invalid, ParcelUnknown, VendorUnavailable
from gifting.http import Http

PATH: Final = "/tracking-cxf/TrackingServiceWS"
HEADERS: Final = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
QUESTION: Final = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:cxf="http://cxf.tracking.soap.chronopost.fr/"><soapenv:Body><cxf:trackSkybillV2>'
    "<language>fr_FR</language><skybillNumber>{number}</skybillNumber>"
    "</cxf:trackSkybillV2></soapenv:Body></soapenv:Envelope>"
)
DECLARATION: Final = re.compile("<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
SYSTEM_ERROR: Final = "1"
PARIS: Final = ZoneInfo("Europe/Paris")
# The rest of Chronopost's table is not published; whatever else happens, the parcel is under way.
STATUS_OF: Final = {
    "DC": ParcelStatus.SHIPPED,
    "TA": ParcelStatus.OUT_FOR_DELIVERY,
    "D": ParcelStatus.DELIVERED,
}


class Chronopost(Carrier):
    """`enabled`: the service is public, so whether it is asked is your choice."""

    serves = frozenset({"chronopost"})
    spacing = timedelta(seconds=1)

    def __init__(self, *, enabled: bool = False, base_url: str = "https://ws.chronopost.fr") -> None:
        self.enabled = enabled
        self.base_url = base_url

    @property
    def can_ask(self) -> bool:
        return self.enabled

    def ask(self, code: str) -> list[ParcelNews]:
        number = bare(code)
        question = QUESTION.format(number=escape(number)).encode()
        reply = Http(self.base_url).request("POST", PATH, data=question, headers=HEADERS)
        with answer_of("Chronopost"):
            return story(code, _rows(_result(reply.body), number))


def _result(body: bytes) -> ElementTree.Element:
    """The element `return`. Raises Invalid, ParcelUnknown, VendorUnavailable."""
    result = _parsed(body).find(".//{*}return")
    if result is None:
        raise Invalid("It has no result.")
    error = _text(result, "errorCode")
    if error == SYSTEM_ERROR:
        raise VendorUnavailable("Chronopost has trouble of its own.")
    if error != "0":
        raise ParcelUnknown(f"Chronopost does not know this code (error {error[:20]}).")
    return result


def _parsed(body: bytes) -> ElementTree.Element:
    """Decoded before it is searched: no other encoding can hide a declaration from the search."""
    try:
        text = body.decode()
        if DECLARATION.search(text):
            raise Invalid("It declares entities.")
        return ElementTree.fromstring(text)  # noqa: S314 (without declarations there is nothing to expand)
    except (ValueError, ElementTree.ParseError) as exc:
        raise Invalid("It is not XML.") from exc


def _rows(result: ElementTree.Element, number: str) -> list[Row]:
    """The events, the oldest first. Raises ParcelUnknown, Invalid."""
    known = result.find("{*}listEventInfoComp")
    if known is None or not _text(known, "skybillNumber"):
        raise ParcelUnknown("Chronopost does not know this code.")
    if bare(_text(known, "skybillNumber")) != number:
        raise Invalid("It is about another parcel.")
    return [_row(event) for event in known.findall("{*}events")]


def _row(event: ElementTree.Element) -> Row:
    label = _text(event, "eventLabel")
    status = judged(STATUS_OF.get(_text(event, "code"), ParcelStatus.IN_TRANSIT), label)
    return status, moment(_text(event, "eventDate"), PARIS), label


def _text(element: ElementTree.Element, name: str) -> str:
    return line(element.findtext(f"{{*}}{name}"))
