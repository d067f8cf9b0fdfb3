"""What is held on one person, and how it is erased. A person is a mail address, of a giver or a receiver."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from gifting.dto import Actor
from gifting.models import HostedGift, Order, Recording, WebhookReceipt
from gifting.services import erasure, hosting, orders, retention
from gifting.services.parcels import key

log = logging.getLogger(__name__)
CHUNK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How much is held on a person. `accounts`: the hosted accounts in which some of it lives."""

    gifts: int
    pushes: int
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(Held):
    """How much was erased. `files_left`: videos that the storage did not give up yet; the sweep goes on."""

    files_left: int


def find_person(address: str) -> QuerySet[Order]:
    """The orders on which somebody is giver or receiver, however the address is capitalized."""
    same = Lower(Value(address.strip()))
    found = Order.objects.alias(giver=Lower("giver_email"), receiver=Lower("receiver_email"))
    is_address = not orders.email_problem(address.strip())
    return found.filter(Q(giver=same) | Q(receiver=same)) if is_address else found.none()


def look_up(address: str) -> Held:
    """What `erase_person` would erase."""
    found = find_person(address)
    return Held(gifts=found.count(), pushes=len(pushes_on(address)), accounts=_accounts(found))


def erase_person(*, address: str, actor: Actor, now: datetime) -> Erased:
    """Erase every gift on which the person is named, whole: one made the message, it speaks to the other.

    Each gift for itself: one that was stopped in the middle is found again by calling this again.
    """
    found = list(find_person(address).select_related("container"))
    accounts = _accounts(find_person(address))
    pushes = _erase_pushes(address)  # First: they are found by the tracking codes of the gifts.
    for order in found:
        _erase_order(order, actor=actor, now=now)
    log.info("A person (%s) was erased: %d gifts, %d pushes", digest(address), len(found), pushes)
    left = sum(Recording.objects.filter(container__order=order).count() for order in found)
    return Erased(gifts=len(found), pushes=pushes, accounts=accounts, files_left=left)


def _erase_order(order: Order, *, actor: Actor, now: datetime) -> None:
    if container := getattr(order, "container", None):
        retention.erase_now(container=container, actor=actor, now=now, why=retention.Why.PERSON)
    else:
        erasure.blank_order(order)


def digest(address: str) -> str:
    """Tells two requests apart in a log, and nobody who it was."""
    return salted_hmac("gifting.person", address.strip().lower()).hexdigest()[:10]


def _accounts(found: QuerySet[Order]) -> tuple[str, ...]:
    """Where a vendor keeps data of its own, or may, which only the vendor can erase."""
    kept = HostedGift.objects.filter(hosting.kept_there(), container__order__in=found)
    return tuple(sorted(set(kept.values_list("backend", flat=True))))


def _erase_pushes(address: str) -> int:
    """The row stays, so that the same push is not taken for a new one."""
    erased = {"body": b"", "outcome": "", "last_error": "", "state": WebhookReceipt.State.DONE}
    return WebhookReceipt.objects.filter(pk__in=pushes_on(address)).update(**erased)


def pushes_on(address: str) -> list[int]:
    """The keys of carriers' pushes that name the person, or a parcel of theirs. Reads all that are kept."""
    codes = erasure.parcel_codes(list(find_person(address)))
    kept = WebhookReceipt.objects.exclude(body=b"").values_list("pk", "body")
    return [pk for pk, body in kept.iterator(CHUNK) if _names(bytes(body), address.strip().lower(), codes)]


def _names(body: bytes, address: str, codes: set[str]) -> bool:
    """The address anywhere in a value; a code as a whole value, for a short one is part of many words."""
    values = list(_values(body))
    return any(address in value.lower() or key(value) in codes for value in values)


def _values(body: bytes) -> Iterator[str]:
    text = body.decode(errors="replace")
    try:
        yield from _leaves(json.loads(text))
    except (ValueError, RecursionError):
        yield text


def _leaves(document: Any) -> Iterator[str]:
    """Every word and number of a JSON document."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += chain(value, value.values())
        elif isinstance(value, list):
            waiting += value
        else:
            yield str(value)
