"""Parcels of an order: attached by the shop or by staff."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gifting.dto import Actor
from gifting.errors import Invalid
from gifting.models import JournalEntry, Shipment, VideoContainer
from gifting.services import journal

FIELDS = {"shipmentCode": "code", "shipmentCarrier": "carrier"}


def attach(*, container: VideoContainer, changes: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Put code or carrier on the order's parcel that is under way, or on a new one. Raises Invalid."""
    said = {FIELDS[name]: changes[name] for name in FIELDS if name in changes}
    if not said:
        return
    _check(said)
    shipment = container.order.shipments.filter(delivered_at__isnull=True).first()
    shipment = shipment or Shipment(order=container.order, created_at=now)
    for field, value in said.items():
        setattr(shipment, field, value)
    shipment.save()
    journal.write(container, JournalEntry.Event.SHIPPED, actor=actor, now=now, **said)


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
