"""A user's own gifts on a page of the shop: `{% my_gift_packs %}`, its page, and its buttons."""

import re
import time
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core import signing
from django.core.exceptions import ImproperlyConfigured
from django.core.signing import TimestampSigner, b62_encode
from django.template import engines
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from gifting.models import Brand, GiftPack, PackUser, StickerPack
from gifting.services import my_gifts, packs
from tests.gifting.account import CHANGE, Form, Visitor
from tests.gifting.pack_gifts import new_pack
from tests.racing import at_once, needs_postgres

pytestmark = [pytest.mark.urls("tests.gifting.account"), pytest.mark.django_db]
State = GiftPack.State
ACCEPTED = "The pack is yours now."
TAKEN_BACK = "The pack was taken back."
OVER = "it has expired or was taken back"
LATE = "accepted already"


@pytest.fixture
def pack(brand: Brand) -> StickerPack:
    return new_pack(brand)


@pytest.fixture
def gift(brand: Brand, pack: StickerPack, now: datetime) -> GiftPack:
    """Alice sent Bob a pack."""
    return give(brand, now, note="For tomorrow")


@pytest.fixture
def alice() -> Visitor:
    return Visitor("Alice")


@pytest.fixture
def bob() -> Visitor:
    return Visitor("Bob")


def give(brand: Brand, now: datetime, **said: Any) -> GiftPack:
    """Alice sends Bob a pack, unless another one sends another one another."""
    return packs.send(brand=brand, now=now, **{"number": 118, "sender": "Alice", "receiver": "Bob", **said})


def state_of(gift: GiftPack) -> str:
    return GiftPack.objects.values_list("state", flat=True).get(pk=gift.pk)


def test_both_see_the_pack_with_its_note_and_who_the_other_is(
    gift: GiftPack, alice: Visitor, bob: Visitor
) -> None:
    for visitor, facts in ((bob, "From <bdi>Alice</bdi>"), (alice, "To <bdi>Bob</bdi>")):
        page = visitor.look()
        for fact in ("Stuart", "For tomorrow", facts, gift.sent_at.strftime("%Y")):
            assert fact in page


def test_the_newest_comes_first(brand: Brand, gift: GiftPack, bob: Visitor, now: datetime) -> None:
    new_pack(brand, 119, "Marla")
    give(brand, now, number=119)
    page = bob.look()
    assert page.index("Marla") < page.index("Stuart")


def test_who_has_no_gifts_is_told_so(brand: Brand) -> None:
    page = Visitor("Carol").look()
    assert "Nobody has sent you a pack yet." in page
    assert "You have not sent a pack yet." in page


def test_only_the_receiver_can_accept_and_only_the_sender_can_take_back(
    gift: GiftPack, alice: Visitor, bob: Visitor
) -> None:
    assert [len(visitor.buttons("accept")) for visitor in (alice, bob)] == [0, 1]
    assert [len(visitor.buttons("take-back")) for visitor in (alice, bob)] == [1, 0]


def test_bob_accepts_and_both_pages_say_so(gift: GiftPack, alice: Visitor, bob: Visitor) -> None:
    page = bob.press("accept")
    assert state_of(gift) == State.CONFIRMED
    assert PackUser.objects.get(user="Bob").downloaded_at
    assert ACCEPTED in page
    assert "Yours since" in page
    assert "Accepted on" in alice.look()
    assert not bob.buttons("accept") + alice.buttons("take-back")


def test_alice_takes_it_back_and_it_is_gone_from_both_pages(
    gift: GiftPack, alice: Visitor, bob: Visitor
) -> None:
    page = alice.press("take-back")
    assert state_of(gift) == State.REVOKED
    assert TAKEN_BACK in page
    assert "Stuart" not in page + bob.look()


@pytest.mark.parametrize(("do", "news"), [("accept", ACCEPTED), ("take-back", TAKEN_BACK)])
def test_pressing_twice_changes_nothing_more(
    gift: GiftPack, alice: Visitor, bob: Visitor, do: str, news: str
) -> None:
    visitor = bob if do == "accept" else alice
    form = visitor.buttons(do)[0]
    visitor.send(form)
    before = GiftPack.objects.values().get()
    assert news in visitor.send(form)
    assert GiftPack.objects.values().get() == before


def test_what_was_taken_back_meanwhile_cannot_be_accepted(
    gift: GiftPack, alice: Visitor, bob: Visitor
) -> None:
    form = bob.buttons("accept")[0]
    alice.press("take-back")
    assert OVER in bob.send(form)
    assert not PackUser.objects.exists()


def test_an_old_button_does_not_accept_a_newer_gift_of_the_same_pack(
    brand: Brand, gift: GiftPack, alice: Visitor, bob: Visitor, now: datetime
) -> None:
    form = bob.buttons("accept")[0]
    alice.press("take-back")
    newer = give(brand, now)
    assert OVER in bob.send(form)
    assert state_of(newer) == State.SENT


def test_what_was_accepted_meanwhile_cannot_be_taken_back(
    gift: GiftPack, alice: Visitor, bob: Visitor
) -> None:
    form = alice.buttons("take-back")[0]
    bob.press("accept")
    assert LATE in alice.send(form)
    assert state_of(gift) == State.CONFIRMED


def test_what_expired_has_no_buttons_even_before_the_sweep(
    gift: GiftPack, alice: Visitor, bob: Visitor, now: datetime
) -> None:
    form = bob.buttons("accept")[0]
    GiftPack.objects.update(expires_at=now - timedelta(minutes=1))
    for page in (alice.look(), bob.look()):
        assert "Expired" in page
        assert "<button" not in page
    assert OVER in bob.send(form)
    assert state_of(gift) == State.SENT


def test_what_was_swept_meanwhile_cannot_be_taken_back(gift: GiftPack, alice: Visitor, now: datetime) -> None:
    form = alice.buttons("take-back")[0]
    GiftPack.objects.update(expires_at=now - timedelta(minutes=1))
    packs.expire_due(now=now)
    assert OVER in alice.send(form)
    assert state_of(gift) == State.EXPIRED


def test_an_open_gift_says_until_when(gift: GiftPack, alice: Visitor, bob: Visitor) -> None:
    GiftPack.objects.update(expires_at=datetime.fromisoformat("2999-03-01 12:00+00:00"))
    assert "Waits for you until March 1, 2999" in bob.look()
    assert "Not accepted yet, expires on March 1, 2999" in alice.look()


# -- Whose gifts they are


def token(brand: Brand, user: str) -> str:
    return my_gifts.visit_token(brand=brand, user=user, address="/account/")


def post(**said: Any) -> Any:
    return Client().post(CHANGE, said)


@pytest.mark.parametrize("forged", ["", "x", "WzEsIkJvYiJd:1u:x", "\0", "é" * 5000, "a:b:c:d"])
def test_a_forged_token_opens_nothing(gift: GiftPack, forged: str) -> None:
    assert post(visit=forged, gift=gift.pk, do="accept").status_code == 404
    assert state_of(gift) == State.SENT


def test_a_token_that_was_signed_for_something_else_opens_nothing(brand: Brand, gift: GiftPack) -> None:
    for other in (
        signing.dumps([brand.pk, "Bob", "/account/"]),
        signing.dumps([brand.pk, "Bob", "/account/"], salt="gifting.confirmation"),
        token(brand, "Bob") + "x",
        "x" + token(brand, "Bob"),
    ):
        assert post(visit=other, gift=gift.pk, do="accept").status_code == 404
    assert state_of(gift) == State.SENT


@pytest.mark.parametrize(("user", "do"), [("Carol", "accept"), ("Alice", "accept"), ("Bob", "take-back")])
def test_nobody_acts_on_the_gift_of_another(brand: Brand, gift: GiftPack, user: str, do: str) -> None:
    answer = post(visit=token(brand, user), gift=gift.pk, do=do)
    assert answer["Location"] == "/account/?gifts_said=over#gc-mine-news"
    assert state_of(gift) == State.SENT


def test_the_same_user_id_of_another_brand_is_another_user(other_brand: Brand, gift: GiftPack) -> None:
    assert "over" in post(visit=token(other_brand, "Bob"), gift=gift.pk, do="accept")["Location"]
    assert "Stuart" not in render(other_brand, "Bob")
    assert state_of(gift) == State.SENT


def test_a_page_open_for_days_asks_to_press_again(brand: Brand, gift: GiftPack, bob: Visitor) -> None:
    class DaysAgo(TimestampSigner):
        def timestamp(self) -> str:
            return b62_encode(int(time.time()) - 2 * 86_400)

    old = DaysAgo(salt=my_gifts.SALT).sign_object([brand.pk, "Bob", bob.url])
    form = bob.buttons("accept")[0]
    assert "open for too long" in bob.send({**form, "visit": old})
    assert state_of(gift) == State.SENT
    assert ACCEPTED in bob.press("accept")


def test_another_sites_form_changes_nothing(gift: GiftPack, bob: Visitor) -> None:
    form = bob.buttons("accept")[0]
    assert Client(enforce_csrf_checks=True).post(CHANGE, form).status_code == 403
    assert bob.client.post(CHANGE, {**form, "csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert state_of(gift) == State.SENT


def test_a_link_alone_changes_nothing(gift: GiftPack, bob: Visitor) -> None:
    assert bob.client.get(CHANGE, bob.buttons("accept")[0]).status_code == 405
    assert state_of(gift) == State.SENT


GARBAGE: list[Form] = [
    {"do": "delete"},
    {"do": ""},
    {"gift": ""},
    {"gift": "-1"},
    {"gift": "1e3"},
    {"gift": "9" * 19},
    {"gift": "9" * 5000},
    {"gift": "\0"},
    {"gift": "٣"},
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=repr)
def test_garbage_is_a_friendly_404(gift: GiftPack, bob: Visitor, garbage: Form) -> None:
    answer = bob.client.post(CHANGE, {**bob.buttons("accept")[0], **garbage})
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


def test_a_gift_that_never_was_is_no_error(gift: GiftPack, bob: Visitor) -> None:
    assert OVER in bob.send({**bob.buttons("accept")[0], "gift": "999999999999999999"})


@pytest.mark.parametrize("user", ["a/b", "🎁", "a b&c=d", "<b>", "x" * 190])
def test_any_user_id_can_accept(brand: Brand, pack: StickerPack, now: datetime, user: str) -> None:
    gift = give(brand, now, receiver=user)
    form = {"visit": token(brand, user), "gift": str(gift.pk), "do": "accept"}
    assert "accepted" in post(**form)["Location"]
    assert state_of(gift) == State.CONFIRMED


# -- The page around it


def render(brand: Any, user: Any, **request: str) -> str:
    template = engines["django"].from_string("{% load gifting %}{% my_gift_packs brand user %}")
    return template.render({"brand": brand, "user": user}, RequestFactory().get("/", **request))


def test_the_brand_may_be_named_and_the_user_a_number(brand: Brand, pack: StickerPack, now: datetime) -> None:
    give(brand, now, receiver="42")
    assert "Stuart" in render("lune", 42)


@pytest.mark.parametrize("user", [None, "", "x" * 191, "a\0b", "\ud800"])
def test_nobody_and_impossible_users_see_nothing(brand: Brand, user: str | None) -> None:
    assert render(brand, user) == ""


def test_a_brand_that_is_not_there_shows_nothing(brand: Brand, gift: GiftPack) -> None:
    assert render("no-such-brand", "Bob") == ""


def test_without_the_request_it_says_what_is_missing(brand: Brand) -> None:
    template = engines["django"].from_string("{% load gifting %}{% my_gift_packs brand 'Bob' %}")
    with pytest.raises(ImproperlyConfigured, match="needs the request"):
        template.render({"brand": brand})


def test_the_visitor_comes_back_to_the_page_as_it_was(gift: GiftPack, bob: Visitor) -> None:
    form = bob.buttons("accept", "?tab=gifts&tab=%C3%A9&gifts_said=over")[0]
    location = bob.client.post(CHANGE, form)["Location"]
    assert location == "/account/Bob/?tab=gifts&tab=%C3%A9&gifts_said=accepted#gc-mine-news"


@pytest.mark.parametrize("slashes", ["//", "////"])
def test_a_page_at_a_strange_address_leads_nowhere_else(brand: Brand, gift: GiftPack, slashes: str) -> None:
    html = render(brand, "Bob", PATH_INFO=f"{slashes}evil.example/x")
    visit = re.findall('name="visit" value="([^"]+)"', html)[0]
    assert post(visit=visit, gift=gift.pk, do="accept")["Location"].startswith("/%2F")


def test_what_a_link_says_is_never_shown_as_it_is(gift: GiftPack, bob: Visitor) -> None:
    assert "evil" not in bob.look("?gifts_said=evil").partition("<main")[2].replace("gifts_said=evil", "")


def test_words_of_others_cannot_become_markup(brand: Brand, now: datetime) -> None:
    new_pack(brand, 118, "<script>1</script>")
    give(brand, now, sender="<i>Alice</i>", note="<b>hi</b>")
    page = Visitor("Bob").look()
    for word in ("<script>", "<i>", "<b>"):
        assert word not in page


def test_a_pack_without_a_picture_has_a_bow_instead(brand: Brand, gift: GiftPack, bob: Visitor) -> None:
    assert "gc-bow" in bob.look()
    StickerPack.objects.update(image="packs/0f3a9c51d2e84b67.png")
    assert f'src="/packs/{gift.pack_id}/0f3a9c51d2e84b67.png"' in bob.look()


def test_each_list_has_pages_of_ten(brand: Brand, bob: Visitor, now: datetime) -> None:
    for number in range(1, 22):
        new_pack(brand, number, f"Pack {number:02}")
        give(brand, now, number=number)
    assert "Pack 12" in bob.look()
    assert "Pack 11" not in bob.look()
    assert "Page 1 of 3" in bob.look()
    assert "?gifts_received=2#gc-mine-received" in bob.look()
    assert "Pack 11" in bob.look("?gifts_received=2")
    assert re.findall("Pack [0-9]{2}", bob.look("?gifts_received=3"))[0] == "Pack 01"
    assert "?tab=x&amp;gifts_received=1#" in bob.look("?tab=x&gifts_received=2&gifts_said=over")


@pytest.mark.parametrize(
    ("said", "page"), [("0", 1), ("x", 1), ("-1", 1), ("9" * 30, 1), ("99", 2), ("٢", 1)]
)
def test_a_page_that_is_not_there_is_the_nearest(
    brand: Brand, bob: Visitor, now: datetime, said: str, page: int
) -> None:
    for number in range(1, 12):
        new_pack(brand, number)
        give(brand, now, number=number)
    assert f"Page {page} of 2" in bob.look(f"?gifts_received={said}")


def test_the_page_asks_the_same_few_questions_for_any_number_of_gifts(
    brand: Brand, bob: Visitor, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(1, 12):
        new_pack(brand, number)
        give(brand, now, number=number)
    with django_assert_max_num_queries(5):
        bob.look()


def test_the_page_is_kept_by_no_cache(brand: Brand, bob: Visitor) -> None:
    assert "no-store" in bob.client.get(bob.url)["Cache-Control"]


def test_the_accent_is_the_brands_and_stays_inside(brand: Brand, client: Client) -> None:
    Brand.objects.update(accent_color="#123456")
    css = client.get("/brands/lune/my-gifts.css").content.decode()
    assert "--gc-mine-accent: #123456;" in css
    assert ":root" not in css


# -- At the same instant


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", range(5))
def test_of_accepting_and_taking_back_one_wins(
    brand: Brand, gift: GiftPack, alice: Visitor, bob: Visitor, round_: int
) -> None:
    needs_postgres()
    accept, take_back = bob.buttons("accept")[0], alice.buttons("take-back")[0]
    calls = [partial(bob.send, accept), partial(alice.send, take_back)] * 3
    pages = at_once(*calls)
    won = state_of(gift) == State.CONFIRMED
    assert sum(ACCEPTED in page for page in pages) == (3 if won else 0)
    assert sum(TAKEN_BACK in page for page in pages) == (0 if won else 3)
    assert sum((LATE if won else OVER) in page for page in pages) == 3
    assert PackUser.objects.count() == int(won)
