"""Parcels of an order: attached by the shop or by staff."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gifting.dto import Actor
from gifting.errors import Invalid
from gifting.models import JournalEntry, Order, Shipment, VideoContainer
from gifting.services import journal

FIELDS = {"shipmentCode": "code", "shipmentCarrier": "carrier"}


def attach(*, container: VideoContainer, changes: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Put code or carrier on the order's parcel, or on a new one; saying the same again changes nothing.

    Raises Invalid for a bad code or an unknown carrier.
    """
    said = {FIELDS[name]: changes[name] for name in FIELDS if name in changes}
    if not said:
        return
    _check(said)
    shipment = _parcel(container.order, said.get("code")) or Shipment(order=container.order, created_at=now)
    if said.items() <= {"code": shipment.code, "carrier": shipment.carrier}.items():
        return
    for field, value in said.items():
        setattr(shipment, field, value)
    shipment.save()
    journal.write(container, JournalEntry.Event.SHIPPED, actor=actor, now=now, **said)


def _parcel(order: Order, code: str | None) -> Shipment | None:
    """The parcel with this code, also once it arrived; else the one that is under way."""
    parcels = list(order.shipments.all())
    same = [parcel for parcel in parcels if parcel.code == code]
    under_way = [parcel for parcel in parcels if parcel.delivered_at is None]
    return next(iter(same + under_way), None)


def _check(said: Mapping[str, str]) -> None:
    code, carrier = said.get("code"), said.get("carrier")
    if code is not None and not (1 <= len(code) <= 100 and code.isprintable()):
        raise Invalid(
            "The tracking code must have 1 to 100 printable characters.",
            fields={"shipmentCode": "Must have 1 to 100 printable characters."},
        )
    if carrier is not None and carrier not in Shipment.Carrier.values:
        known = ", ".join(Shipment.Carrier.values)
        raise Invalid(
            f"This carrier is not known; use one of {known}.",
            fields={"shipmentCarrier": f"Must be one of {known}."},
        )
