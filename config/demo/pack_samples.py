"""Sample gift packs: one in each state between people of the shop, and four weeks for the reports."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from config.demo.packs import PACKS
from gifting.dto import Actor, ActorKind
from gifting.models import Brand, GiftPack
from gifting.services import packs

PEOPLE = {"alice": "Alice", "bob": "Bob", "clara": "Clara"}
"""The users of the sample shop: what the API calls a user id, and what people call them."""

WEEK = timedelta(days=7)
GUEST = "guest-"
DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Who gave what to whom, how many days ago, and what happened then: `play(gift, sent_at)`."""

    number: int
    sender: str
    receiver: str
    note: str
    days_ago: int
    play: Callable[[GiftPack, datetime], None]


def ensure_gifts(*, brand: Brand, now: datetime) -> None:
    """Each story once; one that somebody played on with stays as it is."""
    for story in STORIES:
        if not _gifts(brand).filter(sender=story.sender, receiver=story.receiver, pack__number=story.number):
            _tell(brand, story, now=now)
    if not _gifts(brand).filter(sender__startswith=GUEST):
        _tell_of_guests(brand, now=now)


def _gifts(brand: Brand) -> QuerySet[GiftPack]:
    return GiftPack.objects.filter(brand=brand)


@transaction.atomic
def _tell(brand: Brand, story: Story, *, now: datetime) -> None:
    """All at once: nobody sees the gift before its last state."""
    then = now - timedelta(days=story.days_ago, hours=1)
    gift = packs.send(
        brand=brand,
        number=story.number,
        sender=story.sender,
        receiver=story.receiver,
        note=story.note,
        now=then,
    )
    story.play(gift, then)


def _wait(gift: GiftPack, now: datetime) -> None:
    """Nothing has happened yet."""


def _be_confirmed(gift: GiftPack, now: datetime) -> None:
    then = now + timedelta(minutes=40)
    packs.confirm(
        brand=gift.brand, number=gift.pack.number, sender=gift.sender, receiver=gift.receiver, now=then
    )


def _expire(gift: GiftPack, now: datetime) -> None:
    """As with GIFT_PACK_EXPIRES_DAYS=7, whatever the setting is."""
    GiftPack.objects.filter(pk=gift.pk).update(expires_at=now + WEEK)
    packs.expire_due(now=now + WEEK)


def _be_revoked(gift: GiftPack, now: datetime) -> None:
    packs.revoke(gift=gift, actor=Actor(ActorKind.GIVER, gift.sender), now=now + timedelta(minutes=2))


STORIES = (
    Story(
        number=102,
        sender="bob",
        receiver="alice",
        note="For tomorrow. You will be brilliant.",
        days_ago=0,
        play=_wait,
    ),
    Story(
        number=103,
        sender="alice",
        receiver="bob",
        note="She reminds me of yours!",
        days_ago=3,
        play=_be_confirmed,
    ),
    Story(number=101, sender="alice", receiver="clara", note="Sleep well", days_ago=1, play=_wait),
    Story(number=104, sender="clara", receiver="alice", note="", days_ago=20, play=_expire),
    Story(number=105, sender="alice", receiver="bob", note="Oops", days_ago=5, play=_be_revoked),
)


@transaction.atomic
def _tell_of_guests(brand: Brand, *, now: datetime) -> None:
    """Two to four gifts a day, most of them confirmed: the same in every installation."""
    count = 0
    for days_ago in range(DAYS, 0, -1):
        for _ in range(2 + days_ago * 5 % 3):
            count += 1
            play = _be_confirmed if count % 3 else _wait
            pack, sender = PACKS[count * count % len(PACKS)], f"{GUEST}{count % 9:03}"
            story = Story(
                number=pack.number,
                sender=sender,
                receiver=f"{GUEST}{100 + count}",
                note="",
                days_ago=days_ago,
                play=play,
            )
            _tell(brand, story, now=now)
