"""How often a carrier is asked: no more than it allows, however many workers there are."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic

import pytest
from pytest_django import Settings

from gifting.models import CarrierBudget, Shipment, VideoContainer
from gifting.services import carriers, tracking
from gifting.services.carriers import OverBudget
from tests.fakes.here import Here, Knowledge, asking, connect, fresh_world
from tests.racing import at_once, needs_postgres

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 3, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
NO_PATIENCE = timedelta(0)
State = Shipment.State
Parcels = Callable[..., list[Shipment]]


@pytest.fixture(autouse=True)
def world(db: None) -> Iterator[Knowledge]:
    with fresh_world() as world:
        yield world


@pytest.fixture
def parcels(container: VideoContainer) -> Parcels:
    """So many parcels of UPS that are due since `NOW`."""

    def make(count: int, **facts: object) -> list[Shipment]:
        facts = {"carrier": "ups", "state": State.QUEUED, "due_at": NOW, "created_at": NOW, **facts}
        codes = [f"{facts['carrier']}{facts.get('status', '')}{number}" for number in range(count)]
        return [Shipment.objects.create(order=container.order, code=code, **facts) for code in codes]

    return make


def take(
    carrier: Here, at: datetime = NOW, *, urgent: bool = False, patience: timedelta = NO_PATIENCE
) -> timedelta:
    return carriers.take_question("ups", carrier, is_urgent=urgent, patience=patience, now=at)


def taken(carrier: Here, at: datetime = NOW, *, urgent: bool = False) -> bool:
    try:
        take(carrier, at, urgent=urgent)
    except OverBudget:
        return False
    return True


def test_a_day_has_no_more_questions_than_the_carrier_allows() -> None:
    carrier = Here(per_day=4)
    assert [taken(carrier) for _ in range(6)] == [True] * 4 + [False] * 2


def test_the_next_day_begins_at_midnight_utc() -> None:
    carrier = Here(per_day=1)
    take(carrier)
    with pytest.raises(OverBudget) as refusal:
        take(carrier)
    assert refusal.value.free_at == MIDNIGHT
    assert taken(carrier, MIDNIGHT)


def test_a_part_of_the_day_is_kept_for_parcels_at_the_door() -> None:
    carrier = Here(per_day=10)
    assert [taken(carrier) for _ in range(10)] == [True] * 8 + [False] * 2
    assert [taken(carrier, urgent=True) for _ in range(3)] == [True, True, False]


def test_between_two_questions_there_is_a_pause() -> None:
    carrier = Here(spacing=10 * SECOND)
    take(carrier)
    with pytest.raises(OverBudget) as refusal:
        take(carrier, NOW + SECOND)
    assert refusal.value.free_at == NOW + 10 * SECOND
    assert taken(carrier, NOW + 10 * SECOND)


def test_the_pause_holds_across_midnight() -> None:
    carrier = Here(spacing=10 * SECOND)
    take(carrier, MIDNIGHT - SECOND)
    assert not taken(carrier, MIDNIGHT + SECOND)
    assert taken(carrier, MIDNIGHT + 9 * SECOND)


def test_who_is_patient_gets_the_next_turns() -> None:
    carrier = Here(spacing=SECOND)
    assert [take(carrier, patience=2 * SECOND) for _ in range(3)] == [0 * SECOND, SECOND, 2 * SECOND]
    with pytest.raises(OverBudget):
        take(carrier, patience=2 * SECOND)


def test_each_alias_has_a_budget_of_its_own() -> None:
    carrier = Here(per_day=1)
    take(carrier)
    carriers.take_question("dhl", carrier, is_urgent=False, patience=NO_PATIENCE, now=NOW)
    assert CarrierBudget.objects.count() == 2


def test_who_has_no_limits_is_not_counted() -> None:
    take(Here())
    assert not CarrierBudget.objects.exists()


def test_a_parcel_waits_until_there_is_room_and_uses_up_no_attempt(
    parcels: Parcels, settings: Settings, world: Knowledge
) -> None:
    connect(settings, ups=asking(per_day=1))
    first, second = parcels(2)
    for parcel in (first, second):
        tracking.ask(pk=parcel.pk, now=NOW)
    second.refresh_from_db()
    assert len(world.asked) == 1
    assert (second.state, second.attempts, second.failures, second.due_at) == (State.QUEUED, 0, 0, MIDNIGHT)


def test_the_sweep_takes_no_more_than_fits_into_a_minute(parcels: Parcels, settings: Settings) -> None:
    connect(settings, ups=asking(spacing=4 * SECOND), dhl=asking("dhl", serves="dhl"))
    parcels(15)
    others = parcels(12, carrier="dhl")
    found = tracking.next_questions(limit=100, now=NOW)
    assert len(found) == 10 + 12
    assert set(found) >= {parcel.pk for parcel in others}


def test_among_them_those_at_the_door_come_first(parcels: Parcels, settings: Settings) -> None:
    connect(settings, ups=asking(spacing=20 * SECOND))
    parcels(5, due_at=NOW - MINUTE)
    urgent = parcels(2, status="out_for_delivery")
    assert set(tracking.next_questions(limit=100, now=NOW)) == {parcel.pk for parcel in urgent}


def test_a_worker_of_the_sweep_waits_for_its_turn(
    parcels: Parcels, settings: Settings, world: Knowledge
) -> None:
    connect(settings, ups=asking(spacing=timedelta(seconds=0.2)))
    began = monotonic()
    for parcel in parcels(3):
        tracking.ask(pk=parcel.pk, now=NOW, is_patient=True)
    assert len(world.asked) == 3
    assert monotonic() - began >= 0.2 + 0.4


def test_of_more_parcels_than_questions_each_has_its_day(
    parcels: Parcels, settings: Settings, world: Knowledge
) -> None:
    connect(settings, ups=asking(per_day=1))
    parcels(3)
    for hour in range(2 * 24):  # Of three days in UTC.
        at = NOW + timedelta(hours=hour)
        for pk in tracking.next_questions(limit=100, now=at):
            tracking.ask(pk=pk, now=at)
    assert sorted(code for _name, code in world.asked) == ["UPS0", "UPS1", "UPS2"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_workers_together_never_ask_too_often() -> None:
    needs_postgres()
    carrier = Here(per_day=5)
    done = [taken(carrier) for _ in range(2)] + at_once(*[partial(taken, carrier)] * 12)
    assert done.count(True) == CarrierBudget.objects.get().used == 4


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_workers_together_keep_the_pauses() -> None:
    needs_postgres()
    carrier = Here(spacing=SECOND)
    waits = at_once(*[partial(take, carrier, patience=MINUTE)] * 8)
    assert sorted(waits) == [number * SECOND for number in range(8)]
