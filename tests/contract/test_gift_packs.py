"""The port to gift packs: the same here, and in an account behind HTTP (this project's own server)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gifting.backends.local_packs import LocalPackBackend
from gifting.backends.packs import GiftPackBackend, GivenPack, Page
from gifting.backends.stipop import StipopBackend
from gifting.dto import Actor, ActorKind
from gifting.errors import (
    AlreadyGiven,
    GiftOver,
    GiftUnknown,
    Invalid,
    PackUnknown,
    SameUser,
    VendorRejected,
    VendorUnavailable,
)
from gifting.models import ApiKey, Brand, GiftPack, Sticker, StickerPack
from gifting.services import keys, pack_catalogue, packs
from tests.gifting.pack_gifts import new_pack

pytestmark = pytest.mark.django_db(transaction=True)

STAFF = Actor(ActorKind.STAFF, "maria")
NUMBER = 118
PAIR = {"sender": "9937", "receiver": "8805"}
USERS = [
    *("9937", "#1001", "Ü-7 b", "a?b=c&d;e", "100%", "%2e%2e", "%2F", "+1 555", "null", "🎁", "..."),
    *("team/alice", "/", "//", "a/../b", "x/", "-", "a/-", "é" * 190),
]
NOBODY = ["", "x" * 191, "a\x00b", "\ud800"]


@pytest.fixture
def pack(brand: Brand) -> StickerPack:
    """The pack of the contract's example."""
    return new_pack(
        brand,
        NUMBER,
        image="packs/7/0f3a.png",
        category="Animals",
        keywords="dog,happy",
        is_animated=True,
        is_new=True,
        artist="Ana Lune",
        language="en",
        price="$0.99",
    )


@pytest.fixture
def app_key(brand: Brand, now: datetime) -> str:
    return keys.create_key(brand=brand, kind=ApiKey.Kind.PACKS, now=now)[1]


@pytest.fixture(params=["local", "stipop"])
def backend(request: pytest.FixtureRequest, brand: Brand, pack: StickerPack) -> GiftPackBackend:
    """The gift packs of one brand, here or behind its own API."""
    if request.param == "local":
        return LocalPackBackend(brand)
    url = request.getfixturevalue("live_server").url
    return StipopBackend(key=request.getfixturevalue("app_key"), base_url=f"{url}/v1")


def gift() -> GiftPack:
    """As the vendor has it."""
    return GiftPack.objects.get()


def to_the_second(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(UTC).replace(microsecond=0)


# -- Sending and confirming


def test_a_pack_is_sent_with_a_note(backend: GiftPackBackend, pack: StickerPack) -> None:
    backend.send(NUMBER, **PAIR, note="For you, Zoë 🎁")
    there = gift()
    assert (there.pack, there.sender, there.receiver) == (pack, "9937", "8805")
    assert (there.state, there.note) == (GiftPack.State.SENT, "For you, Zoë 🎁")


def test_the_receiver_accepts_once_and_again(backend: GiftPackBackend) -> None:
    backend.send(NUMBER, **PAIR)
    backend.confirm(NUMBER, **PAIR)
    first = gift().confirmed_at
    backend.confirm(NUMBER, **PAIR)
    assert (gift().state, gift().confirmed_at) == (GiftPack.State.CONFIRMED, first)


@pytest.mark.parametrize("user", USERS)
def test_any_user_id_gives_and_is_given(backend: GiftPackBackend, user: str) -> None:
    backend.send(NUMBER, sender=user, receiver="8805")
    backend.confirm(NUMBER, sender=user, receiver="8805")
    assert pairs(backend.sent(user)) == [(user, "8805", True)]
    new_pack(gift().brand, 119)
    backend.send(119, sender="a/b", receiver=user)
    backend.confirm(119, sender="a/b", receiver=user)
    assert pairs(backend.received(user)) == [("a/b", user, True)]


def pairs(page: Page[GivenPack]) -> list[tuple[str, str, bool]]:
    return [(given.sender, given.receiver, given.is_confirmed) for given in page.items]


@pytest.mark.parametrize("user", NOBODY)
def test_what_is_no_user_id_is_invalid(backend: GiftPackBackend, user: str) -> None:
    for call in (
        lambda: backend.send(NUMBER, sender=user, receiver="8805"),
        lambda: backend.confirm(NUMBER, sender="9937", receiver=user),
        lambda: backend.sent(user),
        lambda: backend.received(user),
    ):
        with pytest.raises(Invalid):
            call()


@pytest.mark.parametrize("user", NOBODY[1:])
def test_nobody_else_looks_at_packs(backend: GiftPackBackend, user: str) -> None:
    for call in (lambda: backend.packs(user=user), lambda: backend.pack(NUMBER, user=user)):
        with pytest.raises(Invalid):
            call()


def test_a_long_note_is_invalid(backend: GiftPackBackend) -> None:
    with pytest.raises(Invalid, match="note"):
        backend.send(NUMBER, **PAIR, note="x" * 201)


def test_nobody_gives_to_oneself(backend: GiftPackBackend) -> None:
    for call in (backend.send, backend.confirm):
        with pytest.raises(SameUser):
            call(NUMBER, sender="9937", receiver="9937")


def test_a_pack_is_not_given_twice(backend: GiftPackBackend) -> None:
    backend.send(NUMBER, **PAIR)
    with pytest.raises(AlreadyGiven):
        backend.send(NUMBER, sender="1", receiver="8805")
    backend.confirm(NUMBER, **PAIR)
    with pytest.raises(AlreadyGiven):
        backend.send(NUMBER, **PAIR)


def test_a_gift_that_was_never_sent_is_not_found(backend: GiftPackBackend) -> None:
    backend.send(NUMBER, **PAIR)
    for sender, receiver in (("8805", "9937"), ("9937", "1"), ("1", "8805")):
        with pytest.raises(GiftUnknown):
            backend.confirm(NUMBER, sender=sender, receiver=receiver)


def test_a_gift_that_was_taken_back_is_over(backend: GiftPackBackend, now: datetime) -> None:
    backend.send(NUMBER, **PAIR)
    packs.revoke(gift=gift(), actor=STAFF, now=now)
    with pytest.raises(GiftOver):
        backend.confirm(NUMBER, **PAIR)
    assert backend.sent("9937") == backend.received("8805") == Page(items=(), total=0)


@pytest.mark.parametrize(
    ("number", "kind"), [(119, PackUnknown), (10**30, PackUnknown), (0, Invalid), (-1, Invalid)]
)
def test_other_numbers_are_no_packs(
    backend: GiftPackBackend, other_brand: Brand, number: int, kind: type[Exception]
) -> None:
    new_pack(other_brand, 119)
    for call in (
        lambda: backend.send(number, **PAIR),
        lambda: backend.confirm(number, **PAIR),
        lambda: backend.pack(number),
    ):
        with pytest.raises(kind):
            call()


# -- The lists


def test_a_list_tells_the_gift_and_its_times(backend: GiftPackBackend, brand: Brand, now: datetime) -> None:
    packs.send(brand=brand, number=NUMBER, **PAIR, now=now - timedelta(days=1))
    (given,) = backend.received("8805").items
    assert (given.pack.number, given.sender, given.receiver) == (NUMBER, "9937", "8805")
    assert (to_the_second(given.sent_at), given.confirmed_at) == (
        to_the_second(now - timedelta(days=1)),
        None,
    )
    assert not given.is_confirmed
    packs.confirm(brand=brand, number=NUMBER, **PAIR, now=now)
    (given,) = backend.sent("9937").items
    assert (given.is_confirmed, to_the_second(given.confirmed_at)) == (True, to_the_second(now))


def test_the_flags_are_those_of_whose_list_it_is(
    backend: GiftPackBackend, brand: Brand, now: datetime
) -> None:
    packs.send(brand=brand, number=NUMBER, **PAIR, now=now)
    packs.confirm(brand=brand, number=NUMBER, **PAIR, now=now)
    pack_catalogue.wish(brand=brand, number=NUMBER, user="9937", now=now)
    flags = [
        (given.pack.is_downloaded, given.pack.is_wished)
        for given in (*backend.sent("9937").items, *backend.received("8805").items)
    ]
    assert flags == [(False, True), (True, False)]


def test_lists_come_in_pages_newest_first(backend: GiftPackBackend, brand: Brand, now: datetime) -> None:
    for number in range(1, 6):
        new_pack(brand, number)
        packs.send(brand=brand, number=number, **PAIR, now=now)
    for ask in (lambda **page: backend.sent("9937", **page), lambda **page: backend.received("8805", **page)):
        pages = [ask(page=page, limit=2) for page in (1, 2, 3, 4)]
        assert [[given.pack.number for given in page.items] for page in pages] == [[5, 4], [3, 2], [1], []]
        assert {page.total for page in pages} == {5}


def test_the_catalogue_comes_in_pages_newest_first(backend: GiftPackBackend, brand: Brand) -> None:
    new_pack(brand, 7, is_listed=False)
    new_pack(brand, 119)
    found = [backend.packs(page=page, limit=1) for page in (1, 2, 3)]
    assert [[pack.number for pack in page.items] for page in found] == [[119], [NUMBER], []]
    assert {page.total for page in found} == {2}


@pytest.mark.parametrize(
    "asked", [{"page": 0}, {"page": -1}, {"page": 10**30}, {"limit": 0}, {"limit": 51}, {"limit": -1}]
)
def test_pages_that_no_list_has_are_invalid(backend: GiftPackBackend, asked: dict[str, int]) -> None:
    for call in (
        lambda: backend.packs(**asked),
        lambda: backend.sent("9937", **asked),
        lambda: backend.received("8805", **asked),
    ):
        with pytest.raises(Invalid):
            call()


# -- Packs


def test_a_pack_in_the_catalogue_is_described(backend: GiftPackBackend, pack: StickerPack) -> None:
    (found,) = backend.packs().items
    assert (found.number, found.name, found.price) == (NUMBER, "Stuart", "$0.99")
    assert found.image_url == pack_catalogue.image_url(pack)
    assert (found.category, found.keywords, found.artist) == ("Animals", "dog,happy", "Ana Lune")
    assert (found.language, found.is_animated, found.is_new) == ("en", True, True)
    assert (found.is_downloaded, found.is_wished, found.stickers) == (False, False, ())


def test_one_pack_comes_with_its_stickers(backend: GiftPackBackend, pack: StickerPack) -> None:
    sticker = Sticker.objects.create(pack=pack, image="packs/7/9b1c.png")
    (found,) = backend.pack(NUMBER).stickers
    assert (found.pk, found.image_url) == (sticker.pk, pack_catalogue.sticker_url(sticker))


def test_a_pack_without_pictures_has_none(backend: GiftPackBackend, brand: Brand) -> None:
    new_pack(brand, 119)
    assert (backend.pack(119).image_url, backend.pack(119).stickers) == ("", ())


def test_a_pack_that_left_the_catalogue_can_be_looked_at_and_not_given(
    backend: GiftPackBackend, brand: Brand
) -> None:
    new_pack(brand, 7, is_listed=False)
    assert backend.pack(7).number == 7
    with pytest.raises(PackUnknown):
        backend.send(7, **PAIR)


def test_a_pack_knows_who_has_it_and_who_wishes_for_it(
    backend: GiftPackBackend, brand: Brand, now: datetime
) -> None:
    pack_catalogue.mark_downloaded(brand=brand, number=NUMBER, user="a/b", now=now)
    pack_catalogue.wish(brand=brand, number=NUMBER, user="Ü", now=now)
    for found in (
        lambda user: backend.pack(NUMBER, user=user),
        lambda user: backend.packs(user=user).items[0],
    ):
        assert [found(user).is_downloaded for user in ("a/b", "Ü", "")] == [True, False, False]
        assert [found(user).is_wished for user in ("a/b", "Ü", "")] == [False, True, False]


# -- An account alone


@pytest.fixture
def far(live_server: Any, app_key: str, pack: StickerPack) -> Callable[..., StipopBackend]:
    def connect(**options: Any) -> StipopBackend:
        return StipopBackend(**{"key": app_key, "base_url": f"{live_server.url}/v1", **options})

    return connect


@pytest.mark.parametrize("wrong", ["gc_wrong", "a b", "ü"])
def test_a_wrong_key_is_refused_with_what_to_check(far: Callable[..., StipopBackend], wrong: str) -> None:
    with pytest.raises(VendorRejected, match="check STIPOP_KEY") as refusal:
        far(key=wrong).packs()
    assert (refusal.value.status, refusal.value.word) == (401, "9000")


def test_a_blocked_key_is_refused(far: Callable[..., StipopBackend], now: datetime) -> None:
    keys.block_key(key=ApiKey.objects.get(), now=now)
    with pytest.raises(VendorRejected, match="blocked our key"):
        far().send(NUMBER, **PAIR)


def test_too_many_calls_are_to_be_tried_later(far: Callable[..., StipopBackend], settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "RATE_LIMIT_PER_MINUTE": 1}
    account = far()
    account.send(NUMBER, **PAIR)
    with pytest.raises(VendorUnavailable) as refusal:
        account.confirm(NUMBER, **PAIR)
    assert 0 < (refusal.value.retry_after or 0) <= 60


@pytest.mark.parametrize("user", [".", ".."])
def test_an_id_that_no_path_can_hold_is_not_sent_as_another(
    far: Callable[..., StipopBackend], user: str
) -> None:
    for call in (
        lambda: far().send(NUMBER, sender=user, receiver="8805"),
        lambda: far().confirm(NUMBER, sender="9937", receiver=user),
        lambda: far().sent(user),
    ):
        with pytest.raises(Invalid, match="cannot be told"):
            call()


def test_nobody_at_the_address_is_to_be_tried_later(far: Callable[..., StipopBackend]) -> None:
    with pytest.raises(VendorUnavailable, match="cannot be reached"):
        far(base_url="http://127.0.0.1:9/v1").send(NUMBER, **PAIR)


def test_a_base_that_is_no_gift_api_is_named(far: Callable[..., StipopBackend], live_server: Any) -> None:
    with pytest.raises(VendorRejected, match="check STIPOP_BASE_URL"):
        far(base_url=f"{live_server.url}/nowhere").packs()
