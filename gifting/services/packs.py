"""The life of a gift pack: sent by one user to another, then confirmed, expired or revoked."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.dispatch import Signal

from gifting import signals
from gifting.conf import conf
from gifting.dto import Actor
from gifting.errors import AlreadyGiven, GiftOver, GiftUnknown, Locked, PackUnknown
from gifting.models import PACK_MOVES, Brand, GiftPack, Order, StickerPack
from gifting.services import jobs, pack_days, pack_notices, pack_tallies
from gifting.services.pack_catalogue import find_pack, own
from gifting.services.pack_users import check_pair, clean_note

State = GiftPack.State
BATCH = 500
ALREADY = "This user has the pack already, or was sent it."


def send(
    *,
    brand: Brand,
    number: int,
    sender: str,
    receiver: str,
    note: str = "",
    order: Order | None = None,
    now: datetime,
) -> GiftPack:
    """A new gift. Raises Invalid, SameUser, PackUnknown (also for a pack that is not in the catalogue),
    and AlreadyGiven.
    """
    check_pair(sender, receiver)
    gift = GiftPack(
        brand=brand,
        pack=_givable(brand, number, receiver),
        sender=sender,
        receiver=receiver,
        note=clean_note(note),
        order=order,
        sent_at=now,
        expires_at=_expiry(now),
    )
    try:
        _insert(gift)
    except IntegrityError as exc:
        if _is_taken(gift, now=now):
            raise _refusal(gift) from exc
        _insert_again(gift, now=now)
    return gift


def _givable(brand: Brand, number: int, receiver: str) -> Any:
    pack: Any = find_pack(brand=brand, number=number, user=receiver)
    if not pack.is_listed:
        raise PackUnknown("This pack is not in the catalogue.")
    if pack.downloaded_at:
        raise AlreadyGiven(ALREADY)
    return pack


def _expiry(now: datetime) -> datetime | None:
    days = conf().GIFT_PACK_EXPIRES_DAYS
    return now + timedelta(days=days) if days else None


@transaction.atomic
def _insert(gift: GiftPack) -> None:
    """The gift first: whoever waits here for another's gift of the same pack holds no tally yet."""
    gift.save(force_insert=True)
    pack_tallies.add([gift])
    pack_days.note_late(at=gift.sent_at)
    _announce(signals.gift_pack_sent, gift)


def _is_taken(gift: GiftPack, *, now: datetime) -> bool:
    """By a gift that is confirmed, or that can be."""
    lasting = Q(state=State.CONFIRMED) | Q(state=State.SENT) & _in_time(now)
    return _rivals(gift).filter(lasting).exists()


def _insert_again(gift: GiftPack, *, now: datetime) -> None:
    """In the place of a gift whose time was up before the sweep came, or while it was there."""
    _expire(_rivals(gift), now=now, is_patient=True)
    try:
        _insert(gift)
    except IntegrityError as exc:
        raise _refusal(gift) from exc


def _rivals(gift: GiftPack) -> QuerySet[GiftPack]:
    return GiftPack.objects.filter(pack=gift.pack, receiver=gift.receiver)


def _in_time(now: datetime) -> Q:
    return Q(expires_at__isnull=True) | Q(expires_at__gt=now)


def _refusal(gift: GiftPack) -> Exception:
    """What the database said no to: a second gift, or one of a pack that was just deleted."""
    if not StickerPack.objects.filter(pk=gift.pack_id).exists():
        return PackUnknown("This pack is not in the catalogue.")
    return AlreadyGiven(ALREADY)


def confirm(*, brand: Brand, number: int, sender: str, receiver: str, now: datetime) -> GiftPack:
    """The receiver accepts the gift and has the pack from now on. Confirming again changes nothing.

    Raises Invalid, SameUser, PackUnknown, GiftUnknown, and GiftOver once it expired or was revoked.
    """
    check_pair(sender, receiver)
    gift = _find(brand, number, sender, receiver)
    if gift.state == State.SENT and not _accept(gift, now=now):
        gift.refresh_from_db(fields=["state", "confirmed_at", "ended_at"])
    if gift.state != State.CONFIRMED:
        raise GiftOver("This gift has expired or was taken back.")
    return gift


def _find(brand: Brand, number: int, sender: str, receiver: str) -> GiftPack:
    """The newest gift of the pair: while an older one is open there is no newer."""
    gifts = GiftPack.objects.select_related("pack").filter(pack__brand=brand, pack__number=number)
    found = gifts.filter(sender=sender, receiver=receiver).order_by("-pk").first()
    if found is None:
        find_pack(brand=brand, number=number)
        raise GiftUnknown("This user was not sent this pack by that user.")
    found.brand = brand
    return found


@transaction.atomic
def _accept(gift: GiftPack, *, now: datetime) -> bool:
    """False where somebody was faster, or the time is up."""
    named = GiftPack.objects.filter(pk=gift.pk, sender=gift.sender, receiver=gift.receiver)
    if not _move(named.filter(_in_time(now)), State.CONFIRMED, confirmed_at=now):
        return False
    gift.state, gift.confirmed_at = State.CONFIRMED, now
    own(pack=gift.pack, user=gift.receiver, now=now)
    pack_notices.queue(gift, now=now)
    pack_days.note_late(at=now)
    _announce(signals.gift_pack_confirmed, gift)
    return True


@transaction.atomic
def revoke(*, gift: GiftPack, actor: Actor, now: datetime) -> None:
    """The sender or staff take the gift back. Raises Locked unless it waits to be confirmed."""
    if not _move(GiftPack.objects.filter(pk=gift.pk), State.REVOKED, ended_at=now):
        raise Locked("Only a gift that was not accepted yet can be taken back.")
    gift.refresh_from_db(fields=["sender", "receiver"])  # One of them may have been erased meanwhile.
    gift.state, gift.ended_at = State.REVOKED, now
    pack_tallies.take([gift])
    pack_days.note_late(at=now)
    _announce(signals.gift_pack_revoked, gift, actor=actor)


@transaction.atomic
def extend(*, gift: GiftPack, days: int, now: datetime) -> None:
    """The gift expires so many days later than it would, or than now if its time was up.

    Raises Locked unless it waits to be confirmed and expires at all.
    """
    waiting = GiftPack.objects.select_for_update().filter(pk=gift.pk, state=State.SENT)
    expires_at = waiting.values_list("expires_at", flat=True).first()
    if expires_at is None:
        raise Locked("Only a gift that was not accepted yet, and that expires, can be extended.")
    gift.expires_at = max(expires_at, now) + timedelta(days=days)
    gift.save(update_fields=["expires_at"])


def expire_due(*, now: datetime) -> int:
    """Every minute: end all gifts whose time is up. Returns how many."""
    done = 0
    while expired := _expire(GiftPack.objects.all(), now=now):
        done += expired
    return done


@transaction.atomic
def _expire(gifts: QuerySet[GiftPack], *, now: datetime, is_patient: bool = False) -> int:
    """Of these gifts, end some whose time is up. Those that another worker holds are left to it, or waited
    for.
    """
    due = gifts.select_related("pack", "brand").filter(state=State.SENT, expires_at__lte=now)
    ours = due.order_by("expires_at").select_for_update(of=("self",), skip_locked=not is_patient)
    locked = list(ours[:BATCH])
    if not locked:
        return 0
    _move(GiftPack.objects.filter(pk__in=[gift.pk for gift in locked]), State.EXPIRED, ended_at=now)
    pack_tallies.take(locked)
    pack_days.note_late(at=now)
    for gift in locked:
        gift.state, gift.ended_at = State.EXPIRED, now
        _announce(signals.gift_pack_expired, gift)
    return len(locked)


def _move(gifts: QuerySet[GiftPack], state: GiftPack.State, **changes: Any) -> int:
    """Take a legal step with those gifts that can; of two that race for one gift the first wins."""
    before = [known for known, after in PACK_MOVES.items() if state in after]
    return gifts.filter(state__in=before).update(state=state, **changes)


def _announce(signal: Signal, gift: GiftPack, **more: Any) -> None:
    jobs.after_commit(partial(signal.send_robust, sender=GiftPack, gift=gift, **more))
