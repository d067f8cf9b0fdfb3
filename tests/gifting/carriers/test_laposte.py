"""La Poste in detail: its words, and the two that look like a delivery."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from gifting.carriers.base import ParcelNews
from gifting.carriers.laposte import LaPoste
from gifting.dto import ParcelStatus
from gifting.errors import ParcelUnknown, VendorUnavailable
from tests.fakes.laposte import FakeLaPoste, event, found
from tests.fakes.server import Answer, Call, answer, serve

CODE = "XN081879383FR"
KEY = "okapi-key"
Ask = Callable[[Any], list[ParcelNews]]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Asks a La Poste that answers with this document."""
    told: list[Any] = []

    def handle(call: Call) -> Answer:
        return answer(told[-1])

    with serve(handle) as server:

        def run(said: Any) -> list[ParcelNews]:
            told.append(said)
            return LaPoste(okapi_key=KEY, base_url=server.url).ask(CODE)

        yield run


def parcel(*codes: str) -> dict[str, Any]:
    """The newest event first."""
    events = [event(code, "", hour) for hour, code in enumerate(reversed(codes), start=1)]
    return found(CODE, events[::-1])


def test_the_question_carries_the_key_and_the_bare_number() -> None:
    with serve(FakeLaPoste({CODE: "delivered"})) as server:
        LaPoste(okapi_key=KEY, base_url=server.url).ask("xn 0818 79383 fr")
    call = server.calls[0]
    assert (call.path, call.query) == (f"/suivi/v2/idships/{CODE}", {"lang": "fr_FR"})
    assert call.headers["x-okapi-key"] == KEY


@pytest.mark.parametrize("code", ["", "..", "1Z204W4R0308071865", "XN08187938,XN0818793", "короткий-код"])
def test_a_code_of_another_form_is_not_asked_for(code: str) -> None:
    with serve(FakeLaPoste()) as server, pytest.raises(ParcelUnknown):
        LaPoste(okapi_key=KEY, base_url=server.url).ask(code)
    assert server.calls == []


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ("DR1", "shipped"),
        ("PC1 PC2 ET1 ET2 ET3 ET4 EP1 DO1 DO2 AG1", "in_transit"),
        ("MD2", "out_for_delivery"),
        ("PB1 PB2 DO3 ND1 DI3", "problem"),
        ("RE1 DI2", "returned"),
        ("DI1", "delivered"),
    ],
)
def test_words(ask: Ask, codes: str, expected: str) -> None:
    for code in codes.split():
        assert [one.status for one in ask(parcel(code))] == [expected]


@pytest.mark.parametrize("code", ["DI0", "XX9", ""])
def test_an_unknown_word_says_nothing(ask: Ask, code: str) -> None:
    assert [one.status for one in ask(parcel(code, "ET1"))] == [ParcelStatus.IN_TRANSIT]


@pytest.mark.parametrize("back", ["RE1", "DI2"])
def test_after_a_return_delivered_means_to_the_sender(ask: Ask, back: str) -> None:
    assert ParcelStatus.DELIVERED not in [one.status for one in ask(parcel("DI1", back, "ET1"))]
    assert ParcelStatus.DELIVERED not in [one.status for one in ask(parcel(back, "DI1", "ET1"))]


def test_a_delivery_that_tells_of_a_return_is_none(ask: Ask) -> None:
    said = found(CODE, [event("DI1", "Colis retourné, livré à l'expéditeur", 9)])
    assert ask(said)[0].status == ParcelStatus.RETURNED


def test_being_final_is_not_being_delivered(ask: Ask) -> None:
    said = parcel("ET1")
    said["shipment"] |= {"isFinal": True, "deliveryDate": "2026-11-02T10:00:00+01:00"}
    assert [one.status for one in ask(said)] == [ParcelStatus.IN_TRANSIT]


def test_a_parcel_without_events_may_be_known_to_somebody_else(ask: Ask) -> None:
    with pytest.raises(ParcelUnknown):
        ask(found(CODE, []))


def test_of_equal_times_the_row_on_top_is_the_later_news(ask: Ask) -> None:
    news = ask(found(CODE, [event("MD2", "", 9), event("ET1", "", 9)]))
    assert [one.status for one in news] == [ParcelStatus.IN_TRANSIT, ParcelStatus.OUT_FOR_DELIVERY]


def test_a_time_without_a_zone_is_that_of_paris(ask: Ask) -> None:
    news = ask(found(CODE, [{**event("DI1", "", 9), "date": "2026-07-02T09:00:00"}]))
    assert news[0].happened_at == datetime(2026, 7, 2, 7, tzinfo=UTC)


def test_an_answer_about_another_parcel_is_none(ask: Ask) -> None:
    with pytest.raises(VendorUnavailable):
        ask(found("XN081879384FR", [event("DI1", "", 9)]))


@pytest.mark.parametrize("code", [400, 404, "404"])
def test_codes_that_la_poste_does_not_know(ask: Ask, code: Any) -> None:
    with pytest.raises(ParcelUnknown):
        ask({"returnCode": code, "returnMessage": "Inconnu"})
