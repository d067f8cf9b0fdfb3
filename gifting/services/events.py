"""What is told of parcels, kept once, in any order. Pushed news is committed before parcels are looked for,
a new parcel before its job looks for news: so neither can miss the other.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from gifting.carriers.base import Carrier, ParcelNews
from gifting.dto import Actor, ActorKind
from gifting.models import JournalEntry, Shipment, TrackingEvent, VideoContainer
from gifting.services import carriers, containers, deliveries, hosting, journal

Event = JournalEntry.Event
Status = Shipment.Status
State = Shipment.State
AHEAD = timedelta(days=1)
LABEL_MAX = 200
CODE_MAX = 100
RANKS = {status: rank for rank, status in enumerate(Status.values)}
VERDICTS = {Status.RETURNED: 2, Status.DELIVERED: 1}
"""What decides, whenever it happened: a parcel that went back was delivered to its sender, if at all."""


def keep_pushed(news: Iterable[ParcelNews], *, source: str, now: datetime) -> QuerySet[Shipment]:
    """Keep pushed news under its code. Gives the parcels that have such a code, of any order and brand."""
    events = [_event(one, source=source, now=now) for one in news]
    kept = [event for event in events if 1 <= len(event.code) <= CODE_MAX and event.code.isprintable()]
    kept.sort(key=lambda event: (event.code, event.status, event.happened_at))  # Or workers may deadlock.
    TrackingEvent.objects.bulk_create(kept, ignore_conflicts=True)
    return with_order().filter(code_key__in={event.code for event in kept})


def with_order() -> QuerySet[Shipment]:
    """Parcels with all that leads to their gift."""
    return Shipment.objects.select_related("order__brand", "order__container__hosted").order_by("pk")


def who_can_tell(shipment: Shipment) -> list[tuple[str, Carrier]]:
    """Alias and carrier of everybody who can be asked about this parcel. A vendor asks for its own gifts."""
    if not shipment.code_key or hosting.is_hosted(shipment.order.container):
        return []
    return list(carriers.askable(shipment.carrier))


def is_believed(source: str, shipment: Shipment) -> bool:
    """Is a push of this alias enough? An unsigned one is not, where somebody can be asked if it is true."""
    return carriers.is_signed(source) or not who_can_tell(shipment)


@transaction.atomic
def catch_up(shipment: Shipment, *, now: datetime) -> None:
    """Tell the parcel what was pushed under its code, also before it was ours, where that is believed."""
    container, current = _hold(shipment)
    if current is None:
        return
    pushed = list(TrackingEvent.objects.filter(shipment=None, code=current.code_key))
    believed = {source for source in {one.source for one in pushed} if is_believed(source, current)}
    _tell(container, current, [one for one in pushed if one.source in believed], now=now)


@transaction.atomic
def tell_answer(shipment: Shipment, news: Sequence[ParcelNews], *, source: str, now: datetime) -> None:
    """Tell the parcel what its carrier answered; nothing where it got another code or carrier meanwhile."""
    container, current = _hold(shipment)
    if current and (current.code_key, current.carrier) == (shipment.code_key, shipment.carrier):
        _tell(container, current, [_event(one, source=source, now=now) for one in news], now=now)


def _hold(shipment: Shipment) -> tuple[VideoContainer, Shipment | None]:
    """The gift, then the parcel, as they are now: everybody takes them in this order. None: removed."""
    container = containers.lock(shipment.order.container)
    return container, with_order().filter(pk=shipment.pk).first()


def _event(news: ParcelNews, *, source: str, now: datetime) -> TrackingEvent:
    return TrackingEvent(
        code="".join(news.code.split()).upper(),
        status=news.status.value,
        happened_at=news.happened_at,
        label="".join(filter(str.isprintable, news.label))[:LABEL_MAX],
        source=source,
        received_at=now,
    )


def _tell(
    container: VideoContainer, shipment: Shipment, events: Collection[TrackingEvent], *, now: datetime
) -> None:
    if not events:
        return
    copies = [_copy(event, shipment) for event in events]
    TrackingEvent.objects.bulk_create(copies, ignore_conflicts=True)
    history = list(shipment.events.all())
    heard_at = max(event.received_at for event in history)
    Shipment.objects.filter(pk=shipment.pk).update(heard_at=heard_at)
    _follow(container, shipment, decisive(history), now=now)


def _copy(event: TrackingEvent, shipment: Shipment) -> TrackingEvent:
    return TrackingEvent(
        shipment=shipment,
        code=shipment.code_key,
        status=event.status,
        happened_at=event.happened_at,
        label=event.label,
        source=event.source,
        received_at=event.received_at,
    )


def decisive(history: Iterable[TrackingEvent]) -> TrackingEvent:
    """The event that says where the parcel is: a return, else an arrival, else the latest."""
    return max(history, key=_weight)


def _weight(event: TrackingEvent) -> tuple[int, datetime, int]:
    """A time that is still to come says nothing of when it happened."""
    is_ahead = event.happened_at > event.received_at + AHEAD
    happened_at = event.received_at if is_ahead else event.happened_at
    return VERDICTS.get(Status(event.status), 0), happened_at, RANKS[event.status]


def _follow(container: VideoContainer, shipment: Shipment, event: TrackingEvent, *, now: datetime) -> None:
    """What arrived stays arrived: its mail may be out."""
    if shipment.delivered_at or event.status == shipment.status:
        return
    actor = Actor(ActorKind.CARRIER, event.source)
    if event.status == Status.DELIVERED:
        if deliveries.confirm_delivery(shipment=shipment, actor=actor, now=now):
            return  # The journal has it.
    else:
        _move(shipment, Status(event.status))
    is_back = event.status == Status.RETURNED
    detail = {"code": shipment.code, "carrier": shipment.carrier, "status": event.status}
    journal.write(container, Event.RETURNED if is_back else Event.TRACKED, actor=actor, now=now, **detail)


def _move(shipment: Shipment, status: Shipment.Status) -> None:
    changes = {"status": status} | ({"state": State.DONE} if status == Status.RETURNED else {})
    Shipment.objects.filter(pk=shipment.pk).update(**changes)
