"""A user's own gift packs on a page of the shop: two lists, and what the user may do with them there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

from django.core import signing
from django.utils.http import escape_leading_slashes

from gifting.dto import Actor, ActorKind
from gifting.errors import GiftOver, GiftUnknown, Locked, NotFound
from gifting.models import Brand, GiftPack
from gifting.services import pack_lists, packs

SALT = "gifting.my_gifts"
OPEN_FOR = timedelta(days=1)
LIMIT = 10
LISTS = {"received": pack_lists.received, "sent": pack_lists.sent}
State = GiftPack.State


@dataclass(frozen=True, slots=True, kw_only=True)
class MyGift:
    """One gift. `is_open`: it can still be accepted, and taken back."""

    gift: Any
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MyGifts:
    """A page of a list, newest first. Pages count from 1; an empty list has one."""

    items: Sequence[MyGift]
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who looks at their gifts, at which address of the shop. `is_old`: the page was open for too long."""

    brand_id: int
    user: str
    address: str
    is_old: bool = False


def listed(
    *, which: Literal["received", "sent"], brand: Brand, user: str, page: int, now: datetime
) -> MyGifts:
    """What the user received or sent; past the end the last page. Raises Invalid for a bad user id."""
    found = LISTS[which](brand=brand, user=user, page=page, limit=LIMIT)
    pages = max(1, -(-found.total // LIMIT))
    if page > pages:
        return listed(which=which, brand=brand, user=user, page=pages, now=now)
    items = [MyGift(gift=gift, is_open=_is_open(gift, now)) for gift in found.items]
    return MyGifts(items=items, page=page, pages=pages)


def _is_open(gift: GiftPack, now: datetime) -> bool:
    """Also where the sweep has not come yet, nobody is asked to accept what has expired."""
    return gift.state == State.SENT and (gift.expires_at is None or gift.expires_at > now)


def changed(address: str, **parameters: str | None) -> str:
    """The path and query `address` with these parameters set, or left out where None. All others stay.

    It leads to no other site, whatever the path begins with.
    """
    path, _, said = address.partition("?")
    kept = [pair for pair in parse_qsl(said, keep_blank_values=True) if pair[0] not in parameters]
    query = urlencode([*kept, *((name, value) for name, value in parameters.items() if value is not None)])
    return escape_leading_slashes(f"{path}?{query}" if query else path)


def visit_token(*, brand: Brand, user: str, address: str) -> str:
    """What the forms of a page carry: nobody else can make it, so nobody acts in another's name."""
    return signing.dumps([brand.pk, user, address], salt=SALT)


def open_visit(*, token: str) -> Visit:
    """The visit that a token was made for. Raises NotFound for a forged one."""
    try:
        brand_id, user, address = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise NotFound("This page does not exist.") from None
    return Visit(brand_id=brand_id, user=user, address=address, is_old=_is_old(token))


def _is_old(token: str) -> bool:
    try:
        signing.loads(token, salt=SALT, max_age=OPEN_FOR)
    except signing.SignatureExpired:
        return True
    return False


def accept(*, visit: Visit, pk: int, now: datetime) -> None:
    """The visitor accepts a gift. Again changes nothing. Raises GiftUnknown, and GiftOver."""
    gift = _find(visit, pk=pk, receiver=visit.user)
    if gift.state in (State.EXPIRED, State.REVOKED):
        raise GiftOver("This gift has expired or was taken back.")
    packs.confirm(
        brand=gift.brand, number=gift.pack.number, sender=gift.sender, receiver=gift.receiver, now=now
    )


def take_back(*, visit: Visit, pk: int, now: datetime) -> None:
    """The visitor takes back what was sent. Again changes nothing.

    Raises GiftUnknown, GiftOver where it expired, and Locked once it was accepted.
    """
    gift = _find(visit, pk=pk, sender=visit.user)
    try:
        packs.revoke(gift=gift, actor=Actor(ActorKind.GIVER, visit.user), now=now)
    except Locked:
        gift.refresh_from_db(fields=["state"])
        if gift.state == State.EXPIRED:
            raise GiftOver("This gift has expired.") from None
        if gift.state != State.REVOKED:
            raise


def _find(visit: Visit, *, pk: int, **role: str) -> GiftPack:
    gifts = GiftPack.objects.select_related("brand", "pack").filter(brand_id=visit.brand_id, **role)
    gift = gifts.filter(pk=pk).first()
    if gift is None:
        raise GiftUnknown("This user has no such gift.")
    return gift
