"""Parcels of a gift, and the worker that asks about them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from gifting.dto import Actor, ActorKind
from gifting.models import Shipment, VideoContainer, WebhookReceipt
from gifting.services import containers, inbox, tracking
from tests.fakes.here import push

SHOP = Actor(ActorKind.SHOP)
STAFF = Actor(ActorKind.STAFF, "maria")
CODE = "1Z999"
NewContainer = Callable[..., VideoContainer]


def attach(gift: VideoContainer, now: datetime, *, code: str = CODE, carrier: str = "ups") -> Shipment:
    """As a shop does, by PATCH; an empty carrier is not said."""
    said = {"shipmentCode": code, "shipmentCarrier": carrier}
    changes = {word: value for word, value in said.items() if value}
    containers.change_container(container=gift, changes=changes, actor=SHOP, now=now)
    return gift.order.shipments.latest("pk")


def ask(parcel: Shipment, at: datetime) -> Shipment:
    """What the worker does for one parcel."""
    tracking.ask(pk=parcel.pk, now=at)
    return Shipment.objects.get(pk=parcel.pk)


def work(at: datetime) -> None:
    """What the worker does with the pushes and the parcels that are due."""
    for pk in WebhookReceipt.objects.due(at).values_list("pk", flat=True):
        inbox.process(pk=pk, now=at)
    for pk in tracking.next_questions(limit=100, now=at):
        tracking.ask(pk=pk, now=at)


def pushed(content: bytes, at: datetime, *, alias: str = "here", **headers: Any) -> None:
    """A push comes in and is read."""
    inbox.receive(alias=alias, push=push(content, **headers), now=at)
    work(at)
