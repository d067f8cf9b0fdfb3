"""Which carriers and aggregators this installation talks to (`GIFTING["CARRIERS"]`), and how often it may."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

from django.core.exceptions import ImproperlyConfigured
from django.db.models import F
from django.utils.module_loading import import_string

from gifting.carriers.base import Carrier
from gifting.conf import conf
from gifting.errors import GiftingError, NotFound
from gifting.models import CarrierBudget

UNLIMITED = 2**31 - 1
KEPT_FOR_URGENT = 5
"""One part in so many of a day's questions is for parcels that are out for delivery."""


class OverBudget(GiftingError):
    """The carrier was asked often enough for now; `free_at` is when it may be asked again."""

    def __init__(self, alias: str, *, free_at: datetime) -> None:
        super().__init__(f"{alias} was asked as often as it may be for now.")
        self.free_at = free_at


def get_carrier(alias: str) -> Carrier:
    """The carrier of an alias, built anew. Raises NotFound where the settings name none."""
    spec = conf().CARRIERS.get(alias)
    if spec is None:
        raise NotFound("There is no such carrier.")
    try:
        return cast(Carrier, import_string(spec["BACKEND"])(**spec.get("OPTIONS", {})))
    except (ImportError, KeyError, TypeError) as exc:
        raise ImproperlyConfigured(f"GIFTING['CARRIERS'][{alias!r}]: {exc}") from exc


def askable(word: str) -> Iterator[tuple[str, Carrier]]:
    """Alias and carrier of everybody who can be asked about a parcel of this `Shipment.Carrier`."""
    for alias in conf().CARRIERS:
        carrier = get_carrier(alias)
        if word in carrier.serves and carrier.can_ask:
            yield alias, carrier


def listener(alias: str) -> Carrier:
    """Whoever may push under this alias. Raises NotFound where nobody may: no such alias, or no secret."""
    carrier = get_carrier(alias)
    if not carrier.can_listen:
        raise NotFound("There is no such carrier.")
    return carrier


def is_signed(alias: str) -> bool:
    """Do the pushes of this alias prove who sent them? Not where the settings name it no more."""
    return alias in conf().CARRIERS and get_carrier(alias).is_signed


def take_question(
    alias: str, carrier: Carrier, *, is_urgent: bool, patience: timedelta, now: datetime
) -> timedelta:
    """Count one question, however many workers do. Gives how long to wait before it: at most `patience`.

    Raises OverBudget. A part of the day's questions is kept for urgent ones.
    """
    if not (carrier.per_day or carrier.spacing):
        return timedelta(0)
    while True:
        budget = _budget(alias, now=now)
        slot = max(budget.next_at, now)
        if budget.used >= _limit(carrier, is_urgent):
            raise OverBudget(alias, free_at=_midnight_after(budget.day))
        if slot > now + patience:
            raise OverBudget(alias, free_at=slot)
        unchanged = CarrierBudget.objects.filter(pk=budget.pk, used=budget.used)
        if unchanged.update(used=F("used") + 1, next_at=slot + carrier.spacing):
            return slot - now


def _budget(alias: str, *, now: datetime) -> CarrierBudget:
    """The one of today (UTC); the spacing holds across midnight."""
    today, last = now.astimezone(UTC).date(), CarrierBudget.objects.filter(carrier=alias).first()
    if last and last.day == today:
        return last
    first = {"next_at": max(now, last.next_at) if last else now}
    return CarrierBudget.objects.get_or_create(carrier=alias, day=today, defaults=first)[0]


def _limit(carrier: Carrier, is_urgent: bool) -> int:
    kept = 0 if is_urgent else carrier.per_day // KEPT_FOR_URGENT
    return carrier.per_day - kept if carrier.per_day else UNLIMITED


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)


def share_of_a_minute() -> dict[str, int]:
    """For each `Shipment.Carrier` whose carriers want pauses: how many parcels a minute's sweep may take.

    Two thirds of what the pauses would allow: other jobs wait in the same queue.
    """
    return {
        word: max(1, int(40 / carrier.spacing.total_seconds()))
        for carrier in map(get_carrier, conf().CARRIERS)
        if carrier.spacing
        for word in carrier.serves
    }


def rationed() -> frozenset[str]:
    """Each `Shipment.Carrier` of whose parcels some wait for their turn: who knows them wants pauses, or
    answers so many questions a day.
    """
    known = map(get_carrier, conf().CARRIERS)
    return frozenset().union(*(one.serves for one in known if one.can_ask and (one.per_day or one.spacing)))
