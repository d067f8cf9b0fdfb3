"""Asking carriers: when, how often, and what becomes of the answer."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from gifting import tasks
from gifting.errors import VendorRejected, VendorUnavailable
from gifting.models import (
    CarrierBudget,
    JournalEntry,
    OutgoingMessage,
    Shipment,
    TrackingEvent,
    VideoContainer,
)
from gifting.services import containers, tracking
from tests.fakes.here import Knowledge, asking, connect, fresh_world, news
from tests.gifting.tracked import CODE, SHOP, NewContainer, ask, attach

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
State, Status = Shipment.State, Shipment.Status


@pytest.fixture
def world(settings: Settings, db: None) -> Iterator[Knowledge]:
    """One carrier, for parcels of UPS."""
    connect(settings, here=asking())
    with fresh_world() as world:
        yield world


@pytest.fixture
def parcel(world: Knowledge, container: VideoContainer, now: datetime) -> Shipment:
    return attach(container, now)


def moving(world: Knowledge, status: str, at: datetime, code: str = CODE) -> None:
    world.says[code] = [news(code, status, at)]


def test_a_new_parcel_is_asked_about_at_once(parcel: Shipment, world: Knowledge, now: datetime) -> None:
    ask(parcel, now)
    assert world.asked == [("here", CODE)]


def test_the_answer_becomes_the_parcels_status(parcel: Shipment, world: Knowledge, now: datetime) -> None:
    moving(world, "in_transit", now)
    asked = ask(parcel, now)
    assert (asked.status, asked.asked_at, asked.heard_at) == (Status.IN_TRANSIT, now, now)


def test_an_arrival_delivers_the_gift(
    parcel: Shipment, world: Knowledge, container: VideoContainer, now: datetime
) -> None:
    moving(world, "delivered", now)
    asked = ask(parcel, now)
    container.refresh_from_db()
    assert (asked.status, asked.state) == (Status.DELIVERED, State.DONE)
    assert container.state == VideoContainer.State.DELIVERED


def test_a_return_is_written_down_and_delivers_nothing(
    parcel: Shipment, world: Knowledge, container: VideoContainer, now: datetime
) -> None:
    world.says[CODE] = [news(CODE, "delivered", now), news(CODE, "returned", now - DAY)]
    asked = ask(parcel, now)
    container.refresh_from_db()
    assert (asked.status, asked.state) == (Status.RETURNED, State.DONE)
    assert container.delivered_at is None
    assert JournalEntry.objects.filter(event="returned").count() == 1


@pytest.mark.parametrize(
    ("status", "wait"),
    [
        ("shipped", 3 * HOUR),
        ("in_transit", 2 * HOUR),
        ("out_for_delivery", 20 * MINUTE),
        ("problem", 6 * HOUR),
    ],
)
def test_the_nearer_the_parcel_the_sooner_it_is_asked_again(
    parcel: Shipment, world: Knowledge, now: datetime, status: str, wait: timedelta
) -> None:
    moving(world, status, now)
    asked = ask(parcel, now)
    assert (asked.state, asked.due_at, asked.attempts) == (State.QUEUED, now + wait, 0)


def test_never_sooner_than_the_carrier_wants(
    container: VideoContainer, settings: Settings, world: Knowledge, now: datetime
) -> None:
    connect(settings, here=asking(interval=5 * HOUR))
    moving(world, "out_for_delivery", now)
    assert ask(attach(container, now), now).due_at == now + 5 * HOUR


@pytest.mark.parametrize("status", ["delivered", "returned"])
def test_at_the_end_of_its_way_nobody_asks_any_more(
    parcel: Shipment, world: Knowledge, now: datetime, status: str
) -> None:
    moving(world, status, now)
    ask(parcel, now)
    ask(parcel, now + 30 * DAY)
    assert len(world.asked) == 1


def test_after_days_without_an_arrival_nobody_asks_any_more(
    parcel: Shipment, world: Knowledge, settings: Settings, now: datetime
) -> None:
    settings.GIFTING = {**settings.GIFTING, "TRACKING_DAYS": 10}
    moving(world, "in_transit", now)
    assert ask(parcel, now + 9 * DAY).state == State.QUEUED
    assert ask(parcel, now + 10 * DAY).state == State.STOPPED


def test_a_code_that_is_not_known_yet_is_normal(parcel: Shipment, now: datetime) -> None:
    asked = ask(parcel, now)
    assert (asked.state, asked.failures, asked.due_at) == (State.QUEUED, 0, now + 3 * HOUR)
    assert asked.last_error == "No such parcel here."


def test_who_does_not_know_the_parcel_is_followed_by_the_next(
    container: VideoContainer, settings: Settings, world: Knowledge, now: datetime
) -> None:
    one, other = asking("one", serves="chronopost"), asking("other", serves="chronopost")
    connect(settings, one=one, other=other)
    world.says[f"other/{CODE}"] = [news(CODE, "in_transit", now)]
    asked = ask(attach(container, now, carrier="chronopost"), now)
    assert [name for name, _ in world.asked] == ["one", "other"]
    assert (asked.status, asked.last_error) == (Status.IN_TRANSIT, "")


@pytest.mark.parametrize("trouble", [VendorUnavailable("Not now."), VendorRejected("Check the key.")])
def test_who_cannot_answer_is_followed_by_the_next(
    trouble: Exception, container: VideoContainer, settings: Settings, world: Knowledge, now: datetime
) -> None:
    connect(settings, one=asking("one"), other=asking("other"))
    world.says |= {f"one/{CODE}": trouble, f"other/{CODE}": [news(CODE, "in_transit", now)]}
    assert ask(attach(container, now), now).status == Status.IN_TRANSIT


def test_who_knows_the_parcel_is_not_followed(
    container: VideoContainer, settings: Settings, world: Knowledge, now: datetime
) -> None:
    connect(settings, one=asking("one"), other=asking("other"))
    moving(world, "in_transit", now)
    ask(attach(container, now), now)
    assert [name for name, _ in world.asked] == ["one"]


def test_a_parcel_that_nobody_can_be_asked_about_is_idle(
    container: VideoContainer, world: Knowledge, now: datetime
) -> None:
    assert ask(attach(container, now, carrier="coursier"), now).state == State.IDLE
    assert world.asked == []


def test_the_parcel_of_a_hosted_gift_is_left_to_the_vendor(
    world: Knowledge, new_container: Callable[..., VideoContainer], now: datetime
) -> None:
    gift = new_container()
    gift.order.brand.backend = "account"
    gift.order.brand.save()
    hosted = new_container()
    changes = {"shipmentCode": CODE, "shipmentCarrier": "ups"}
    containers.change_container(container=hosted, changes=changes, actor=SHOP, now=now)
    parcel = Shipment.objects.get()
    assert parcel.state == State.IDLE
    ask(parcel, now)
    assert world.asked == []


def test_the_parcel_of_a_cancelled_gift_is_not_asked_about(
    parcel: Shipment, world: Knowledge, container: VideoContainer, now: datetime
) -> None:
    containers.cancel(container=container, actor=SHOP, now=now)
    assert ask(parcel, now).state == State.STOPPED
    assert world.asked == []


def test_the_same_answer_again_is_no_news(parcel: Shipment, world: Knowledge, now: datetime) -> None:
    moving(world, "in_transit", now - DAY)
    ask(parcel, now)
    asked = ask(parcel, now + 3 * HOUR)
    assert (TrackingEvent.objects.count(), asked.heard_at) == (1, now)
    assert JournalEntry.objects.filter(event="tracked").count() == 1


def test_orders_that_travel_in_one_parcel_all_hear_of_it(
    parcel: Shipment, world: Knowledge, new_container: Callable[..., VideoContainer], now: datetime
) -> None:
    other = new_container(receiver_email="carol@example.com")
    changes = {"shipmentCode": "1z 999", "shipmentCarrier": "ups"}
    containers.change_container(container=other, changes=changes, actor=SHOP, now=now)
    moving(world, "delivered", now)
    ask(parcel, now)
    assert set(Shipment.objects.values_list("status", flat=True)) == {Status.DELIVERED}


def test_the_first_parcel_that_arrives_delivers_the_gift_and_the_second_nothing(
    parcel: Shipment, world: Knowledge, container: VideoContainer, now: datetime
) -> None:
    second = Shipment.objects.create(
        order=container.order, code="1Z2", carrier="ups", state=State.QUEUED, due_at=now, created_at=now
    )
    for one in (parcel, second):
        moving(world, "delivered", now, one.code)
        ask(one, now)
    assert OutgoingMessage.objects.count() == 1
    assert JournalEntry.objects.filter(event="delivered").count() == 1


def test_the_sweep_asks_about_what_is_due(
    parcel: Shipment, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    from django_q.models import OrmQ

    tasks.sweep()
    found = [(row.task["func"], row.task["args"]) for row in OrmQ.objects.all()]
    assert ("gifting.tasks.ask_carrier", (parcel.pk, True)) in found


def test_parcels_at_the_door_come_first_then_those_that_wait_longest(
    world: Knowledge, container: VideoContainer, now: datetime
) -> None:
    def make(code: str, status: str, minutes: int) -> int:
        return Shipment.objects.create(
            order=container.order,
            code=code,
            carrier="ups",
            status=status,
            state=State.QUEUED,
            due_at=now - minutes * MINUTE,
            created_at=now,
        ).pk

    late, soon, door = make("1", "shipped", 9), make("2", "shipped", 1), make("3", "out_for_delivery", 0)
    assert tracking.next_questions(limit=10, now=now) == [door, late, soon]


def test_asking_costs_nothing_where_no_budget_is_declared(parcel: Shipment, now: datetime) -> None:
    ask(parcel, now)
    assert not CarrierBudget.objects.exists()


def hour(now: datetime) -> datetime:
    """The begin of the next one."""
    return now.replace(minute=0) + HOUR


def test_a_carrier_that_is_connected_later_is_asked_within_the_hour(
    parcel: Shipment, world: Knowledge, settings: Settings, now: datetime
) -> None:
    connect(settings)
    assert ask(parcel, now).state == State.IDLE
    connect(settings, here=asking())
    tracking.wake_idle(now=hour(now))
    ask(parcel, hour(now))
    assert world.asked == [("here", CODE)]


@pytest.mark.parametrize(
    "facts",
    [{"carrier": "coursier"}, {"status": "returned"}, {"code": ""}, {"delivered_at": "2026-11-02T10:00Z"}],
)
def test_parcels_that_nobody_can_or_must_ask_about_stay_idle(
    parcel: Shipment, now: datetime, facts: dict[str, str]
) -> None:
    Shipment.objects.update(state=State.IDLE, **facts)
    tracking.wake_idle(now=hour(now))
    assert Shipment.objects.get().state == State.IDLE


def test_hosted_and_old_parcels_stay_idle(
    parcel: Shipment, new_container: NewContainer, container: VideoContainer, now: datetime
) -> None:
    container.order.brand.backend = "account"
    container.order.brand.save()
    attach(new_container(), now, code="1Z2")
    Shipment.objects.update(state=State.IDLE)
    Shipment.objects.filter(pk=parcel.pk).update(created_at=now - 100 * DAY)
    tracking.wake_idle(now=hour(now))
    assert set(Shipment.objects.values_list("state", flat=True)) == {State.IDLE}
