"""Gift packs at the same instant, on PostgreSQL: one outcome each, and tallies that are right afterwards."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from gifting import signals
from gifting.dto import Actor, ActorKind
from gifting.errors import GiftingError
from gifting.models import Brand, GiftPack, PackNotice, PackTally, PackUser, StickerPack
from gifting.services import packs
from tests.gifting.pack_gifts import new_pack
from tests.racing import at_once, needs_postgres, overtaken

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
SENDER = Actor(ActorKind.GIVER, "Alice")
TIMES = 10
ROUNDS = pytest.mark.parametrize("round_", range(5))
State = GiftPack.State


@pytest.fixture(autouse=True)
def _postgres() -> None:
    needs_postgres()


@pytest.fixture(autouse=True)
def pack(transactional_db: None, brand: Brand, settings: Settings) -> StickerPack:
    settings.GIFTING = {"GIFT_PACK_EXPIRES_DAYS": 1, "GIFT_PACK_NOTICE_MAIL": "shop@example.com"}
    return new_pack(brand)


@pytest.fixture
def told() -> Iterator[list[str]]:
    """The steps that were told by a signal."""
    found: list[str] = []

    def listen(gift: GiftPack, **said: Any) -> None:
        found.append(gift.state)

    mine = (signals.gift_pack_confirmed, signals.gift_pack_expired, signals.gift_pack_revoked)
    for signal in mine:
        signal.connect(listen)
    yield found
    for signal in mine:
        signal.disconnect(listen)


def outcome(call: Callable[[], Any]) -> str:
    """`ok`, or the name of the refusal. Anything else, such as a deadlock, is raised."""
    try:
        call()
    except GiftingError as exc:
        return type(exc).__name__
    return "ok"


def race(*calls: Callable[[], Any]) -> list[str]:
    return sorted(at_once(*(partial(outcome, call) for call in calls)))


def sending(
    brand: Brand, sender: str = "Alice", receiver: str = "Bob", number: int = 118
) -> Callable[[], Any]:
    pair = {"brand": brand, "number": number, "sender": sender, "receiver": receiver}
    return partial(packs.send, **pair, now=timezone.now())


def confirming(brand: Brand, now: datetime | None = None) -> Callable[[], Any]:
    pair = {"brand": brand, "number": 118, "sender": "Alice", "receiver": "Bob"}
    return partial(packs.confirm, **pair, now=now or timezone.now())


def revoking(gift: GiftPack) -> Callable[[], Any]:
    return partial(packs.revoke, gift=gift, actor=SENDER, now=timezone.now())


def expiring(later: timedelta = timedelta(days=2)) -> Callable[[], Any]:
    """The sweep, as if it were later."""
    return partial(packs.expire_due, now=timezone.now() + later)


def assert_tallies_are_right() -> None:
    counted: Counter[tuple[str, str]] = Counter()
    for gift in GiftPack.objects.filter(state__in=[State.SENT, State.CONFIRMED]):
        counted.update([(gift.sender, "sent"), (gift.receiver, "received")])
    for tally in PackTally.objects.all():
        assert (tally.sent, tally.received) == (counted[tally.user, "sent"], counted[tally.user, "received"])
    assert {user for user, _ in counted} <= set(PackTally.objects.values_list("user", flat=True))


@ROUNDS
def test_of_ten_confirmations_all_succeed_and_one_is_told(brand: Brand, told: list[str], round_: int) -> None:
    sending(brand)()
    assert race(*[confirming(brand)] * TIMES) == ["ok"] * TIMES
    assert (told, PackNotice.objects.count(), PackUser.objects.count()) == ([State.CONFIRMED], 1, 1)
    assert_tallies_are_right()


@ROUNDS
def test_of_confirming_and_revoking_one_wins(brand: Brand, told: list[str], round_: int) -> None:
    gift = sending(brand)()
    refusals = race(confirming(brand), revoking(gift), confirming(brand), revoking(gift))
    gift.refresh_from_db()
    if gift.state == State.CONFIRMED:
        assert refusals == ["Locked", "Locked", "ok", "ok"]
    else:
        assert (gift.state, refusals) == (State.REVOKED, ["GiftOver", "GiftOver", "Locked", "ok"])
    assert told == [gift.state]
    assert PackUser.objects.exists() == PackNotice.objects.exists() == (gift.state == State.CONFIRMED)
    assert_tallies_are_right()


@ROUNDS
def test_of_confirming_and_expiring_one_wins(brand: Brand, told: list[str], round_: int) -> None:
    gift = sending(brand)()
    refusals = race(confirming(brand), expiring(), expiring())
    gift.refresh_from_db()
    assert (gift.state, refusals) in [
        (State.CONFIRMED, ["ok", "ok", "ok"]),
        (State.EXPIRED, ["GiftOver", "ok", "ok"]),
    ]
    assert told == [gift.state]
    assert_tallies_are_right()


@ROUNDS
def test_of_revoking_and_expiring_one_wins(brand: Brand, told: list[str], round_: int) -> None:
    gift = sending(brand)()
    race(revoking(gift), expiring(), revoking(gift), expiring())
    gift.refresh_from_db()
    assert told == [gift.state]
    assert_tallies_are_right()


@ROUNDS
def test_of_two_senders_to_one_receiver_one_wins(brand: Brand, round_: int) -> None:
    assert race(sending(brand, "Alice"), sending(brand, "Carol")) == ["AlreadyGiven", "ok"]
    assert GiftPack.objects.count() == 1
    assert_tallies_are_right()


@ROUNDS
def test_of_ten_identical_sends_one_wins(brand: Brand, round_: int) -> None:
    assert race(*[sending(brand)] * TIMES) == ["AlreadyGiven"] * (TIMES - 1) + ["ok"]
    assert GiftPack.objects.count() == 1
    assert_tallies_are_right()


@ROUNDS
def test_a_place_that_was_never_swept_is_taken_by_one(brand: Brand, round_: int) -> None:
    sending(brand, "Zoe")()
    GiftPack.objects.update(expires_at=F("sent_at"))
    senders = [sending(brand, f"sender {number}") for number in range(TIMES)]
    outcomes = race(*senders, expiring(timedelta(0)))
    assert outcomes.count("ok") == 2  # The sweep is the other one.
    assert not GiftPack.objects.filter(state=State.SENT, sender="Zoe").exists()
    assert_tallies_are_right()


def test_a_place_that_the_sweep_is_clearing_is_waited_for(brand: Brand) -> None:
    sending(brand, "Zoe")()
    GiftPack.objects.update(expires_at=F("sent_at"))

    def look() -> None:
        """What the sweep does first: it holds the gift, and did not end it yet."""
        GiftPack.objects.select_for_update().get()

    sweep = expiring(timedelta(0))
    assert overtaken(partial(outcome, sending(brand)), hold=look, then=sweep) == "ok"
    assert list(GiftPack.objects.order_by("pk").values_list("sender", "state")) == [
        ("Zoe", State.EXPIRED),
        ("Alice", State.SENT),
    ]
    assert_tallies_are_right()


def test_crossing_gifts_never_wait_for_each_other_for_ever(brand: Brand) -> None:
    """Hundreds, there and back, while others are revoked and expire: each takes the tallies of two users."""
    people, numbers = ("Alice", "Bob", "Carol"), range(1, 21)
    for number in numbers:
        new_pack(brand, number)

    def give(sender: str, receiver: str) -> list[str]:
        return [outcome(sending(brand, sender, receiver, number)) for number in numbers]

    def take_back() -> list[str]:
        return [outcome(revoking(gift)) for _ in range(10) for gift in GiftPack.objects.order_by("?")[:5]]

    def expire() -> list[str]:
        for _ in range(20):
            some = GiftPack.objects.filter(state=State.SENT).order_by("?").values("pk")[:5]
            GiftPack.objects.filter(pk__in=some).update(expires_at=F("sent_at"))
            packs.expire_due(now=timezone.now())
        return []

    calls = [partial(give, one, other) for one in people for other in people if one != other]
    outcomes = {word for words in at_once(*calls, *calls, take_back, take_back, expire) for word in words}
    assert outcomes <= {"ok", "AlreadyGiven", "Locked"}
    assert GiftPack.objects.count() >= 60
    assert_tallies_are_right()


def test_a_pack_that_is_deleted_meanwhile_is_not_given(brand: Brand, pack: StickerPack) -> None:
    def delete_first(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("INSERT"):
            at_once(StickerPack.objects.all().delete)
        return execute(sql, *rest)

    with connection.execute_wrapper(delete_first):
        assert outcome(sending(brand)) == "PackUnknown"
    assert_tallies_are_right()


def test_a_pack_that_is_given_meanwhile_is_not_deleted(brand: Brand, pack: StickerPack) -> None:
    def delete() -> None:
        with suppress(IntegrityError):  # A gift of it was faster.
            pack.delete()

    outcomes = race(sending(brand), delete, sending(brand, receiver="Carol"))
    assert set(outcomes) <= {"ok", "PackUnknown"}
    assert_tallies_are_right()
