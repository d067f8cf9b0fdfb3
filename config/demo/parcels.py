"""Playing the carrier: what happens to the parcels of the sample shop."""

from dataclasses import dataclass
from datetime import datetime

from config.demo.brands import LUNE
from gifting.dto import Actor, ActorKind
from gifting.errors import NotFound
from gifting.models import Shipment, VideoContainer
from gifting.services import containers, deliveries

SHOP = Actor(ActorKind.SHOP, "demo")
CARRIER = Actor(ActorKind.CARRIER, "demo")
MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """An order's gift message and its last shipment, if there is one."""

    container: VideoContainer
    shipment: Shipment | None

    @property
    def can_ship(self) -> bool:
        return self.shipment is None and self.container.state not in containers.CLOSED

    @property
    def can_deliver(self) -> bool:
        return self.shipment is not None and self.shipment.delivered_at is None


def parcels() -> list[Parcel]:
    """The newest orders of the sample shop, each with its parcel."""
    mine = VideoContainer.objects.filter(order__brand__slug=LUNE).order_by("-order__created_at")
    rows = mine.select_related("order__brand").prefetch_related("order__shipments")[:MOST]
    return [Parcel(container=row, shipment=next(iter(row.order.shipments.all()), None)) for row in rows]


def find_parcel(*, pk: int) -> Parcel:
    """The parcel of a gift message. Raises NotFound, also for another brand's."""
    container = VideoContainer.objects.select_related("order").filter(pk=pk, order__brand__slug=LUNE).first()
    if container is None:
        raise NotFound("There is no such parcel.")
    return Parcel(container=container, shipment=container.order.shipments.first())


def ship(*, parcel: Parcel, now: datetime) -> None:
    """The shop hands the parcel over and says its tracking code, as by PATCH /v3/containers/{crid}."""
    code = {"shipmentCode": f"XL{parcel.container.pk:09d}FR", "shipmentCarrier": Shipment.Carrier.CHRONOPOST}
    containers.change_container(container=parcel.container, changes=code, actor=SHOP, now=now)


def deliver(*, parcel: Parcel, now: datetime) -> bool:
    """The carrier says that the parcel arrived. False where it had arrived before, or never left."""
    if parcel.shipment is None:
        return False
    return deliveries.confirm_delivery(shipment=parcel.shipment, actor=CARRIER, now=now)
