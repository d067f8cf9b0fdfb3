"""Playing the carrier: what happens to the parcels of the sample shop."""

import json
from dataclasses import dataclass
from datetime import datetime

from standardwebhooks import Webhook

from config.demo.brands import LUNE
from gifting.carriers.base import Push
from gifting.conf import conf
from gifting.dto import Actor, ActorKind, ParcelStatus
from gifting.errors import NotFound
from gifting.models import Shipment, VideoContainer
from gifting.services import containers, inbox

SHOP = Actor(ActorKind.SHOP, "demo")
SENDER = "signed"
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
    def is_under_way(self) -> bool:
        """Does its carrier report to us? That of a hosted gift reports to the account."""
        is_open = self.shipment is not None and self.shipment.state != Shipment.State.DONE
        return is_open and not self.container.is_hosted


def parcels() -> list[Parcel]:
    """The newest orders of the sample shop, each with its parcel."""
    mine = VideoContainer.objects.filter(order__brand__slug=LUNE).order_by("-order__created_at")
    rows = mine.select_related("order__brand", "hosted").prefetch_related("order__shipments")[:MOST]
    return [Parcel(container=row, shipment=next(iter(row.order.shipments.all()), None)) for row in rows]


def find_parcel(*, pk: int) -> Parcel:
    """The parcel of a gift message. Raises NotFound, also for another brand's."""
    container = VideoContainer.objects.select_related("order").filter(pk=pk, order__brand__slug=LUNE).first()
    if container is None:
        raise NotFound("There is no such parcel.")
    return Parcel(container=container, shipment=container.order.shipments.first())


def ship(*, parcel: Parcel, now: datetime) -> None:
    """The shop hands the parcel over and says its tracking code, as by PATCH /v3/containers/{crid}."""
    code = {"shipmentCode": f"TOUR-{parcel.container.pk:06d}", "shipmentCarrier": Shipment.Carrier.COURSIER}
    containers.change_container(container=parcel.container, changes=code, actor=SHOP, now=now)


def report(*, parcel: Parcel, status: ParcelStatus, now: datetime) -> bool:
    """What a carrier's system does: a signed push. The worker reads it. False where nothing is under way."""
    if parcel.shipment is None or not parcel.is_under_way:
        return False
    inbox.receive(alias=SENDER, push=_signed(parcel.shipment, status, now=now), now=now)
    return True


def _signed(shipment: Shipment, status: ParcelStatus, *, now: datetime) -> Push:
    """As it would come in at `/webhooks/signed`. The same news again has the same id."""
    key = f"demo-{shipment.pk}-{status}"
    body = json.dumps({"trackingCode": shipment.code, "status": status, "happenedAt": now.isoformat()})
    secret = conf().CARRIERS[SENDER]["OPTIONS"]["secrets"][0]
    headers = {
        "webhook-id": key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(msg_id=key, timestamp=now, data=body),
    }
    return Push(headers=headers, body=body.encode())
