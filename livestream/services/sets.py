"""One step on the pinned set, applied to the set as it is now: two people at once lose nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from livestream.dto import Actor
from livestream.errors import Invalid, NothingPinned
from livestream.models import LiveStream
from livestream.services import desk, pins, streams

Step = Callable[[list[str]], list[str]]


class SetIsFull(Invalid):
    """Three are pinned already, and no place was named."""


def current(stream: LiveStream) -> list[str]:
    """The public ids that are pinned now, to whoever sees the livestream's pins: in a rehearsal to staff."""
    rows = stream.pins.open().filter(is_rehearsal=stream.is_rehearsal)
    return list(rows.values_list("item", flat=True))


def put(*, stream: LiveStream, item: str, place: int | None, actor: Actor, now: datetime) -> list[str]:
    """Pin one more, behind the others or at a place (1 to 3) instead of what is there; the ids pinned now.

    Raises SetIsFull, Invalid for a place that there is not, and what `desk.pin` does.
    """
    _check(place)
    return _step(stream, lambda pinned: _with(pinned, item, place), actor=actor, now=now)


def shift(*, stream: LiveStream, item: str, place: int, actor: Actor, now: datetime) -> list[str]:
    """Move a pinned one to a place; the ids pinned now. Raises NothingPinned, and what `put` does."""
    _check(place)
    return _step(stream, lambda pinned: _moved(pinned, item, place), actor=actor, now=now)


def take(*, stream: LiveStream, ids: Sequence[str], actor: Actor, now: datetime) -> list[str]:
    """Take products away; the ids that went. Raises what `desk.unpin` does."""
    if stream.is_rehearsal:
        return pins.unpin(stream=stream, ids=ids, actor=actor, now=now, in_rehearsal=True)
    return desk.unpin(stream=stream, ids=ids, actor=actor, now=now)


def replace(*, stream: LiveStream, ids: Sequence[str], actor: Actor, now: datetime) -> list[str]:
    """Pin these instead of all others; the ids pinned now. Raises what `desk.pin` does."""
    if stream.is_rehearsal:
        return pins.pin(stream=stream, ids=ids, actor=actor, now=now, in_rehearsal=True)
    return desk.pin(stream=stream, ids=ids, actor=actor, now=now)


def _check(place: int | None) -> None:
    if place is not None and not 1 <= place <= pins.MOST:
        raise Invalid(_("A place is a number from 1 to 3."))


def _step(stream: LiveStream, step: Step, *, actor: Actor, now: datetime) -> list[str]:
    """Nothing is locked while a hosted account is asked: the last word is the account's."""
    if stream.channel.backend and stream.remote_id and not stream.is_rehearsal:
        return replace(stream=stream, ids=step(current(stream)), actor=actor, now=now)
    with transaction.atomic():
        row = streams.locked(stream.pk)
        return replace(stream=row, ids=step(current(row)), actor=actor, now=now)


def _with(pinned: list[str], item: str, place: int | None) -> list[str]:
    if item in pinned:
        return _moved(pinned, item, place) if place else pinned
    if place and place <= len(pinned):
        return [*pinned[: place - 1], item, *pinned[place:]]
    if len(pinned) >= pins.MOST:
        words = _("Three products are pinned already. Take one away, or choose the place of the new one.")
        raise SetIsFull(words)
    return [*pinned, item]


def _moved(pinned: list[str], item: str, place: int) -> list[str]:
    if item not in pinned:
        raise NothingPinned
    others = [one for one in pinned if one != item]
    return [*others[: place - 1], item, *others[place - 1 :]]
