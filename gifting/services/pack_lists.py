"""The gifts that a user sent and received, newest first, at any length of the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any, Literal

from django.db.models import QuerySet, Subquery

from gifting.models import Brand, GiftPack, PackTally
from gifting.services import cache
from gifting.services.pack_catalogue import own_facts
from gifting.services.pack_users import check_user

LISTED = (GiftPack.State.SENT, GiftPack.State.CONFIRMED)
NEAR = 1_000  # Up to here the length of the list is asked for together with the gifts.
STEP = 10_000  # So many gifts apart are the marks in a list from which far pages are counted.
REMEMBERED_SECONDS = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftPage:
    """Some gifts of a list, each with its `pack`, and with `downloaded_at` and `wished_at`: whether the user
    of the list has that pack, or wishes for it. `total` is the length of the whole list.
    """

    items: Sequence[Any]
    total: int


def sent(*, brand: Brand, user: str, page: int, limit: int) -> GiftPage:
    """What the user sent and what was not revoked and did not expire. Raises Invalid."""
    return _List(brand, user, "sent", GiftPack.objects.filter(brand=brand, sender=user)).page(page, limit)


def received(*, brand: Brand, user: str, page: int, limit: int) -> GiftPage:
    """What the user was sent, confirmed or not; no revoked or expired gifts. Raises Invalid."""
    gifts = GiftPack.objects.filter(brand=brand, receiver=user)
    return _List(brand, user, "received", gifts).page(page, limit)


class _List:
    """One of the two lists of a user; `which` is also the field of PackTally that counts it."""

    def __init__(
        self, brand: Brand, user: str, which: Literal["sent", "received"], gifts: QuerySet[GiftPack]
    ) -> None:
        check_user(user)
        self.brand, self.user, self.which = brand, user, which
        self.gifts = gifts.filter(state__in=LISTED)
        self.tally = PackTally.objects.filter(brand=brand, user=user)

    def page(self, page: int, limit: int) -> GiftPage:
        """Page 1 is the newest; a page past the end is empty."""
        offset = (page - 1) * limit
        if offset < NEAR:
            newest = self.gifts.order_by("-pk")[offset : offset + limit]
            rows = self._rows(newest, total=Subquery(self.tally.values(self.which)))
            if rows:
                return GiftPage(items=rows, total=rows[0].total or len(rows))
        total, left = self.tally.values_list(self.which, "left").first() or (0, 0)
        if not NEAR <= offset < total:
            return GiftPage(items=(), total=total)
        if offset <= STEP:
            return GiftPage(
                items=self._rows(self.gifts.order_by("-pk")[offset : offset + limit]), total=total
            )
        length = min(limit, total - offset)
        return GiftPage(items=self._far(total - offset - length, length, total, left), total=total)

    def _far(self, start: int, length: int, total: int, left: int) -> list[Any]:
        """Counted from the oldest gift: new ones change nothing there, and `left` counts what does."""
        gifts, mark = self.gifts, start - start % STEP
        if mark:
            name = sha256(f"{self.brand.pk} {self.which} {left} {mark} {self.user}".encode()).hexdigest()
            make = partial(self._mark, mark, total)
            found = cache.remember(f"gifting.packs.{name}", make, seconds=REMEMBERED_SECONDS)
            gifts, start = gifts.filter(pk__gte=found), start - mark
        return self._rows(gifts.order_by("pk")[start : start + length])

    def _mark(self, position: int, total: int) -> int:
        """The key of a gift, counted from the nearer end by an index that holds all that is needed."""
        if position > total // 2:
            newest = self.gifts.order_by("-pk").annotate(total=Subquery(self.tally.values(self.which)))
            pk, length = newest.values_list("pk", "total")[total - 1 - position]
            if length == total:  # Else a gift came meanwhile, and this is not the one that was meant.
                return pk
        return self.gifts.order_by("pk").values_list("pk", flat=True)[position]

    def _rows(self, gifts: QuerySet[GiftPack], **more: Any) -> list[Any]:
        """Only the gifts of the page are joined with anything."""
        chosen = GiftPack.objects.filter(pk__in=gifts.values("pk")).select_related("pack").annotate(**more)
        rows = list(own_facts(chosen, "pack__users", self.user).order_by("-pk"))
        for gift in rows:
            gift.brand = gift.pack.brand = self.brand
        return rows
