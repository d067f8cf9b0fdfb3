"""A user's own gifts that live in the account which the brand names: shown, accepted, and its troubles."""

import re
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from gifting.errors import VendorUnavailable
from gifting.http import Http, within
from gifting.models import Brand, GiftPack, StickerPack
from gifting.services import keys, packs
from gifting.views.my_gifts import my_gifts_page
from tests.fakes.server import Handler, answer, hang, serve
from tests.gifting.account import CHANGE, Visitor
from tests.gifting.pack_gifts import new_pack

pytestmark = [pytest.mark.urls("tests.gifting.account"), pytest.mark.django_db(transaction=True)]
TROUBLE = "cannot be shown right now"
SUCCESS = {"code": "0000", "status": "success", "message": "success"}
PUBLISHED = {
    "packageId": 118,
    "packageName": "Stuart",
    "packageImg": "https://img.stipop.example/118.png",
    "sendUserId": "Alice",
    "receiveUserId": "Bob",
    "isReceive": "N",
}
"""A gift as an account tells it that knows no dates."""


@pytest.fixture
def bob() -> Visitor:
    return Visitor("Bob")


def connect(settings: Any, brand: Brand, url: str, key: str = "gc_the_account") -> None:
    """The packs of the brand live behind this server."""
    options = {"key": key, "base_url": f"{url}/v1"}
    spec = {"BACKEND": "gifting.backends.stipop.StipopBackend", "OPTIONS": options}
    settings.GIFTING = {**settings.GIFTING, "PACK_BACKENDS": {"stipop": spec}, "VENDOR_TIMEOUT_SECONDS": 1}
    Brand.objects.filter(pk=brand.pk).update(pack_backend="stipop")


@pytest.fixture
def account(brand: Brand, other_brand: Brand, live_server: Any, settings: Any, now: datetime) -> Brand:
    """The packs of the brand live in this one's account, behind its own API."""
    connect(settings, brand, live_server.url, keys.create_key(brand=other_brand, kind="packs", now=now)[1])
    return other_brand


@pytest.fixture
def pack(account: Brand) -> StickerPack:
    return new_pack(account, image="packs/0f3a9c51d2e84b67.png")


@pytest.fixture
def gift(account: Brand, pack: StickerPack, now: datetime) -> GiftPack:
    return packs.send(brand=account, number=118, sender="Alice", receiver="Bob", note="For you", now=now)


def listed(*gifts: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    length = len(gifts) if total is None else total
    return {"header": SUCCESS, "body": {"packageList": list(gifts), "pageMap": {"totalCount": length}}}


# -- With an account that answers


def test_both_see_what_lives_in_the_account(gift: GiftPack, bob: Visitor) -> None:
    for visitor, facts in ((bob, "From <bdi>Alice</bdi>"), (Visitor("Alice"), "To <bdi>Bob</bdi>")):
        page = visitor.look()
        for fact in ("Stuart", facts, gift.sent_at.strftime("%Y")):
            assert fact in page


def test_the_picture_is_the_accounts(gift: GiftPack, bob: Visitor) -> None:
    assert f'src="https://soleil.example/packs/{gift.pack_id}/0f3a9c51d2e84b67.png"' in bob.look()


def test_bob_accepts_there_and_both_pages_say_so(gift: GiftPack, bob: Visitor) -> None:
    page = bob.press("accept")
    assert "The pack is yours now." in page
    assert "Yours since" in page
    assert "Accepted on" in Visitor("Alice").look()
    assert not bob.buttons("accept")
    gift.refresh_from_db()
    assert gift.state == GiftPack.State.CONFIRMED


def test_nothing_can_be_taken_back_there(gift: GiftPack) -> None:
    assert Visitor("Alice").buttons("take-back") == []
    assert "Not accepted yet" in Visitor("Alice").look()


@pytest.mark.parametrize(
    "change",
    [
        {"sender": "Carol"},
        {"sender": ""},
        {"sender": "Bob"},
        {"sender": "x" * 5000},
        {"sender": "."},
        {"number": "119"},
        {"number": "0"},
        {"number": "9" * 18},
    ],
    ids=repr,
)
def test_what_was_not_sent_to_the_visitor_is_not_there(
    gift: GiftPack, bob: Visitor, change: dict[str, str]
) -> None:
    assert "it has expired or was taken back" in bob.send({**bob.buttons("accept")[0], **change})
    gift.refresh_from_db()
    assert gift.state == GiftPack.State.SENT


@pytest.mark.parametrize(
    "garbage", [{"number": ""}, {"number": "x"}, {"number": "-1"}, {"do": "take-back"}, {"do": "x"}]
)
def test_garbage_is_a_friendly_404(gift: GiftPack, bob: Visitor, garbage: dict[str, str]) -> None:
    form = {**bob.buttons("accept")[0], **garbage}
    assert bob.client.post(CHANGE, form).status_code == 404


def test_a_brand_that_is_gone_has_no_gifts(brand: Brand, gift: GiftPack, bob: Visitor) -> None:
    form = bob.buttons("accept")[0]
    brand.delete()
    assert bob.client.post(CHANGE, form)["Location"].endswith("?gifts_said=over#gc-mine-news")


def test_the_lists_have_pages_there_too(account: Brand, bob: Visitor, now: datetime) -> None:
    for number in range(1, 12):
        new_pack(account, number, f"Pack {number:02}")
        packs.send(brand=account, number=number, sender="Alice", receiver="Bob", now=now)
    assert re.findall("Pack [0-9]{2}</h3>", bob.look("?gifts_received=9")) == ["Pack 01</h3>"]


def test_who_has_no_gifts_there_is_told_so(account: Brand) -> None:
    assert "Nobody has sent you a pack yet." in Visitor("Carol").look()


# -- With an account that tells little, or nothing


def test_an_account_may_know_no_dates(brand: Brand, bob: Visitor, settings: Any) -> None:
    confirmed = {**PUBLISHED, "packageId": 119, "packageName": "Marla", "isReceive": "Y"}
    with serve(lambda call: answer(listed(PUBLISHED, confirmed))) as server:
        connect(settings, brand, server.url)
        page = bob.look()
    assert "<time" not in page
    assert "Waits for you" in page
    assert '<p class="gc-mine__state">Yours</p>' in page
    assert "/118.png" in page


@pytest.mark.parametrize(
    "handler",
    [
        lambda call: answer({"header": {"code": "1000"}}, 500),
        lambda call: answer({"header": {"code": "9000"}}, 401),
        lambda call: answer({"header": {"code": "9009"}}, 429, Retry_After="7"),
        lambda call: answer(["what?"]),
        lambda call: (200, {}, b"<html>"),
        lambda call: answer(listed({**PUBLISHED, "packageId": "x"})),
        lambda call: answer({"header": {"code": "2001"}}, 404),
    ],
)
def test_trouble_is_a_sentence(brand: Brand, bob: Visitor, settings: Any, handler: Handler) -> None:
    with serve(handler) as server:
        connect(settings, brand, server.url)
        answered = bob.client.get(bob.url)
    assert answered.status_code == 200
    assert TROUBLE in answered.content.decode()


def test_nobody_at_the_address_is_a_sentence(brand: Brand, bob: Visitor, settings: Any) -> None:
    connect(settings, brand, "http://127.0.0.1:9")
    assert TROUBLE in bob.look()


def test_an_account_that_the_settings_do_not_have_is_a_sentence(brand: Brand, bob: Visitor) -> None:
    Brand.objects.update(pack_backend="gone")
    page = bob.look()
    assert TROUBLE in page
    assert "PACK_BACKENDS" not in page


def test_who_accepts_in_times_of_trouble_is_asked_to_try_again(
    brand: Brand, bob: Visitor, settings: Any
) -> None:
    def handler(call: Any) -> Any:
        return (
            answer(listed(PUBLISHED)) if call.method == "GET" else answer({"header": {"code": "1000"}}, 500)
        )

    with serve(handler) as server:
        connect(settings, brand, server.url)
        page = bob.press("accept")
    assert "could not be accepted right now" in page
    assert "Stuart" in page


def test_an_account_that_hangs_is_asked_once_and_then_left_alone(
    brand: Brand, bob: Visitor, settings: Any
) -> None:
    with serve(lambda call: hang) as server:
        connect(settings, brand, server.url)
        first, second = bob.look(), bob.look()
    assert TROUBLE in first
    assert TROUBLE in second
    assert len(server.calls) == 1


def test_a_page_waits_no_longer_than_people_do(brand: Brand, bob: Visitor, settings: Any) -> None:
    with serve(lambda call: hang) as server:
        connect(settings, brand, server.url)
        settings.GIFTING = {**settings.GIFTING, "VENDOR_TIMEOUT_SECONDS": 15}
        began = time.monotonic()
        page = bob.look()
    assert TROUBLE in page
    assert time.monotonic() - began < 10


def test_calls_in_a_block_share_its_time() -> None:
    def slowly(call: Any) -> Any:
        time.sleep(0.4)
        return answer({})

    began = time.monotonic()
    with serve(slowly) as server, within(0.6):
        Http(server.url).request("GET", "/")
        for _ in range(2):
            with pytest.raises(VendorUnavailable, match="in time"):
                Http(server.url).request("GET", "/")
    assert time.monotonic() - began < 0.9


@pytest.mark.parametrize("user", ["x" * 191, "."])
def test_an_impossible_user_sees_nothing(account: Brand, rf: RequestFactory, user: str) -> None:
    html = my_gifts_page(rf.get("/"), brand=Brand.objects.get(slug="lune"), user=user).content.decode()
    assert TROUBLE not in html
    assert "gc-mine-received" not in html


def test_an_expired_gift_is_not_there(gift: GiftPack, bob: Visitor, now: datetime) -> None:
    form = bob.buttons("accept")[0]
    GiftPack.objects.update(expires_at=now - timedelta(minutes=1))
    assert "it has expired" in bob.send(form)
