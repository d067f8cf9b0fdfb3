"""Pins products and takes them away: the set is replaced, committed, and handed to every viewer."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from livestream.dto import Actor
from livestream.errors import Invalid, NothingPinned, NotLive, ProductsUnknown
from livestream.models import JournalEntry, LiveStream, Pin
from livestream.services import journal, streams
from livestream.services.items import Item, find_items

MOST = 3
Event = JournalEntry.Event


def check_ids(ids: object) -> list[str]:
    """1 to 3 strings. Raises Invalid in the words of the seed (002, sections 6.7 and 7.7)."""
    if ids is None:
        raise Invalid("product_ids is required")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise Invalid("product_ids must be an array of strings")
    if not ids:
        raise Invalid("product_ids cannot be empty")
    if len(ids) > MOST:
        raise Invalid(f"Maximum {MOST} products allowed per request")
    return ids


@transaction.atomic
def pin(
    *, stream: LiveStream, ids: Sequence[str], actor: Actor, now: datetime, in_rehearsal: bool = False
) -> list[str]:
    """Replace the pinned set by these products and units, in this order; the ids that are pinned now.

    What stays pinned keeps its row. `in_rehearsal`: staff's own set, where the livestream is rehearsed.
    Raises Malformed, ProductsUnknown, NotLive, and BusUnavailable once the change is saved.
    """
    row = streams.locked(stream.pk)
    items = find_items(channel=row.channel, ids=ids)
    if not items:
        raise ProductsUnknown
    if not (row.is_rehearsal if in_rehearsal else row.is_live):
        raise NotLive
    _replace(row, items, actor=actor, now=now, in_rehearsal=in_rehearsal)
    streams.fill_tray(stream=row, products=[item.product for item in items])
    streams.touch(row)
    pinned = [item.id for item in items]
    journal.write(row, Event.PINNED, actor=actor, now=now, items=pinned)
    return pinned


def _replace(row: LiveStream, items: list[Item], *, actor: Actor, now: datetime, in_rehearsal: bool) -> None:
    places = {item.id: place for place, item in enumerate(items, 1)}
    open_pins = list(row.pins.open().filter(is_rehearsal=in_rehearsal))
    stay = [pin for pin in open_pins if pin.item in places]
    _close([pin for pin in open_pins if pin.item not in places], now=now)
    _reorder(stay, places)
    kept = {pin.item for pin in stay}
    Pin.objects.bulk_create(
        [
            Pin(
                stream=row,
                product=item.product,
                unit=item.unit,
                item=item.id,
                position=places[item.id],
                is_rehearsal=in_rehearsal,
                pinned_at=now,
                pinned_by=str(actor),
            )
            for item in items
            if item.id not in kept
        ]
    )


def _close(pins: list[Pin], *, now: datetime) -> None:
    if pins:
        Pin.objects.filter(pk__in=[pin.pk for pin in pins]).close(now)


def _reorder(pins: list[Pin], places: dict[str, int]) -> None:
    moved = [pin for pin in pins if pin.position != places[pin.item]]
    for pin in moved:
        pin.position = places[pin.item]
    if moved:
        Pin.objects.bulk_update(moved, ["position"])


@transaction.atomic
def unpin(
    *, stream: LiveStream, ids: Sequence[str], actor: Actor, now: datetime, in_rehearsal: bool = False
) -> list[str]:
    """Take products away, in any status; the ids that were pinned and no longer are, in the order of `ids`.

    Raises NothingPinned, and BusUnavailable once the change is saved.
    """
    row = streams.locked(stream.pk)
    there = {pin.item: pin for pin in row.pins.open().filter(is_rehearsal=in_rehearsal)}
    gone = [there[one] for one in dict.fromkeys(ids) if one in there]
    if not gone:
        raise NothingPinned
    _close(gone, now=now)
    streams.touch(row)
    unpinned = [pin.item for pin in gone]
    journal.write(row, Event.UNPINNED, actor=actor, now=now, items=unpinned)
    return unpinned
