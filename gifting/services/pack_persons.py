"""What is held on a user of gift packs, and how it is erased. A person is a user id of a brand."""

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from gifting.models import (
    Brand,
    GiftPack,
    PackNotice,
    PackTally,
    PackUser,
    UserDay,
    UserMonth,
)
from gifting.services import privacy
from gifting.services.pack_days import hold_off_counting
from gifting.services.pack_lists import LISTED
from gifting.services.pack_users import check_user

log = logging.getLogger(__name__)
Document = dict[str, Any]
UNSENT = (PackNotice.State.QUEUED, PackNotice.State.FAILED)
CHUNK = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPacks:
    """How much is held here on a user. `packs` were downloaded or wished for. `account`: where the brand's
    gift packs live now, if not here; it must be asked itself.
    """

    sent: int
    received: int
    packs: int
    account: str

    @property
    def is_any(self) -> bool:
        return bool(self.sent or self.received or self.packs)


def look_up(*, brand: Brand, user: str) -> HeldPacks:
    """What `erase` would erase. Raises Invalid for an impossible user id."""
    check_user(user)
    return HeldPacks(
        sent=GiftPack.objects.filter(brand=brand, sender=user).count(),
        received=GiftPack.objects.filter(brand=brand, receiver=user).count(),
        packs=_packs(brand, user).count(),
        account=brand.pack_backend,
    )


def erase(*, brand: Brand, user: str) -> HeldPacks:
    """Put a new id that says nothing in the place of the user's, and take the notes away: all or nothing.

    The gifts stay, so that the others keep their lists and every report its figures. Again finds nothing,
    or what was written since. Raises Invalid for an impossible user id.
    """
    held = look_up(brand=brand, user=user)
    _replace(brand, user, f"erased-{secrets.token_hex(8)}")
    who = privacy.digest(f"{brand.slug}/{user}")
    log.info("A user of gift packs (%s) was erased: %d sent, %d received", who, held.sent, held.received)
    return held


@transaction.atomic
def _replace(brand: Brand, user: str, stand_in: str) -> None:
    """The gifts before the tally, as everybody takes them who changes both."""
    # Else the old id could come back by a count that goes on.
    hold_off_counting()
    gifts = GiftPack.objects.filter(brand=brand)
    gifts.filter(sender=user).update(sender=stand_in, note="")
    gifts.filter(receiver=user).update(receiver=stand_in, note="")
    theirs = gifts.filter(Q(sender=stand_in) | Q(receiver=stand_in))
    PackNotice.objects.filter(gift__in=theirs, state__in=UNSENT).delete()
    _move_tally(brand, user, stand_in)
    _packs(brand, user).delete()
    UserDay.objects.filter(brand=brand, user=user).update(user=stand_in)
    UserMonth.objects.filter(brand=brand, user=user).update(user=stand_in)


def _move_tally(brand: Brand, user: str, stand_in: str) -> None:
    """As many as were moved: what others send meanwhile stays with the user."""
    listed = GiftPack.objects.filter(brand=brand, state__in=LISTED)
    sent, received = (listed.filter(**{role: stand_in}).count() for role in ("sender", "receiver"))
    if not (sent or received):
        return
    tally = PackTally.objects.filter(brand=brand, user=user)
    tally.update(sent=F("sent") - sent, received=F("received") - received, left=F("left") + 1)
    PackTally.objects.create(brand=brand, user=stand_in, sent=sent, received=received)
    tally.filter(sent=0, received=0).delete()


def export(*, brand: Brand, user: str, now: datetime) -> Document:
    """What is held on the user, ready for JSON. Other users have the ids that the lists of the API tell.

    Raises Invalid for an impossible user id.
    """
    check_user(user)
    gifts = GiftPack.objects.filter(brand=brand).select_related("pack", "order").order_by("pk")
    return {
        "user": user,
        "shop": brand.name,
        "exported_at": _time(now),
        "sent": [_gift(gift, to=gift.receiver) for gift in _each(gifts.filter(sender=user))],
        "received": [_gift(gift, of=gift.sender) for gift in _each(gifts.filter(receiver=user))],
        "packs": [_pack(row) for row in _each(_packs(brand, user).select_related("pack").order_by("pk"))],
        "counted": {
            "days": [_day(row) for row in UserDay.objects.filter(brand=brand, user=user).order_by("day")],
            "months": [
                {"month": row.month.isoformat(), "sent": row.sent}
                for row in UserMonth.objects.filter(brand=brand, user=user).order_by("month")
            ],
        },
    }


def _packs(brand: Brand, user: str) -> QuerySet[PackUser]:
    return PackUser.objects.filter(pack__brand=brand, user=user)


def _each(rows: QuerySet[Any]) -> Iterable[Any]:
    return rows.iterator(chunk_size=CHUNK)


def _gift(gift: GiftPack, **other: str) -> Document:
    return {
        "package_id": gift.pack.number,
        "pack": gift.pack.name,
        **other,
        "state": gift.state,
        "note": gift.note,
        "order": gift.order.number if gift.order else None,
        "sent_at": _time(gift.sent_at),
        "confirmed_at": _time(gift.confirmed_at),
        "expires_at": _time(gift.expires_at),
        "ended_at": _time(gift.ended_at),
    }


def _pack(row: PackUser) -> Document:
    return {
        "package_id": row.pack.number,
        "pack": row.pack.name,
        "downloaded_at": _time(row.downloaded_at),
        "wished_at": _time(row.wished_at),
    }


def _day(row: UserDay) -> Document:
    return {
        "day": row.day.isoformat(),
        "sent": row.sent,
        "received": row.received,
        "different_others": row.counterparts,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
