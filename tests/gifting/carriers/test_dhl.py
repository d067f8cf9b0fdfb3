"""DHL in detail: whose shipment it is, what its sentences mean, and the handshake before pushes."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gifting.carriers.base import ParcelNews, Push
from gifting.carriers.dhl import Dhl
from gifting.dto import ParcelStatus
from gifting.errors import Invalid, ParcelUnknown, Unauthorized, VendorRejected, VendorUnavailable
from tests.fakes.dhl import FakeDhl, shipment
from tests.fakes.server import Answer, Call, Server, answer, serve

CODE = "7777777770"
KEY = "dhl-key"
HOOK = "https://api-eu.dhl.com/tracking/push/v1/subscription/8d1d-42"
Ask = Callable[..., list[ParcelNews]]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Asks a DHL that answers with these shipments."""
    told: list[Any] = []

    def handle(call: Call) -> Answer:
        return answer({"shipments": told})

    with serve(handle) as server:

        def run(*shipments: Any, code: str = CODE) -> list[ParcelNews]:
            told[:] = shipments
            return Dhl(api_key=KEY, base_url=server.url).ask(code)

        yield run


def status(code: str, description: str, **more: Any) -> dict[str, Any]:
    return {
        "timestamp": "2026-11-02T09:53:47Z",
        "statusCode": code,
        "status": code,
        "description": description,
        **more,
    }


def parcel(*events: dict[str, Any], code: Any = CODE) -> dict[str, Any]:
    """The newest event first."""
    return {"id": code, "service": "express", "status": events[0], "events": list(events)}


def last(news: list[ParcelNews]) -> ParcelStatus:
    return news[-1].status


def test_the_question_carries_key_and_number_and_service() -> None:
    with serve(FakeDhl({"JD0140": "delivered"})) as server:
        Dhl(api_key=KEY, service="parcel-de", base_url=server.url).ask("jd 01.40")
    call = server.calls[0]
    assert (call.method, call.path) == ("GET", "/track/shipments")
    assert call.headers["dhl-api-key"] == KEY
    assert call.query == {"trackingNumber": "JD0140", "language": "en", "service": "parcel-de"}


def test_it_is_asked_seldom() -> None:
    carrier = Dhl(api_key=KEY, per_day=500)
    assert (carrier.interval, carrier.spacing) == (timedelta(hours=3), timedelta(seconds=1))
    assert (carrier.per_day, Dhl().per_day) == (500, 250)


def test_the_id_may_be_a_number(ask: Ask) -> None:
    assert last(ask(shipment(7777777770, "delivered"))) == ParcelStatus.DELIVERED


def test_a_number_has_lost_its_zeros(ask: Ask) -> None:
    assert last(ask(shipment(340434, "delivered"), code="00340434")) == ParcelStatus.DELIVERED


def test_another_shipment_with_the_same_number_is_not_ours(ask: Ask) -> None:
    with pytest.raises(ParcelUnknown):
        ask(shipment("7777777771", "delivered"))


@pytest.mark.parametrize("code", ["", "-", "000"])
def test_a_code_without_anything_in_it_is_not_asked_for(code: str) -> None:
    nameless = parcel(status("delivered", ""), code=None)
    with serve(lambda call: answer({"shipments": [nameless]})) as server, pytest.raises(ParcelUnknown):
        Dhl(api_key=KEY, base_url=server.url).ask(code)
    assert server.calls == []


def test_among_others_ours_is_found(ask: Ask) -> None:
    assert last(ask(shipment("1", "delivered"), shipment(CODE, "in_transit"))) == ParcelStatus.IN_TRANSIT


def test_two_shipments_with_our_number_are_for_a_person(ask: Ask) -> None:
    with pytest.raises(VendorRejected, match="service"):
        ask(shipment(CODE, "delivered"), shipment(CODE, "in_transit", service="freight"))


def test_no_shipments_are_an_unknown_parcel(ask: Ask) -> None:
    with pytest.raises(ParcelUnknown):
        ask()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("pre-transit", "shipped"),
        ("transit", "in_transit"),
        ("Delivered", "delivered"),
        ("failure", "problem"),
    ],
)
def test_status_codes(ask: Ask, code: str, expected: str) -> None:
    assert last(ask(parcel(status(code, "")))) == expected


def test_an_unknown_status_says_nothing(ask: Ask) -> None:
    assert ask(parcel(status("unknown", "Nobody knows."))) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Returned to shipper",
        "Delivered to the sender",
        "The shipment was returned.",
        "Return shipment delivered",
        "Colis retourné à l'expéditeur",
        "Retour",
        "Livré à l'expéditeur",
        "Die Sendung wurde an den Absender zurückgesandt.",
        "Zurück an Absender",
        "Die Rücksendung wurde zugestellt.",
        "Sendung dem Absender zugestellt",
        "Zuru\u0308ck",
    ],
)
def test_what_went_back_is_not_delivered(ask: Ask, sentence: str) -> None:
    assert last(ask(parcel(status("delivered", sentence)))) == ParcelStatus.RETURNED


@pytest.mark.parametrize(
    "sentence",
    [
        "The shipment is being returned to the sender",
        "Retour à l’expéditeur en cours",
        "Die Sendung wird zurück an den Absender gesandt.",
    ],
)
def test_after_a_return_began_delivered_means_to_the_sender(ask: Ask, sentence: str) -> None:
    news = ask(
        parcel(
            status("delivered", "Delivered"),
            status("transit", sentence, timestamp="2026-11-01T10:00:00Z"),
        )
    )
    assert [one.status for one in news] == [ParcelStatus.RETURNED, ParcelStatus.RETURNED]


@pytest.mark.parametrize(
    "sentence",
    [
        "If it is not collected, the shipment will be returned to the sender",
        "Returned to the depot",
        "Delivered in Rückersdorf",
    ],
)
def test_not_every_return_is_one_to_the_sender(ask: Ask, sentence: str) -> None:
    news = ask(parcel(status("delivered", "Delivered"), status("transit", sentence)))
    assert last(news) == ParcelStatus.DELIVERED


@pytest.mark.parametrize(
    "sentence",
    [
        "Out for delivery",
        "Shipment is out with courier for delivery",
        "Die Sendung ist in Zustellung.",
        "Die Sendung wurde in das Zustellfahrzeug geladen.",
        "Votre colis est en cours de livraison",
    ],
)
def test_out_for_delivery(ask: Ask, sentence: str) -> None:
    assert last(ask(parcel(status("transit", sentence)))) == ParcelStatus.OUT_FOR_DELIVERY


def test_a_parcel_that_waits_to_be_fetched_is_not_delivered(ask: Ask) -> None:
    assert last(ask(parcel(status("delivered", "Ready for collection at the shop")))) == "in_transit"


def test_nobody_s_name_is_taken_over(ask: Ask) -> None:
    news = ask(
        parcel(
            status("delivered", "JESSICA"),
            status("transit", "Delivery attempted, signed for by: JESSICA"),
            status("transit", "Unterschrieben von JESSICA"),
        )
    )
    assert "JESSICA" not in str(news)


def test_the_oldest_news_comes_first_and_each_once(ask: Ask) -> None:
    news = ask(shipment(CODE, "delivered"))
    assert [one.status for one in news] == ["shipped", "in_transit", "out_for_delivery", "delivered"]
    assert news[-1].happened_at == datetime(2026, 11, 2, 10, 53, 47, tzinfo=UTC)


def test_a_status_that_is_among_the_events_is_told_once(ask: Ask) -> None:
    shipment = parcel(status("transit", "Processed at PARIS"))
    shipment["status"] = status("transit", "In transit")
    assert [one.label for one in ask(shipment)] == ["Processed at PARIS"]


def test_a_time_without_a_zone_is_utc(ask: Ask) -> None:
    news = ask(parcel(status("transit", "", timestamp="2026-11-02T09:53:47")))
    assert news[0].happened_at == datetime(2026, 11, 2, 9, 53, 47, tzinfo=UTC)


def test_an_old_event_without_a_time_is_left_out(ask: Ask) -> None:
    news = ask(parcel(status("delivered", ""), status("transit", "", timestamp=None)))
    assert [one.status for one in news] == [ParcelStatus.DELIVERED]


def test_a_status_without_a_time_has_that_of_the_newest_event(ask: Ask) -> None:
    shipment = parcel(status("transit", "", timestamp="2026-11-02T10:00:00Z"))
    shipment["status"] = status("delivered", "", timestamp=None)
    assert ask(shipment)[-1].happened_at == datetime(2026, 11, 2, 10, tzinfo=UTC)


def test_a_delivery_without_any_time_is_told_to_nobody(ask: Ask) -> None:
    with pytest.raises(VendorUnavailable, match="time"):
        ask(parcel(status("delivered", "", timestamp="soon")))


@pytest.fixture
def dhl() -> Iterator[tuple[FakeDhl, Server]]:
    fake = FakeDhl()
    with serve(fake) as server:
        yield fake, server


def listening(url: str = "http://127.0.0.1:1", api_key: str = KEY) -> Dhl:
    return Dhl(api_key=api_key, webhook_header="X-Gift-Token", webhook_tokens=["new", "old"], base_url=url)


def handshake(**changes: Any) -> bytes:
    return json.dumps(
        {"scope": "subscription.validate", "self": HOOK, "secret": "hook-secret", **changes}
    ).encode()


@pytest.mark.parametrize("header", ["", "X-Gift-Token"])
def test_without_header_and_token_nobody_listens(header: str) -> None:
    assert not Dhl(webhook_header=header, webhook_tokens=[""]).can_listen
    assert not Dhl(webhook_header="", webhook_tokens=["new"]).can_listen


def test_the_token_is_looked_for_in_its_header_only(now: datetime) -> None:
    push = Push(headers={"authorization": "new", "x-other": "new"}, body=handshake())
    with pytest.raises(Unauthorized):
        listening().check_push(push, now=now)


def test_the_handshake_is_confirmed(dhl: tuple[FakeDhl, Server]) -> None:
    fake, server = dhl
    assert listening(server.url).shake_hands(handshake()) is True
    assert fake.confirmed == {"8d1d-42": "hook-secret"}


def test_the_handshake_never_calls_the_address_of_the_push(dhl: tuple[FakeDhl, Server]) -> None:
    fake, server = dhl
    with serve(FakeDhl()) as stranger:
        said = handshake(self=f"{stranger.url}/tracking/push/v1/subscription/8d1d-42")
        listening(server.url).shake_hands(said)
        assert stranger.calls == []
    assert list(fake.confirmed) == ["8d1d-42"]


@pytest.mark.parametrize(
    "changes",
    [
        {"self": "https://api-eu.dhl.com/subscription/../../track/shipments"},
        {"self": "https://api-eu.dhl.com/subscription/.."},
        {"self": "https://api-eu.dhl.com/subscription/1?x=/subscription/"},
        {"self": "https://api-eu.dhl.com/subscription/a%2Fb"},
        {"self": ["subscription/1"]},
        {"self": None},
        {"secret": ""},
        {"secret": "a b"},
        {"secret": "é"},
        {"secret": 5.5},
    ],
)
def test_an_unclear_handshake_calls_nobody(dhl: tuple[FakeDhl, Server], changes: dict[str, Any]) -> None:
    _, server = dhl
    with pytest.raises(VendorRejected):
        listening(server.url).shake_hands(handshake(**changes))
    assert server.calls == []


def test_a_handshake_without_the_key_tells_what_is_missing() -> None:
    with pytest.raises(VendorRejected, match="API key"):
        listening(api_key="").shake_hands(handshake())


@pytest.mark.parametrize("scope", ["subscription.activate", "subscription.ready", "subscription.new"])
def test_other_scopes_mean_nothing(scope: str) -> None:
    said = handshake(scope=scope)
    assert listening().shake_hands(said) is False
    assert listening().read_push(said) == []


def test_a_handshake_is_no_news() -> None:
    assert listening().read_push(handshake()) == []


def test_shipments_count_whatever_the_scope_is_called() -> None:
    said = {"scope": "subscription.notify", "shipments": [shipment("1", "delivered")]}
    assert listening().read_push(json.dumps(said).encode())[-1].status == ParcelStatus.DELIVERED


def test_one_push_tells_of_several_shipments() -> None:
    shipments = [shipment("1", "in_transit"), shipment("2", "delivered")]
    news = listening().read_push(json.dumps({"scope": "subscription.push", "shipments": shipments}).encode())
    assert {one.code: one.status for one in news} == {"1": "in_transit", "2": "delivered"}


@pytest.mark.parametrize("shipments", [5, [5], [{}], [{"id": ""}], [{"id": "1", "status": "delivered"}]])
def test_a_push_in_another_form_is_refused(shipments: Any) -> None:
    with pytest.raises(Invalid):
        listening().read_push(json.dumps({"scope": "subscription.push", "shipments": shipments}).encode())
