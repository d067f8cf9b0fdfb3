"""What staff do with the parcels of an order: the checks of a shop's PATCH, and more than one parcel."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from gifting.dto import Actor
from gifting.errors import Invalid, Locked
from gifting.models import Shipment, VendorCall, VideoContainer
from gifting.services import containers, deliveries, hosting, parcels


@transaction.atomic
def add(*, container: VideoContainer, code: str, carrier: str, actor: Actor, now: datetime) -> Shipment:
    """One more parcel; the first that arrives delivers the gift. `carrier` may be empty: not known yet.

    Raises Invalid for a bad code, an unknown carrier or a code that the order has, Locked once the gift is
    closed.
    """
    container = _hold(container)
    said = _checked(code, carrier)
    _refuse_twin(container, code, but=None)
    shipment = parcels.put(container, said, actor=actor, now=now)
    _tell_vendor(container, said, now=now)
    return shipment


@transaction.atomic
def change(*, shipment: Shipment, code: str, carrier: str, actor: Actor, now: datetime) -> None:
    """Correct a parcel; another code or carrier starts its tracking anew.

    Raises as `add`, and Locked for a parcel that arrived.
    """
    container = _hold(shipment.order.container)
    shipment = _under_way(shipment)
    said = _checked(code, carrier)
    _refuse_twin(container, code, but=shipment)
    parcels.correct(container, shipment, {"carrier": "", **said}, actor=actor, now=now)
    _tell_vendor(container, said, now=now)


@transaction.atomic
def remove(*, shipment: Shipment, actor: Actor, now: datetime) -> None:
    """Take away a parcel that is none. Raises Locked for one that arrived, or once the gift is closed."""
    container = _hold(shipment.order.container)
    parcels.remove(container, _under_way(shipment), actor=actor, now=now)


@transaction.atomic
def deliver_by_hand(*, shipment: Shipment, actor: Actor, now: datetime) -> bool:
    """Staff know that it arrived, whatever its carrier says. False where the gift was delivered before.

    Raises Locked for a parcel that arrived, once the gift is closed, or where an account delivers it.
    """
    hosting.refuse_hosted(_hold(shipment.order.container))
    return deliveries.confirm_delivery(shipment=_under_way(shipment), actor=actor, now=now)


def _hold(container: VideoContainer) -> VideoContainer:
    container = containers.lock(container)
    containers.refuse_closed(container)
    return container


def _under_way(shipment: Shipment) -> Shipment:
    """The row as it is now."""
    found = Shipment.objects.select_related("order__container").filter(pk=shipment.pk).first()
    if found is None:
        raise Locked(_("This parcel was removed in the meantime."))
    if found.delivered_at:
        raise Locked(_("This parcel has arrived; it can no longer be changed."))
    return found


def _checked(code: str, carrier: str) -> dict[str, str]:
    said = {"code": code} | ({"carrier": carrier} if carrier else {})
    parcels.check(said)
    return said


def _tell_vendor(container: VideoContainer, said: Mapping[str, str], *, now: datetime) -> None:
    """Where the gift lives in an account, the vendor knows one parcel: the last that was named."""
    words = {word: said[field] for word, field in parcels.FIELDS.items() if field in said}
    hosting.push(container, VendorCall.Action.CHANGE, words, now=now)


def _refuse_twin(container: VideoContainer, code: str, *, but: Shipment | None) -> None:
    if any(
        parcel != but and parcel.code_key == parcels.key(code) for parcel in container.order.shipments.all()
    ):
        problem = _("This order already has a parcel with this code.")
        raise Invalid(problem, fields={"shipmentCode": problem})
