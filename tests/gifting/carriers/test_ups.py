"""UPS: asked over real HTTP, and every way in which its answers can go wrong."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pytest_django import Settings

from gifting.carriers.base import ParcelNews
from gifting.dto import ParcelStatus
from gifting.errors import ParcelUnknown, VendorRejected, VendorUnavailable
from tests.fakes import ups
from tests.fakes.server import Answer, Call, Misbehaviour, answer, drop, flood, hang, serve, trickle
from tests.fakes.ups import FakeUps, fake_ups, ups_at

CODE = "1Z204W4R0308071865"


def told(document: Any, status: int = 200) -> list[ParcelNews]:
    """What is made of one answer of the Track API."""
    return reacting(answer(document, status))


def reacting(reaction: Answer | Misbehaviour) -> list[ParcelNews]:
    fake = FakeUps()

    def handle(call: Call) -> Answer | Misbehaviour:
        return reaction if call.path.startswith(ups.DETAILS) else fake(call)

    with serve(handle) as server:
        return ups_at(server.url).ask(CODE)


def package_of(*activities: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A document with these activities, the newest first."""
    return ups.found({**ups.package(CODE, "in_transit"), "activity": list(activities), **changes})


def activity(kind: str, code: Any, hour: int = 9, description: str = "Something") -> dict[str, Any]:
    return ups.activity(kind, code, description, hour)


# Asking


def test_a_question_names_the_client_and_the_parcel() -> None:
    with fake_ups({CODE: "in_transit"}) as (carrier, server):
        carrier.ask(CODE)
    token, details = server.calls
    assert (token.method, token.path) == ("POST", "/security/v1/oauth/token")
    assert (details.path, details.query) == (f"/api/track/v1/details/{CODE}", {"locale": "en_US"})
    assert details.headers["transactionsrc"] == "giftcast"
    assert UUID(details.headers["transid"])


def test_the_history_is_told_from_the_oldest_in_our_words() -> None:
    with fake_ups({CODE: "delivered"}) as (carrier, _):
        news = carrier.ask(CODE)
    assert [one.status for one in news] == ["shipped", "in_transit", "out_for_delivery", "delivered"]
    assert news[-1] == ParcelNews(
        code=CODE,
        status=ParcelStatus.DELIVERED,
        happened_at=datetime(2026, 11, 2, 10, tzinfo=UTC),
        label="DELIVERED",
    )


@pytest.mark.parametrize("word", ups.WORDS)
def test_every_word_of_ours_has_one_of_theirs(word: str) -> None:
    with fake_ups({CODE: word}) as (carrier, _):
        assert carrier.ask(CODE)[-1].status == word


def test_who_took_the_parcel_is_not_taken_over() -> None:
    with fake_ups({CODE: "delivered"}) as (carrier, _):
        assert ups.RECEIVER not in repr(carrier.ask(CODE))


def test_a_code_is_asked_for_without_blanks_and_told_as_the_shop_wrote_it() -> None:
    typed = "1z 204 w4r 03 0807 1865"
    with fake_ups({CODE: "shipped"}) as (carrier, _):
        assert carrier.ask(typed)[0].code == typed


@pytest.mark.parametrize("code", ["", "1Z", "../../admin", "1Z204W4R0308071865" * 3, "——"])
def test_what_cannot_be_a_number_of_ups_is_not_asked(code: str) -> None:
    with fake_ups() as (carrier, server), pytest.raises(ParcelUnknown):
        carrier.ask(code)
    assert server.calls == []


def test_without_credentials_nobody_asks() -> None:
    assert ups_at("http://127.0.0.1:1").can_ask
    assert not ups_at("http://127.0.0.1:1", client_secret="").can_ask
    assert not ups_at("http://127.0.0.1:1", client_id="").can_ask


# Tokens


def test_a_token_serves_many_questions() -> None:
    with serve(fake := FakeUps({CODE: "shipped"})) as server:
        for _ in range(3):
            ups_at(server.url).ask(CODE)
    assert len(fake.tokens) == 1


def test_a_token_that_ends_soon_is_not_used_again() -> None:
    with serve(fake := FakeUps({CODE: "shipped"}, token_seconds=30)) as server:
        for _ in range(3):
            ups_at(server.url).ask(CODE)
    assert len(fake.tokens) == 3


def test_a_token_that_was_taken_back_is_replaced_once() -> None:
    with serve(fake := FakeUps({CODE: "shipped"})) as server:
        ups_at(server.url).ask(CODE)
        fake.tokens.append("of somebody else")
        assert ups_at(server.url).ask(CODE)
    assert fake.tokens[2:] == ["token-3"]


def test_a_fresh_token_that_is_refused_is_told_with_the_credentials_to_look_at() -> None:
    with pytest.raises(VendorRejected, match="UPS_CLIENT_ID") as caught:
        reacting(ups.refusal("250002", 401))
    assert (caught.value.status, caught.value.word) == (401, "250002")


def test_wrong_credentials_are_told_with_the_word_of_ups() -> None:
    with serve(FakeUps({CODE: "shipped"})) as server, pytest.raises(VendorRejected) as caught:
        ups_at(server.url, client_secret="wrong-one").ask(CODE)
    assert "UPS_CLIENT_SECRET" in caught.value.message
    assert (caught.value.status, caught.value.word) == (401, "10401")
    assert "wrong-one" not in repr(caught.value)


def test_a_blocked_client_is_told() -> None:
    with pytest.raises(VendorRejected, match="UPS_CLIENT_ID"):
        reacting((403, {}, b"<html>Access Denied</html>"))


@pytest.mark.parametrize(
    "granted",
    [
        {},
        [],
        {"access_token": None, "expires_in": "1"},
        {"access_token": "", "expires_in": "1"},
        {"access_token": "two\nlines", "expires_in": "1"},
        {"access_token": "łódź", "expires_in": "1"},
        {"access_token": ["a"], "expires_in": "1"},
    ],
)
def test_a_token_in_an_unknown_form_is_no_answer(granted: Any) -> None:
    with serve(lambda call: answer(granted)) as server, pytest.raises(VendorUnavailable):
        ups_at(server.url).ask(CODE)


# What their words mean


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("D", "011", "delivered"),
        ("D", "026", "delivered"),
        ("D", 11, "delivered"),
        ("D", "11", "delivered"),
        ("D", "017", "in_transit"),
        ("D", "040", "in_transit"),
        ("D", "143", "in_transit"),
        ("D", "144", "in_transit"),
        ("D", "021", "out_for_delivery"),
        ("D", "072", "out_for_delivery"),
        ("I", 21, "out_for_delivery"),
        ("I", "006", "out_for_delivery"),
        ("I", "037", "out_for_delivery"),
        ("I", "089", "out_for_delivery"),
        ("I", "091", "out_for_delivery"),
        ("D", "034", "returned"),
        ("X", "067", "returned"),
        ("X", "081", "returned"),
        ("X", "033", "problem"),
        ("I", "035", "problem"),
        ("D", "036", "problem"),
        ("X", "058", "problem"),
        ("I", "011", "in_transit"),
        ("I", "005", "in_transit"),
        ("D", "", "in_transit"),
        ("D", None, "in_transit"),
        ("U", "", "in_transit"),
        ("M", "003", "shipped"),
        ("MV", "003", "shipped"),
    ],
)
def test_their_types_and_codes(kind: str, code: Any, status: str) -> None:
    (news,) = told(package_of(activity(kind, code)))
    assert news.status == status


DELIVERED_ON = [{"type": "SDD", "date": "20261103"}, {"type": "DEL", "date": "20261102"}]


def test_without_a_code_the_date_of_delivery_decides_about_the_newest_activity() -> None:
    document = package_of(activity("D", "", 10), activity("D", "", 8), deliveryDate=DELIVERED_ON)
    assert [one.status for one in told(document)] == ["in_transit", "delivered"]


def test_a_date_of_delivery_does_not_overrule_a_code() -> None:
    document = package_of(activity("D", "017"), deliveryDate=DELIVERED_ON)
    assert told(document)[0].status == ParcelStatus.IN_TRANSIT


def test_without_a_code_a_sentence_about_a_return_is_no_delivery() -> None:
    newest = activity("D", "", description="Delivered to the shipper: returned")
    assert told(package_of(newest, deliveryDate=DELIVERED_ON))[0].status == ParcelStatus.RETURNED


@pytest.mark.parametrize("code", ["033", "034", "035", "036", "067", "081"])
def test_a_delivery_after_a_return_began_is_to_the_sender(code: str) -> None:
    news = told(package_of(activity("D", "011", 12), activity("X", code, 8)))
    assert news[-1].status == ParcelStatus.RETURNED
    assert not any(one.status is ParcelStatus.DELIVERED for one in news)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        pytest.param({}, "2026-11-02T09:00:00", id="GMT, its first zero lost"),
        pytest.param({"gmtTime": "13:50:04"}, "2026-11-02T13:50:04", id="GMT with colons"),
        pytest.param({"gmtTime": "7:47:00"}, "2026-11-02T07:47:00", id="GMT with colons and no zero"),
        pytest.param({"gmtTime": 74700}, "2026-11-02T07:47:00", id="GMT as a number"),
        pytest.param({"gmtDate": ""}, "2026-11-02T09:00:00", id="local time with its offset"),
        pytest.param({"gmtDate": None, "gmtOffset": None}, "2026-11-02T10:00:00", id="local time alone"),
        pytest.param({"gmtTime": "", "gmtOffset": "", "time": ""}, "2026-11-02T00:00:00", id="a day alone"),
    ],
)
def test_their_times(times: dict[str, Any], expected: str) -> None:
    (news,) = told(package_of({**activity("I", "005"), **times}))
    assert news.happened_at == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_an_activity_without_a_time_is_left_out() -> None:
    undated = {"status": {"type": "I", "statusCode": "005", "description": "Somewhere"}}
    assert len(told(package_of(undated, activity("I", "005")))) == 1


def test_a_delivery_without_a_time_is_not_passed_over() -> None:
    undated = {"status": {"type": "D", "statusCode": "011", "description": "Delivered"}}
    with pytest.raises(VendorUnavailable):
        told(package_of(undated))


# Parcels that UPS does not know


@pytest.mark.parametrize(
    "reaction",
    [
        pytest.param(ups.refusal("TW0001", 404), id="not found"),
        pytest.param(answer(ups.warned(CODE)), id="a warning in place of the package"),
        pytest.param(answer(ups.found(ups.package("1Z999AA10123456784", "delivered"))), id="another parcel"),
    ],
)
def test_a_parcel_that_ups_does_not_know(reaction: Answer) -> None:
    with pytest.raises(ParcelUnknown):
        reacting(reaction)


def test_of_several_packages_ours_is_told() -> None:
    others = [ups.package("1Z999AA10123456784", "delivered"), ups.package("1Z5R89390357567127", "returned")]
    assert told(ups.found(others[0], ups.package(CODE, "shipped"), others[1]))[-1].status == "shipped"


def test_the_number_of_the_last_mile_is_ours_too() -> None:
    other = {**ups.package("92419900000033499522966220", "shipped")}
    other["alternateTrackingNumber"] = [{"number": CODE, "type": "USPS_PIC"}]
    assert told(ups.found(other))


def test_a_known_parcel_without_history_has_no_news() -> None:
    assert told(ups.found({"trackingNumber": CODE})) == []


# What UPS should not do


FAULTS: dict[str, Answer | Misbehaviour] = {
    "500": ups.refusal("1", 500),
    "503 with HTML": (503, {}, b"<html>"),
    "404 with HTML": (404, {}, b"<html>"),
    "HTML": (200, {"Content-Type": "text/html"}, b"<html>Maintenance</html>"),
    "empty body": (200, {}, b""),
    "30 MB": flood,
    "hangs up": drop,
    "never answers": hang,
    "trickles": trickle,
}


@pytest.fixture
def impatient(settings: Settings) -> None:
    settings.GIFTING = {**settings.GIFTING, "VENDOR_TIMEOUT_SECONDS": 0.5}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("impatient")
def test_a_fault_of_the_track_api_means_later(fault: str) -> None:
    with pytest.raises(VendorUnavailable):
        reacting(FAULTS[fault])


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("impatient")
def test_a_fault_where_tokens_are_given_means_later(fault: str) -> None:
    with serve(lambda call: FAULTS[fault]) as server, pytest.raises(VendorUnavailable):
        ups_at(server.url).ask(CODE)


@pytest.mark.parametrize(("headers", "expected"), [({"Retry-After": "90"}, 90), ({}, None)])
def test_ups_says_when_to_come_back(headers: dict[str, str], expected: int | None) -> None:
    with pytest.raises(VendorUnavailable) as caught:
        reacting((429, headers, b""))
    assert caught.value.retry_after == expected


def test_a_redirect_to_another_host_gets_nothing() -> None:
    with fake_ups({CODE: "delivered"}) as (_, thief):
        moved = (302, {"Location": f"{thief.url}{ups.DETAILS}{CODE}"}, b"")
        with pytest.raises(VendorUnavailable, match="redirect"):
            reacting(moved)
        assert thief.calls == []


def test_a_question_that_ups_refuses_is_told_with_its_word() -> None:
    with pytest.raises(VendorRejected) as caught:
        reacting(ups.refusal("TV1002", 400))
    assert caught.value.word == "TV1002"


@pytest.mark.parametrize("document", [None, [], "x", 1, {}, {"trackResponse": None}, {"trackResponse": []}])
def test_a_document_of_another_form_is_no_answer(document: Any) -> None:
    with pytest.raises(VendorUnavailable):
        told(document)
