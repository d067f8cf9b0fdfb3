"""Parcels on an order: put there, corrected, taken away. Callers hold the gift's row."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gifting.dto import Actor
from gifting.errors import Invalid
from gifting.models import JournalEntry, Order, Shipment, VideoContainer
from gifting.services import hosting, jobs, journal

Event = JournalEntry.Event
Status = Shipment.Status
State = Shipment.State
FIELDS = {"shipmentCode": "code", "shipmentCarrier": "carrier"}
FINAL = frozenset({Status.DELIVERED, Status.RETURNED})


def attach(*, container: VideoContainer, changes: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """A shop's PATCH: code or carrier of the parcel under way, or of a new one; the same again is nothing.

    Raises Invalid for a bad code or an unknown carrier.
    """
    said = {FIELDS[name]: changes[name] for name in FIELDS if name in changes}
    if not said:
        return
    check(said)
    if shipment := _meant(container.order, said):
        correct(container, shipment, said, actor=actor, now=now)
    else:
        put(container, said, actor=actor, now=now)


def put(container: VideoContainer, said: Mapping[str, str], *, actor: Actor, now: datetime) -> Shipment:
    """One more parcel with the checked `code` and `carrier`."""
    shipment = Shipment(order=container.order, created_at=now, due_at=now, **_stored(said))
    shipment.state = _first_state(container)
    shipment.save(force_insert=True)
    journal.write(container, Event.SHIPPED, actor=actor, now=now, **_stored(said))
    _enqueue(shipment)
    return shipment


def correct(
    container: VideoContainer, shipment: Shipment, said: Mapping[str, str], *, actor: Actor, now: datetime
) -> None:
    """Another code or carrier: what was told of the parcel counts no more, unless it has arrived."""
    before = (key(shipment.code), shipment.carrier)
    for field, value in _stored(said).items():
        setattr(shipment, field, value)
    if (key(shipment.code), shipment.carrier) == before:
        return
    shipment.save(update_fields=["code", "carrier"])
    if shipment.delivered_at is None:
        _restart(container, shipment, now=now)
    detail = {"code": shipment.code, "carrier": shipment.carrier, "change": "corrected"}
    journal.write(container, Event.SHIPPED, actor=actor, now=now, **detail)


def remove(container: VideoContainer, shipment: Shipment, *, actor: Actor, now: datetime) -> None:
    """The parcel is none of this order."""
    shipment.delete()
    detail = {"code": shipment.code, "carrier": shipment.carrier, "change": "removed"}
    journal.write(container, Event.SHIPPED, actor=actor, now=now, **detail)


def check(said: Mapping[str, str]) -> None:
    """Raises Invalid for a bad code or an unknown carrier."""
    code, carrier = said.get("code"), said.get("carrier")
    if code is not None and not (1 <= len(code) <= 100 and code.isprintable() and code.strip()):
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


def key(code: str) -> str:
    """The code as `Shipment.code_key` has it."""
    return code.replace(" ", "").upper()


def _meant(order: Order, said: Mapping[str, str]) -> Shipment | None:
    """The parcel with this code, also once it arrived; else the one under way.

    A carrier alone is that of the newest parcel, also once it arrived: it makes no parcel of its own.
    """
    parcels = list(order.shipments.all())
    same = [parcel for parcel in parcels if parcel.code_key == key(said.get("code", ""))]
    under_way = [parcel for parcel in parcels if parcel.status not in FINAL]
    return next(iter(same + under_way + ([] if "code" in said else parcels)), None)


def _stored(said: Mapping[str, str]) -> dict[str, str]:
    return {field: value.strip() for field, value in said.items()}


def _first_state(container: VideoContainer) -> Shipment.State:
    """The vendor of a hosted gift tracks by itself. Any other parcel has a job, which also finds out
    whether there is somebody to ask: after the commit, when no news can slip through any more.
    """
    return State.IDLE if hosting.is_hosted(container) else State.QUEUED


def _restart(container: VideoContainer, shipment: Shipment, *, now: datetime) -> None:
    shipment.events.all().delete()
    Shipment.objects.filter(pk=shipment.pk).update(
        status=Status.SHIPPED, state=_first_state(container), due_at=now, restarted_at=now,
        attempts=0, failures=0, last_error="", asked_at=None, heard_at=None,
    )  # fmt: skip
    _enqueue(shipment)


def _enqueue(shipment: Shipment) -> None:
    jobs.enqueue("ask_carrier", shipment.pk)
