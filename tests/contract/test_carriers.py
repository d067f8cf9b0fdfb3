"""What every carrier adapter does: the same stories for all. Gaps follow what an adapter declares."""

import importlib
import pkgutil
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import gifting.carriers
from gifting.carriers.base import Carrier, ParcelNews, Push
from gifting.dto import ParcelStatus
from gifting.errors import (
    Invalid,
    ParcelUnknown,
    Unauthorized,
    Unsupported,
    VendorError,
    VendorRejected,
    VendorUnavailable,
)
from gifting.models import Shipment
from tests.contract.carriers import ASKED, HEARD, NOWHERE, RECEIVER, VENDORS, WORDS, Vendor
from tests.contract.strange import twisted
from tests.fakes.server import Answer, Call, Handler, answer, drop, flood, hang, serve

HTML = (200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><html><p>Under maintenance</p></html>")
asked = pytest.mark.parametrize("vendor", ASKED, ids=str)
heard = pytest.mark.parametrize("vendor", HEARD, ids=str)
words = pytest.mark.parametrize("word", WORDS)


@cache
def usual_answer(vendor: Vendor) -> bytes:
    return vendor.answer("delivered")


def ask(vendor: Vendor, handler: Handler) -> list[ParcelNews]:
    with serve(handler) as server:
        return vendor.build(server.url, []).ask(vendor.code)


def listening(vendor: Vendor) -> Carrier:
    return vendor.build(NOWHERE, vendor.secrets[:2])


def is_well_formed(news: ParcelNews) -> bool:
    """Fits into the database, and says when in a way that can be compared."""
    texts_fit = 1 <= len(news.code) <= 100 and len(news.label) <= 200
    (news.code + news.label).encode()
    return texts_fit and "\0" not in news.code + news.label and news.happened_at.tzinfo is not None


# Asking.


@asked
@words
def test_it_tells_where_the_parcel_is(vendor: Vendor, word: str) -> None:
    news = ask(vendor, vendor.plays({vendor.code: word}))
    assert news[-1].status == ParcelStatus(word)
    assert {one.code for one in news} == {vendor.code}


@asked
def test_it_tells_the_oldest_news_first(vendor: Vendor) -> None:
    news = ask(vendor, vendor.plays({vendor.code: "delivered"}))
    assert [one.status for one in news] == ["shipped", "in_transit", "out_for_delivery", "delivered"]
    assert news == sorted(news, key=lambda one: one.happened_at)
    assert all(map(is_well_formed, news))


@asked
def test_what_went_back_was_never_delivered(vendor: Vendor) -> None:
    news = ask(vendor, vendor.plays({vendor.code: "returned"}))
    assert ParcelStatus.DELIVERED not in {one.status for one in news}


@asked
def test_nobody_s_name_is_taken_over(vendor: Vendor) -> None:
    assert RECEIVER not in str(ask(vendor, vendor.plays({vendor.code: "delivered"})))


@asked
def test_the_same_question_twice_has_the_same_answer(vendor: Vendor) -> None:
    with serve(vendor.plays({vendor.code: "delivered"})) as server:
        carrier = vendor.build(server.url, [])
        assert carrier.ask(vendor.code) == carrier.ask(vendor.code)


@asked
@pytest.mark.parametrize("code", ["1Z204W4R0308071800", "XN081879300FR", "", " ", "../..", "a/b?c=d", "ключ"])
def test_an_unknown_parcel(vendor: Vendor, code: str) -> None:
    with serve(vendor.plays({vendor.code: "delivered"})) as server, pytest.raises(ParcelUnknown):
        vendor.build(server.url, []).ask(code)


@asked
def test_an_answer_about_another_parcel_is_none(vendor: Vendor) -> None:
    honest = vendor.plays({vendor.code: "delivered"})

    def mistaken(call: Call) -> Answer:
        status, headers, body = honest(call)
        return status, headers, body.replace(vendor.code.encode(), vendor.other_code.encode())

    with pytest.raises((ParcelUnknown, VendorUnavailable)):
        ask(vendor, mistaken)


def unhelpful(reaction: Any) -> Handler:
    return lambda call: reaction


@asked
@pytest.mark.parametrize("status", [401, 403, 418])
def test_a_refusal_is_for_a_person(vendor: Vendor, status: int) -> None:
    with pytest.raises(VendorRejected) as refused:
        ask(vendor, unhelpful(answer({}, status)))
    assert refused.value.status == status
    assert vendor.code not in refused.value.message


@asked
@pytest.mark.parametrize("status", [429, 503])
def test_a_carrier_that_wants_rest_gets_it(vendor: Vendor, status: int) -> None:
    with pytest.raises(VendorUnavailable) as refused:
        ask(vendor, unhelpful(answer({}, status, Retry_After="120")))
    assert refused.value.retry_after == 120


@asked
@pytest.mark.parametrize(
    "reaction",
    [
        answer({}, 500),
        HTML,
        (200, {}, b""),
        (200, {}, b"\xff\xfe\x00"),
        answer(None),
        answer([]),
        answer({}),
        answer({"shipments": 5, "shipment": 5, "trackResponse": 5, "access_token": 5}),
        (200, {}, b"[" * 100_000),
        (200, {}, b"<a>" * 100_000),
        drop,
        flood,
    ],
    ids=str.split("500 html empty binary null list object numbers deep-json deep-xml drop flood"),
)
def test_no_sense_means_ask_again_later(vendor: Vendor, reaction: Any) -> None:
    with pytest.raises(VendorUnavailable) as failed:
        ask(vendor, unhelpful(reaction))
    assert vendor.code not in failed.value.message


@asked
def test_a_carrier_that_never_answers_is_given_up(vendor: Vendor, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "VENDOR_TIMEOUT_SECONDS": 1}
    with pytest.raises(VendorUnavailable):
        ask(vendor, unhelpful(hang))


@asked
def test_a_redirect_is_not_followed(vendor: Vendor) -> None:
    with serve(vendor.plays({vendor.code: "delivered"})) as stranger:
        moved = (307, {"Location": f"{stranger.url}/"}, b"")
        with pytest.raises(VendorUnavailable):
            ask(vendor, unhelpful(moved))
        assert stranger.calls == []


@asked
def test_a_wrong_address_is_not_an_unknown_parcel(vendor: Vendor) -> None:
    with pytest.raises((VendorRejected, VendorUnavailable)):
        ask(vendor, unhelpful((404, *HTML[1:])))


@asked
@hypothesis_settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_strange_answer_never_breaks_it(vendor: Vendor, data: st.DataObject) -> None:
    body = twisted(usual_answer(vendor), data)
    honest = vendor.plays({vendor.code: "delivered"})
    try:
        news = ask(vendor, lambda call: honest(call) if "oauth" in call.path else (200, {}, body))
    except VendorError:
        return
    assert all(map(is_well_formed, news))


# Listening.


@heard
@words
def test_a_push_tells_where_the_parcel_is(vendor: Vendor, word: str, now: datetime) -> None:
    carrier, push = listening(vendor), vendor.push(vendor.body(word), vendor.secrets[0])
    assert 1 <= len(carrier.check_push(push, now=now)) <= 255
    news = carrier.read_push(push.body)
    assert (news[-1].code, news[-1].status) == (vendor.code, ParcelStatus(word))
    assert all(map(is_well_formed, news))


@heard
def test_a_push_about_a_return_tells_of_no_delivery(vendor: Vendor) -> None:
    news = listening(vendor).read_push(vendor.body("returned"))
    assert ParcelStatus.DELIVERED not in {one.status for one in news}


@heard
def test_a_push_leaves_names_behind(vendor: Vendor) -> None:
    assert RECEIVER not in str(listening(vendor).read_push(vendor.body("delivered")))


@heard
def test_old_and_new_secret_are_accepted_while_they_change(vendor: Vendor, now: datetime) -> None:
    for secret in vendor.secrets[:2]:
        assert listening(vendor).check_push(vendor.push(vendor.body("delivered"), secret), now=now)


@heard
def test_after_the_change_the_old_secret_opens_nothing(vendor: Vendor, now: datetime) -> None:
    new, old, _ = vendor.secrets
    with pytest.raises(Unauthorized):
        vendor.build(NOWHERE, [new]).check_push(vendor.push(vendor.body("delivered"), old), now=now)


@heard
def test_a_wrong_secret_is_refused(vendor: Vendor, now: datetime) -> None:
    with pytest.raises(Unauthorized) as refused:
        listening(vendor).check_push(vendor.push(vendor.body("delivered"), vendor.secrets[2]), now=now)
    assert not any(secret in refused.value.message for secret in vendor.secrets)


@heard
@pytest.mark.parametrize("value", [None, "", " ", "é", "\udcff"])
def test_a_push_without_a_proper_header_is_refused(vendor: Vendor, value: str | None, now: datetime) -> None:
    proper = vendor.push(vendor.body("delivered"), vendor.secrets[0])
    ours = vendor.seals(proper.body, vendor.secrets[0])
    kept = {name: text for name, text in proper.headers.items() if name not in ours}
    changed = kept if value is None else {**kept, **dict.fromkeys(ours, value)}
    with pytest.raises(Unauthorized):
        listening(vendor).check_push(Push(headers=changed, body=proper.body), now=now)


@heard
@pytest.mark.parametrize("secrets", [[], [""], [" "]])
def test_without_a_secret_nobody_listens(vendor: Vendor, secrets: list[str], now: datetime) -> None:
    carrier = vendor.build(NOWHERE, secrets)
    assert carrier.can_listen is False
    with pytest.raises(Unauthorized):
        carrier.check_push(vendor.push(vendor.body("delivered"), vendor.secrets[0]), now=now)
    with pytest.raises(Unauthorized):
        carrier.check_push(Push(headers={}, body=vendor.body("delivered")), now=now)


@heard
def test_only_a_signed_push_shows_that_it_was_changed(vendor: Vendor, now: datetime) -> None:
    proper = vendor.push(vendor.body("in_transit"), vendor.secrets[0])
    forged = Push(headers=proper.headers, body=vendor.body("delivered"))
    carrier = listening(vendor)
    if carrier.is_signed:
        with pytest.raises(Unauthorized):
            carrier.check_push(forged, now=now)
    else:
        assert carrier.check_push(forged, now=now)
        assert carrier.can_ask, "an unsigned hint needs somebody to ask"


@heard
def test_the_same_event_has_the_same_key_and_another_has_not(vendor: Vendor, now: datetime) -> None:
    def key(word: str) -> str:
        push = vendor.push(vendor.body(word), vendor.secrets[0])
        return listening(vendor).check_push(push, now=now + timedelta(seconds=1))

    assert key("delivered") == key("delivered")
    assert key("delivered") != key("in_transit")


@heard
def test_a_bare_string_is_no_list_of_secrets(vendor: Vendor) -> None:
    with pytest.raises(TypeError):
        vendor.build(NOWHERE, vendor.secrets[0])


@heard
@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"5", b'"x"', b"[" * 100_000, b"<html></html>"])
def test_a_body_that_is_no_document_is_refused(vendor: Vendor, body: bytes, now: datetime) -> None:
    with pytest.raises(Invalid):
        listening(vendor).check_push(vendor.push(body, vendor.secrets[0]), now=now)
    with pytest.raises(Invalid):
        listening(vendor).read_push(body)


@heard
def test_a_document_that_says_nothing_is_refused(vendor: Vendor) -> None:
    with pytest.raises(Invalid):
        listening(vendor).read_push(b"{}")


@heard
def test_news_asks_for_no_handshake(vendor: Vendor) -> None:
    assert listening(vendor).shake_hands(vendor.body("delivered")) is False


@heard
@hypothesis_settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_strange_push_never_breaks_it(vendor: Vendor, data: st.DataObject) -> None:
    body = twisted(vendor.body("delivered"), data)
    push = vendor.push(body, vendor.secrets[0])
    now = datetime.fromisoformat("2026-11-02T09:00:00Z")
    try:
        key = listening(vendor).check_push(push, now=now)
        news = listening(vendor).read_push(body)
    except Invalid:
        return
    assert 1 <= len(key.encode()) <= 1020
    assert len(key) <= 255
    assert all(map(is_well_formed, news))


# What they declare.


def test_every_adapter_is_here() -> None:
    modules = [
        importlib.import_module(f"gifting.carriers.{found.name}")
        for found in pkgutil.iter_modules(gifting.carriers.__path__)
    ]
    adapters = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Carrier) and kind is not Carrier
    }
    assert adapters == {vendor.kind for vendor in VENDORS}


@pytest.mark.parametrize("vendor", VENDORS, ids=str)
def test_without_credentials_it_does_nothing(vendor: Vendor) -> None:
    carrier = vendor.kind()
    assert (carrier.can_ask, carrier.can_listen) == (False, False)


@pytest.mark.parametrize("vendor", VENDORS, ids=str)
def test_who_can_be_asked_says_about_whose_parcels(vendor: Vendor) -> None:
    carrier = vendor.build(NOWHERE, [])
    assert carrier.serves or not carrier.can_ask
    assert carrier.serves <= set(Shipment.Carrier.values)


@pytest.mark.parametrize("vendor", [vendor for vendor in VENDORS if vendor not in ASKED], ids=str)
def test_who_cannot_be_asked_says_so(vendor: Vendor) -> None:
    with pytest.raises(Unsupported):
        vendor.build(NOWHERE, vendor.secrets).ask(vendor.code)


@pytest.mark.parametrize("vendor", [vendor for vendor in VENDORS if vendor not in HEARD], ids=str)
def test_who_does_not_push_says_so(vendor: Vendor, now: datetime) -> None:
    carrier = vendor.build(NOWHERE, vendor.secrets)
    with pytest.raises(Unsupported):
        carrier.check_push(Push(headers={}, body=b"{}"), now=now)
    with pytest.raises(Unsupported):
        carrier.read_push(b"{}")
    assert carrier.shake_hands(b"{}") is False
