"""The life of a gift pack: sent, then confirmed, expired or revoked; counted all the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext, override
from pytest_django import Settings

from gifting import signals, tasks
from gifting.dto import Actor, ActorKind
from gifting.errors import AlreadyGiven, GiftOver, Invalid, Locked, SameUser
from gifting.models import Brand, GiftPack, Order, PackNotice, PackTally, PackUser, StickerPack
from gifting.services import pack_catalogue, pack_tallies, packs
from tests.gifting.pack_gifts import new_pack

pytestmark = pytest.mark.django_db
STAFF = Actor(ActorKind.STAFF, "maria")
ONE_DAY = timedelta(days=1)
State = GiftPack.State


@pytest.fixture(autouse=True)
def pack(brand: Brand) -> StickerPack:
    return new_pack(brand)


@pytest.fixture
def in_a_day(settings: Settings) -> None:
    """Gifts expire after a day."""
    settings.GIFTING = {"GIFT_PACK_EXPIRES_DAYS": 1}


@pytest.fixture
def gift(in_a_day: None, brand: Brand, now: datetime) -> GiftPack:
    """From Alice to Bob; it waits."""
    return send(brand, now=now)


def send(brand: Brand, sender: str = "Alice", receiver: str = "Bob", **more: Any) -> GiftPack:
    more.setdefault("now", timezone.now())
    return packs.send(brand=brand, number=118, sender=sender, receiver=receiver, **more)


def confirm(gift: GiftPack, *, now: datetime) -> GiftPack:
    return packs.confirm(brand=gift.brand, number=118, sender=gift.sender, receiver=gift.receiver, now=now)


def state(gift: GiftPack) -> str:
    return GiftPack.objects.get(pk=gift.pk).state


def tallies(brand: Brand) -> dict[str, tuple[int, int]]:
    rows = PackTally.objects.filter(brand=brand)
    return {row.user: (row.sent, row.received) for row in rows if row.sent or row.received}


# -- Sent ----------------------------------------------------------------------------------------------------


def test_a_gift_remembers_what_was_said(brand: Brand, pack: StickerPack, now: datetime) -> None:
    order = Order.objects.create(brand=brand, number="1", giver_email="a@example.com", created_at=now)
    gift = GiftPack.objects.get(pk=send(brand, note="For you", order=order, now=now).pk)
    assert (gift.pack, gift.order, gift.note, gift.sent_at) == (pack, order, "For you", now)
    assert (gift.state, gift.expires_at, gift.confirmed_at, gift.ended_at) == (State.SENT, None, None, None)


def test_a_gift_is_counted_for_both(brand: Brand) -> None:
    send(brand)
    send(brand, receiver="Carol")
    send(brand, sender="Bob", receiver="Alice")
    assert tallies(brand) == {"Alice": (2, 1), "Bob": (1, 1), "Carol": (0, 1)}


def test_a_refused_gift_is_not_counted(brand: Brand) -> None:
    send(brand)
    with pytest.raises(AlreadyGiven):
        send(brand, sender="Carol")
    assert tallies(brand) == {"Alice": (1, 0), "Bob": (0, 1)}


def test_each_brand_counts_its_own(brand: Brand, other_brand: Brand) -> None:
    new_pack(other_brand)
    for one in (brand, other_brand):
        send(one)
        assert tallies(one) == {"Alice": (1, 0), "Bob": (0, 1)}


def test_a_refusal_leaves_the_shops_own_transaction_usable(brand: Brand) -> None:
    with transaction.atomic():
        send(brand)
        with pytest.raises(AlreadyGiven):
            send(brand)
        send(brand, receiver="Carol")
    assert tallies(brand)["Alice"] == (2, 0)


def test_nobody_is_sent_their_own_gift_even_past_the_service(brand: Brand, pack: StickerPack) -> None:
    with pytest.raises(SameUser):
        send(brand, sender="Bob")
    with pytest.raises(Exception, match="gifting_no_gift_to_oneself"), transaction.atomic():
        GiftPack.objects.create(brand=brand, pack=pack, sender="Bob", receiver="Bob", sent_at=timezone.now())


@pytest.mark.parametrize("user", ["", "x" * 191, "a\x00", "\ud800"])
def test_an_id_that_cannot_be_stored_is_refused(brand: Brand, user: str) -> None:
    for pair in ({"sender": user}, {"receiver": user}):
        with pytest.raises(Invalid):
            send(brand, **pair)
    with pytest.raises(Invalid):
        pack_catalogue.wish(brand=brand, number=118, user=user, now=timezone.now())


@contextmanager
def broken(table: str) -> Iterator[None]:
    """The database fails as soon as something is written to the table."""

    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.lstrip().startswith("INSERT") and table in sql:
            raise OperationalError
        return execute(sql, *rest)

    with connection.execute_wrapper(fail):
        yield


def test_a_gift_that_cannot_be_counted_is_not_sent(brand: Brand) -> None:
    with pytest.raises(OperationalError), broken("gifting_packtally"):
        send(brand)
    assert not GiftPack.objects.exists()


def test_a_gift_that_cannot_be_counted_is_not_ended(gift: GiftPack, now: datetime) -> None:
    for end in (
        partial(packs.revoke, gift=gift, actor=STAFF, now=now),
        partial(packs.expire_due, now=now + ONE_DAY),
    ):
        with pytest.raises(OperationalError), broken("gifting_packtally"):
            end()
    assert state(gift) == State.SENT


# -- Confirmed -----------------------------------------------------------------------------------------------


def test_a_confirmed_gift_belongs_to_the_receiver(gift: GiftPack, pack: StickerPack, now: datetime) -> None:
    confirm(gift, now=now)
    assert GiftPack.objects.get().confirmed_at == now
    assert PackUser.objects.get(pack=pack, user="Bob").downloaded_at == now
    assert not PackUser.objects.filter(user="Alice").exists()


def test_confirming_keeps_the_receivers_wish(gift: GiftPack, brand: Brand, now: datetime) -> None:
    pack_catalogue.wish(brand=brand, number=118, user="Bob", now=now)
    confirm(gift, now=now)
    assert PackUser.objects.get(user="Bob").wished_at == now


def test_confirming_changes_no_tally(gift: GiftPack, brand: Brand, now: datetime) -> None:
    confirm(gift, now=now)
    assert tallies(brand) == {"Alice": (1, 0), "Bob": (0, 1)}


def test_of_several_gifts_of_a_pair_the_newest_counts(gift: GiftPack, brand: Brand, now: datetime) -> None:
    packs.revoke(gift=gift, actor=STAFF, now=now)
    again = send(brand)
    assert confirm(gift, now=now).pk == again.pk
    assert (state(gift), state(again)) == (State.REVOKED, State.CONFIRMED)


@pytest.mark.parametrize("table", ["gifting_packuser", "gifting_packnotice"])
def test_a_confirmation_that_breaks_off_has_not_begun(
    gift: GiftPack, settings: Settings, now: datetime, table: str
) -> None:
    settings.GIFTING = {"GIFT_PACK_NOTICE_MAIL": "shop@example.com"}
    with pytest.raises(OperationalError), broken(table):
        confirm(gift, now=now)
    assert (state(gift), PackUser.objects.count(), PackNotice.objects.count()) == (State.SENT, 0, 0)


# -- Revoked -------------------------------------------------------------------------------------------------


def test_a_revoked_gift_ends_and_is_not_counted(gift: GiftPack, brand: Brand, now: datetime) -> None:
    packs.revoke(gift=gift, actor=STAFF, now=now)
    assert (state(gift), GiftPack.objects.get().ended_at) == (State.REVOKED, now)
    assert tallies(brand) == {}


def test_a_revoked_gift_can_be_sent_again(gift: GiftPack, brand: Brand, now: datetime) -> None:
    packs.revoke(gift=gift, actor=STAFF, now=now)
    assert state(send(brand, sender="Carol")) == State.SENT
    assert tallies(brand) == {"Carol": (1, 0), "Bob": (0, 1)}


def test_a_confirmed_gift_is_not_taken_back(gift: GiftPack, brand: Brand, now: datetime) -> None:
    confirm(gift, now=now)
    with pytest.raises(Locked):
        packs.revoke(gift=gift, actor=STAFF, now=now)
    assert state(gift) == State.CONFIRMED
    assert tallies(brand) == {"Alice": (1, 0), "Bob": (0, 1)}


@pytest.mark.parametrize(("language", "of_a_key"), [("fr", "révoquée"), ("es", "revocada")])
def test_a_gift_that_was_taken_back_is_not_called_as_a_key_is(language: str, of_a_key: str) -> None:
    with override(language):
        assert (gettext("revoked"), State.REVOKED.label != of_a_key) == (of_a_key, True)


def test_a_gift_is_taken_back_once(gift: GiftPack, brand: Brand, now: datetime) -> None:
    send(brand, receiver="Carol")
    packs.revoke(gift=gift, actor=STAFF, now=now)
    with pytest.raises(Locked):
        packs.revoke(gift=gift, actor=STAFF, now=now)
    assert tallies(brand) == {"Alice": (1, 0), "Carol": (0, 1)}


# -- Expired -------------------------------------------------------------------------------------------------


def test_the_sweep_ends_what_nobody_confirmed_in_time(gift: GiftPack, brand: Brand, now: datetime) -> None:
    assert packs.expire_due(now=now + ONE_DAY) == 1
    assert (state(gift), GiftPack.objects.get().ended_at) == (State.EXPIRED, now + ONE_DAY)
    assert tallies(brand) == {}


def test_the_sweep_of_every_minute_expires_gifts(gift: GiftPack, now: datetime) -> None:
    GiftPack.objects.update(expires_at=now)
    tasks.sweep()
    assert state(gift) == State.EXPIRED


def test_the_sweep_leaves_a_gift_alone_whose_time_is_not_up(gift: GiftPack, now: datetime) -> None:
    assert packs.expire_due(now=now + ONE_DAY - timedelta(seconds=1)) == 0
    assert state(gift) == State.SENT


def test_the_sweep_leaves_a_confirmed_gift_alone(gift: GiftPack, now: datetime) -> None:
    confirm(gift, now=now)
    assert packs.expire_due(now=now + ONE_DAY) == 0
    assert state(gift) == State.CONFIRMED


def test_a_gift_is_confirmed_until_the_last_moment(gift: GiftPack, now: datetime) -> None:
    with pytest.raises(GiftOver):
        confirm(gift, now=now + ONE_DAY)
    assert confirm(gift, now=now + ONE_DAY - timedelta(microseconds=1)).state == State.CONFIRMED


def test_the_sweep_ends_more_than_a_batch(brand: Brand, in_a_day: None, now: datetime) -> None:
    many = [
        GiftPack(
            brand=brand, pack=StickerPack.objects.get(), sender="Alice", receiver=f"{number}", sent_at=now
        )
        for number in range(packs.BATCH + 2)
    ]
    pack_tallies.add(GiftPack.objects.bulk_create(many))
    GiftPack.objects.update(expires_at=now)
    assert packs.expire_due(now=now) == packs.BATCH + 2
    assert tallies(brand) == {}


def test_the_sweep_looks_for_what_is_due_by_an_index(now: datetime) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads an empty table as it is.")
    with CaptureQueriesContext(
        connection,
    ) as captured:
        packs.expire_due(now=now)
    question = next(query["sql"] for query in captured if "expires_at" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {question}")
        assert "gifting_pack_expires" in str(cursor.fetchall())


# -- Extended ------------------------------------------------------------------------------------------------


def test_an_extended_gift_expires_later(gift: GiftPack, now: datetime) -> None:
    packs.extend(gift=gift, days=7, now=now)
    assert GiftPack.objects.get().expires_at == now + timedelta(days=8)


def test_a_gift_whose_time_was_up_is_extended_from_now(gift: GiftPack, now: datetime) -> None:
    packs.extend(gift=gift, days=7, now=now + 3 * ONE_DAY)
    assert GiftPack.objects.get().expires_at == now + timedelta(days=10)


def test_a_gift_that_is_over_is_not_extended(gift: GiftPack, now: datetime) -> None:
    packs.expire_due(now=now + ONE_DAY)
    with pytest.raises(Locked):
        packs.extend(gift=gift, days=7, now=now)


def test_a_gift_that_never_expires_is_not_extended(brand: Brand, now: datetime) -> None:
    with pytest.raises(Locked):
        packs.extend(gift=send(brand), days=7, now=now)


# -- Signals -------------------------------------------------------------------------------------------------

Heard = list[tuple[str, GiftPack, dict[str, Any]]]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """What another app hears: the name of the signal, the gift, and what else came with it."""
    found: Heard = []
    listeners = {}
    for name in ("gift_pack_sent", "gift_pack_confirmed", "gift_pack_expired", "gift_pack_revoked"):

        def listen(gift: GiftPack, name: str = name, **more: Any) -> None:
            found.append((name, gift, more))

        listeners[name] = listen
        getattr(signals, name).connect(listen)
    yield found
    for name, listener in listeners.items():
        getattr(signals, name).disconnect(listener)


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Any) -> Any:
    """What is written inside is committed at its end."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_each_step_is_told_after_the_commit(
    heard: Heard, commits: Any, brand: Brand, in_a_day: None, now: datetime
) -> None:
    with commits():
        confirmed = send(brand, now=now)
        assert heard == []
    with commits():
        confirm(confirmed, now=now)
    with commits():
        revoked = send(brand, receiver="Carol", now=now)
        packs.revoke(gift=revoked, actor=STAFF, now=now)
        expired = send(brand, receiver="Dave", now=now)
        packs.expire_due(now=now + ONE_DAY)
    assert [(name, gift.pk) for name, gift, _ in heard] == [
        ("gift_pack_sent", confirmed.pk),
        ("gift_pack_confirmed", confirmed.pk),
        ("gift_pack_sent", revoked.pk),
        ("gift_pack_revoked", revoked.pk),
        ("gift_pack_sent", expired.pk),
        ("gift_pack_expired", expired.pk),
    ]


def test_a_listener_sees_the_gift_as_it_is_now(
    heard: Heard, commits: Any, gift: GiftPack, brand: Brand, now: datetime
) -> None:
    with commits():
        confirm(gift, now=now)
        packs.revoke(gift=send(brand, receiver="Carol"), actor=STAFF, now=now)
    shown = {name: (gift.state, gift.pack.name, more.get("actor")) for name, gift, more in heard}
    assert shown["gift_pack_confirmed"] == (State.CONFIRMED, "Stuart", None)
    assert shown["gift_pack_revoked"] == (State.REVOKED, "Stuart", STAFF)


def test_confirming_again_is_not_told(heard: Heard, commits: Any, gift: GiftPack, now: datetime) -> None:
    with commits():
        confirm(gift, now=now)
        confirm(gift, now=now)
    assert [name for name, _, _ in heard] == ["gift_pack_confirmed"]


def test_what_is_rolled_back_is_not_told(heard: Heard, commits: Any, brand: Brand) -> None:
    with commits(), transaction.atomic():
        send(brand)
        transaction.set_rollback(True)
    assert heard == []


def test_a_listener_that_fails_stops_nothing(heard: Heard, commits: Any, brand: Brand) -> None:
    def fail(**said: Any) -> None:
        raise RuntimeError

    signals.gift_pack_sent.connect(fail)
    try:
        with commits():
            send(brand)
    finally:
        signals.gift_pack_sent.disconnect(fail)
    assert [name for name, _, _ in heard] == ["gift_pack_sent"]
