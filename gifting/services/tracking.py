"""Asking carriers where parcels are. A parcel's row is the job: it says when its carrier is asked again."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain
from time import sleep
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext as _

from gifting.carriers.base import Carrier, ParcelNews
from gifting.conf import conf
from gifting.dto import Actor
from gifting.errors import GiftingError, Locked, ParcelUnknown, VendorError, VendorUnavailable
from gifting.models import JournalEntry, Shipment, TrackingEvent
from gifting.services import carriers, containers, events, jobs, journal, parcels

log = logging.getLogger(__name__)
Status = Shipment.Status
State = Shipment.State
Known = list[tuple[str, Carrier]]
SOON = timedelta(minutes=20)
CADENCE: dict[str, timedelta] = {
    Status.SHIPPED: timedelta(hours=3),
    Status.IN_TRANSIT: timedelta(hours=2),
    Status.OUT_FOR_DELIVERY: SOON,
    Status.PROBLEM: timedelta(hours=6),
}
WAKE_LIMIT = 1000
NO_TIME = timedelta(0)
LONGEST_WAIT = timedelta(hours=6)
PATIENCE = timedelta(seconds=2)
"""How long a worker that the sweep started waits for its turn at a carrier that wants pauses."""
HINT_PAUSE = timedelta(minutes=1)
HINT_LASTS = timedelta(days=1)
KILLED = "The worker was stopped while it asked the carrier, each time that it tried."


def take_news(*, news: Iterable[ParcelNews], source: str, now: datetime) -> int:
    """Keep pushed news, and tell it to every parcel with its code. Gives how many there are.

    Any number of times, in any order; not inside a transaction. What an unsigned source says is a hint where
    somebody can be asked: that happens at once, and nothing else.
    """
    named = list(events.keep_pushed(news, source=source, now=now))
    for shipment in named:
        if events.is_believed(source, shipment):
            events.catch_up(shipment, now=now)
        else:
            _ask_soon(shipment, now=now)
    return len(named)


def _ask_soon(shipment: Shipment, *, now: datetime) -> None:
    """Not one that arrived, nor one whose carrier asked to be left alone for a while.

    One about which nobody could be asked before has somebody by now, or the hint would be believed.
    """
    due_at = max(now, shipment.asked_at + HINT_PAUSE) if shipment.asked_at else now
    later = Q(state=State.QUEUED, due_at__gt=due_at) | Q(state__in=[State.STOPPED, State.IDLE])
    if Shipment.objects.filter(later, pk=shipment.pk, failures=0).update(state=State.QUEUED, due_at=due_at):
        jobs.enqueue("ask_carrier", shipment.pk)


def next_questions(*, limit: int, now: datetime) -> list[int]:
    """The keys of due parcels: those on their way to the door first, then those that wait longest.

    Of those that waited for the same midnight the one that was asked about last comes last. Carriers that
    want pauses get no more than fit into a minute.
    """
    shares = carriers.share_of_a_minute()
    at_the_door = Case(When(status=Status.OUT_FOR_DELIVERY, then=0), default=1)
    order = (at_the_door, "due_at", F("asked_at").asc(nulls_first=True))
    due = Shipment.objects.due(now).order_by(*order).values_list("pk", flat=True)
    found = [list(due.filter(carrier=word)[:share]) for word, share in shares.items()]
    return [*chain.from_iterable(found), *due.exclude(carrier__in=shares)[:limit]]


def wake_idle(*, now: datetime) -> None:
    """Once an hour: since a carrier was connected, somebody can be asked about parcels that are idle."""
    if now.minute:
        return
    words = [word for word in Shipment.Carrier.values if any(carriers.askable(word))]
    rows = Shipment.objects.filter(state=State.IDLE, delivered_at=None, carrier__in=words).exclude(code="")
    young = rows.filter(created_at__gt=now - timedelta(days=conf().TRACKING_DAYS))
    ours = young.filter(order__container__hosted=None).exclude(status=Status.RETURNED)
    found = list(ours.values_list("pk", flat=True)[:WAKE_LIMIT])
    Shipment.objects.filter(pk__in=found, state=State.IDLE).update(state=State.QUEUED, due_at=now)


def ask(*, pk: int, now: datetime, is_patient: bool = False) -> None:
    """The job of a parcel: hear what was pushed before, then ask, then plan the next question.

    Does nothing where another worker has it. `is_patient`: it may wait a moment for its turn.
    """
    if not (claimed := _claim(pk, now=now)):
        return
    events.catch_up(claimed, now=now)
    if not (shipment := _mine(claimed).first()):
        return  # It arrived, or was changed.
    if shipment.order.container.state in containers.CLOSED:
        _end(shipment, State.STOPPED)
    elif shipment.status in parcels.FINAL:
        _end(shipment, State.DONE)
    elif known := events.who_can_tell(shipment):
        _ask(shipment, known, patience=PATIENCE if is_patient else NO_TIME, now=now)
    else:
        _end(shipment, State.IDLE)


def _claim(pk: int, *, now: datetime) -> Shipment | None:
    due = Shipment.objects.due(now).filter(pk=pk)
    if jobs.claim(due, state=State.ASKING, now=now):
        return events.with_order().filter(pk=pk).first()
    due.filter(attempts__gte=conf().JOB_MAX_ATTEMPTS).update(
        state=State.FAILED, attempts=0, last_error=KILLED
    )
    return None


def _mine(shipment: Shipment) -> QuerySet[Shipment]:
    """The row while it is ours. Attempts start anew with each question, so the lease tells them apart."""
    rows = events.with_order().filter(state=State.ASKING, due_at=shipment.due_at)
    return rows.filter(pk=shipment.pk, attempts=shipment.attempts)


def _end(shipment: Shipment, state: Shipment.State, **facts: Any) -> None:
    _mine(shipment).update(state=state, attempts=0, **facts)


def _ask(shipment: Shipment, known: Known, *, patience: timedelta, now: datetime) -> None:
    try:
        problem = _question(shipment, known, patience=patience, now=now)
    except carriers.OverBudget as exc:
        _plan(shipment, exc.free_at, now=now)
    except VendorUnavailable as exc:
        _later(shipment, exc.message, exc.retry_after or 0, now=now)
    except GiftingError as exc:
        _end(shipment, State.FAILED, asked_at=now, last_error=exc.message)
    except Exception as exc:  # A carrier's own code, which any project can write.
        log.warning("Asking about parcel %s failed: %s", shipment.pk, type(exc).__name__, exc_info=True)
        _later(shipment, f"The answer could not be read ({type(exc).__name__}).", 0, now=now)
    else:
        _answered(shipment, known, problem, now=now)


def _question(shipment: Shipment, known: Known, *, patience: timedelta, now: datetime) -> str:
    """Ask one after the other until somebody knows the parcel. Gives what the last one said who did not.

    Raises the trouble of one that could not answer, where no other knew.
    """
    problem, trouble, is_urgent = "", None, _pace(shipment, now=now) <= SOON
    for alias, carrier in known:
        pause = carriers.take_question(alias, carrier, is_urgent=is_urgent, patience=patience, now=now)
        sleep(pause.total_seconds())
        try:
            news = carrier.ask(shipment.code_key)
        except ParcelUnknown as exc:
            problem = exc.message
        except VendorError as exc:
            trouble = exc
        else:
            _tell_all(shipment, news, source=alias, now=now)
            return ""
    if trouble:
        raise trouble
    return problem


def _tell_all(shipment: Shipment, news: list[ParcelNews], *, source: str, now: datetime) -> None:
    """Parcels of several orders may travel as one."""
    for twin in events.with_order().filter(code_key=shipment.code_key, carrier=shipment.carrier):
        events.tell_answer(twin, news, source=source, now=now)


def _answered(shipment: Shipment, known: Known, problem: str, *, now: datetime) -> None:
    facts = {"asked_at": now, "failures": 0, "last_error": problem}
    if current := _mine(shipment).first():
        intervals = [carrier.interval for _alias, carrier in known]
        _plan(shipment, now + max(_pace(current, now=now), *intervals), now=now, **facts)
    else:
        arrived = Shipment.objects.filter(pk=shipment.pk, state=State.DONE)
        arrived.update(attempts=0, **facts)


def _pace(shipment: Shipment, *, now: datetime) -> timedelta:
    """How often to ask. A hint that it arrives today makes it urgent, until that is confirmed."""
    hints = TrackingEvent.objects.filter(
        shipment=None,
        code=shipment.code_key,
        status__in=[Status.OUT_FOR_DELIVERY, Status.DELIVERED],
        received_at__gt=now - HINT_LASTS,
    )
    return SOON if hints.exists() else CADENCE[shipment.status]


def _later(shipment: Shipment, problem: str, retry_after: int, *, now: datetime) -> None:
    """Twice as late each time, and not all parcels at once; the carrier's own wish counts."""
    failures = shipment.failures + 1
    wait = min(timedelta(minutes=2 ** min(failures, 10)), LONGEST_WAIT)
    wait = max(wait, timedelta(seconds=retry_after))
    jitter = wait * (shipment.pk % 16) / 160
    _plan(shipment, now + wait + jitter, now=now, asked_at=now, failures=failures, last_error=problem)


def _plan(shipment: Shipment, due_at: datetime, *, now: datetime, **facts: Any) -> None:
    """The next question, or none where it was asked for long enough. No attempt is used up."""
    is_over = now >= shipment.tracked_from + timedelta(days=conf().TRACKING_DAYS)
    _end(shipment, State.STOPPED if is_over else State.QUEUED, due_at=due_at, **facts)


@transaction.atomic
def ask_again(*, shipment: Shipment, actor: Actor, now: datetime) -> None:
    """Staff have the carrier asked at once, and for `TRACKING_DAYS` from now.

    Raises Locked for a parcel that arrived or came back, and where nobody can be asked.
    """
    container = containers.lock(shipment.order.container)
    containers.refuse_closed(container)
    found = events.with_order().filter(pk=shipment.pk).exclude(status__in=parcels.FINAL).first()
    if found is None:
        raise Locked(_("This parcel has arrived or came back; its carrier has no more to say."))
    if not events.who_can_tell(found):
        raise Locked(_("Nobody can be asked about this parcel. Choose its carrier, or connect that carrier."))
    Shipment.objects.filter(pk=found.pk).update(
        state=State.QUEUED, due_at=now, restarted_at=now, attempts=0, failures=0, last_error=""
    )
    journal.write(container, JournalEntry.Event.TRACKED, actor=actor, now=now, code=found.code, asked=True)
    jobs.enqueue("ask_carrier", found.pk)
