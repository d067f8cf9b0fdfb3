"""A user's own gift packs on a page of the shop: two lists, and what the user may do with them there."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from django.core import signing
from django.utils.http import escape_leading_slashes

from gifting.backends.packs import GiftPackBackend, GivenPack
from gifting.dto import Actor, ActorKind
from gifting.errors import GiftOver, GiftUnknown, Locked, NotFound, VendorUnavailable
from gifting.http import within
from gifting.models import Brand, GiftPack
from gifting.services import accounts, packs
from gifting.services.pack_users import check_pair

SALT = "gifting.my_gifts"
OPEN_FOR = timedelta(days=1)
LIMIT = 10
PAGE_SECONDS = 6.0
LONG_SECONDS = 0.5
State = GiftPack.State


@dataclass(frozen=True, slots=True, kw_only=True)
class MyGift:
    """One gift. `is_open`: it can still be accepted and, where it has a `pk`, taken back. `picture` is an
    address, of this site without its origin, or empty.
    """

    gift: GivenPack
    picture: str
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


@contextmanager
def patience(brand: Brand) -> Iterator[None]:
    """Around what a page asks of the brand's packs: an account has a few seconds for all of it. One that
    took long and gave no answer is left alone for a while. Raises VendorUnavailable in that time.
    """
    name = f"packs.{brand.pack_backend}"
    if brand.pack_backend and accounts.is_resting(name):
        raise VendorUnavailable("The account did not answer just now.")
    began = time.monotonic()
    try:
        with within(PAGE_SECONDS):
            yield
    except VendorUnavailable as exc:
        if exc.retry_after or time.monotonic() - began > LONG_SECONDS:
            accounts.let_rest(name, seconds=exc.retry_after or 0)
        raise


def listed(
    *,
    which: Literal["received", "sent"],
    backend: GiftPackBackend,
    brand: Brand,
    user: str,
    page: int,
    now: datetime,
) -> MyGifts:
    """What the user received or sent; past the end the last page. Raises Invalid for a bad user id, and
    VendorError where they live in an account.
    """
    found = (backend.received if which == "received" else backend.sent)(user, page=page, limit=LIMIT)
    pages = max(1, -(-found.total // LIMIT))
    if page > pages:
        return listed(which=which, backend=backend, brand=brand, user=user, page=pages, now=now)
    items = [_mine(gift, brand, now) for gift in found.items]
    return MyGifts(items=items, page=page, pages=pages)


def _mine(gift: GivenPack, brand: Brand, now: datetime) -> MyGift:
    """Also where the sweep has not come yet, nobody is asked to accept what has expired."""
    in_time = gift.expires_at is None or gift.expires_at > now
    picture = gift.pack.image_url.removeprefix(brand.url(""))
    return MyGift(gift=gift, picture=picture, is_open=in_time and not gift.is_confirmed)


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


def accept_there(*, visit: Visit, backend: GiftPackBackend, brand: Brand, number: int, sender: str) -> None:
    """The visitor accepts a gift that lives in the brand's account, which has no key for a single one.

    Raises what `GiftPackBackend.confirm` does.
    """
    check_pair(sender, visit.user)
    with patience(brand):
        backend.confirm(number, sender=sender, receiver=visit.user)


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
