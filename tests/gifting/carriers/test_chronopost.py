"""Chronopost's SOAP service in detail: safe XML, its words, and returns."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from gifting.carriers.base import ParcelNews
from gifting.carriers.chronopost import Chronopost
from gifting.dto import ParcelStatus
from gifting.errors import ParcelUnknown, VendorUnavailable
from tests.fakes.chronopost import XML, FakeChronopost, envelope, event, found
from tests.fakes.server import Answer, Call, serve

CODE = "XN081879383FR"
NOON = "2026-11-02T12:00:00+01:00"
Ask = Callable[[bytes], list[ParcelNews]]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Asks a Chronopost that answers with these bytes."""
    told: list[bytes] = []

    def handle(call: Call) -> Answer:
        return 200, XML, told[-1]

    with serve(handle) as server:

        def run(said: bytes) -> list[ParcelNews]:
            told.append(said)
            return Chronopost(enabled=True, base_url=server.url).ask(CODE)

        yield run


def parcel(*events: tuple[str, str, str]) -> bytes:
    return envelope(found(CODE, "".join(event(*one) for one in events)))


def test_it_is_asked_only_if_you_want() -> None:
    assert (Chronopost().can_ask, Chronopost(enabled=True).can_ask) == (False, True)


def test_the_question_is_an_envelope_with_the_bare_number() -> None:
    with serve(FakeChronopost({CODE: "delivered"})) as server:
        Chronopost(enabled=True, base_url=server.url).ask("xn 081879383 fr")
    call = server.calls[0]
    assert (call.method, call.path) == ("POST", "/tracking-cxf/TrackingServiceWS")
    assert call.headers["content-type"] == "text/xml; charset=utf-8"
    assert f"<skybillNumber>{CODE}</skybillNumber>" in call.body.decode()


def test_a_code_cannot_break_out_of_the_question() -> None:
    with serve(FakeChronopost()) as server, pytest.raises(ParcelUnknown):
        Chronopost(enabled=True, base_url=server.url).ask("</skybillNumber><password>&x;")
    assert b"<skybillNumber>SKYBILLNUMBERPASSWORDX</skybillNumber>" in server.calls[0].body


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("DC", "shipped"),
        ("TS", "in_transit"),
        ("ZZ", "in_transit"),
        ("TA", "out_for_delivery"),
        ("D", "delivered"),
    ],
)
def test_words(ask: Ask, code: str, expected: str) -> None:
    assert [one.status for one in ask(parcel((code, "", NOON)))] == [expected]


@pytest.mark.parametrize("code", ["D", "TS"])
def test_after_a_return_delivered_means_to_the_sender(ask: Ask, code: str) -> None:
    news = ask(parcel(("D", "Livraison effectuée", NOON), (code, "Retour à l'expéditeur", NOON)))
    assert [one.status for one in news] == [ParcelStatus.RETURNED] * 2


def test_a_return_before_the_delivery_counts_too(ask: Ask) -> None:
    before = ("TS", "Envoi retourné à l'expéditeur", "2026-11-01T12:00:00+01:00")
    assert ask(parcel(before, ("D", "Livraison effectuée", NOON)))[-1].status == ParcelStatus.RETURNED


def test_of_equal_times_the_later_row_is_the_later_news(ask: Ask) -> None:
    news = ask(parcel(("TS", "Tri", NOON), ("TA", "En livraison", NOON)))
    assert [one.status for one in news] == [ParcelStatus.IN_TRANSIT, ParcelStatus.OUT_FOR_DELIVERY]


def test_times_count_more_than_the_order_of_the_rows(ask: Ask) -> None:
    news = ask(parcel(("D", "", NOON), ("TA", "", "2026-11-02T08:00:00+01:00")))
    assert [one.status for one in news] == [ParcelStatus.OUT_FOR_DELIVERY, ParcelStatus.DELIVERED]


def test_a_sentence_is_one_short_line(ask: Ask) -> None:
    news = ask(parcel(("TS", "Tri\n  effectué à\tLyon " + "x" * 300, NOON)))
    assert news[0].label.startswith("Tri effectué à Lyon xxx")
    assert len(news[0].label) == 200


def test_a_time_without_a_zone_is_that_of_paris(ask: Ask) -> None:
    news = ask(parcel(("D", "", "2026-07-02T09:00:00")))
    assert news[0].happened_at == datetime(2026, 7, 2, 7, tzinfo=UTC)


def test_a_delivery_without_a_time_is_told_to_nobody(ask: Ask) -> None:
    with pytest.raises(VendorUnavailable, match="time"):
        ask(parcel(("D", "", "")))


def test_an_answer_about_another_parcel_is_none(ask: Ask) -> None:
    with pytest.raises(VendorUnavailable):
        ask(envelope(found("XN081879384FR", event("D", "", NOON))))


@pytest.mark.parametrize("result", ["", "<listEventInfoComp/>"])
def test_an_answer_about_no_parcel_is_an_unknown_one(ask: Ask, result: str) -> None:
    with pytest.raises(ParcelUnknown):
        ask(envelope(result))


def test_a_parcel_without_events_has_no_news(ask: Ask) -> None:
    assert ask(parcel()) == []


def test_with_an_error_events_count_for_nothing(ask: Ask) -> None:
    with pytest.raises(ParcelUnknown):
        ask(envelope(found(CODE, event("D", "", NOON)), error="3"))


def test_an_error_of_the_system_is_not_an_unknown_parcel(ask: Ask) -> None:
    with pytest.raises(VendorUnavailable):
        ask(envelope("", error="1"))


LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]>'
FILE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("declaration", [LAUGHS, FILE, '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_declarations_are_refused(ask: Ask, declaration: str, encoding: str) -> None:
    said = parcel(("D", "Livraison", NOON)).decode()
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    with pytest.raises(VendorUnavailable):
        ask((head + declaration + said).encode(encoding))


def test_an_encoding_cannot_hide_a_declaration(ask: Ask) -> None:
    said = FILE + parcel(("D", "Livraison", NOON)).decode()
    head = b'<?xml version="1.0" encoding="cp037"?>'
    with pytest.raises(VendorUnavailable):
        ask(head + said.encode("cp037"))


def test_deep_nesting_is_survived(ask: Ask) -> None:
    with pytest.raises(VendorUnavailable):
        ask(b"<a>" * 200_000 + b"</a>" * 200_000)
