"""Asking carriers that do not answer, by workers that are killed; and what staff can do."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from gifting.errors import Locked, ParcelUnknown, VendorRejected, VendorUnavailable
from gifting.models import Shipment, VideoContainer
from gifting.services import containers, tracking
from tests.fakes.here import Knowledge, asking, connect, fresh_world, news
from tests.gifting.tracked import CODE, SHOP, STAFF, ask, attach

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


def test_a_carrier_that_does_not_answer_is_asked_later_and_later(
    parcel: Shipment, world: Knowledge, now: datetime
) -> None:
    world.says[CODE] = VendorUnavailable("UPS did not answer in time.")
    waits, at = [], now
    for _ in range(12):
        asked = ask(parcel, at)
        waits.append(asked.due_at - at)
        at = asked.due_at
    assert all(
        2 ** (n + 1) * MINUTE <= wait <= 1.1 * 2 ** (n + 1) * MINUTE for n, wait in enumerate(waits[:8])
    )
    assert all(6 * HOUR <= wait <= 6.6 * HOUR for wait in waits[8:])
    assert (asked.state, asked.failures, asked.attempts) == (State.QUEUED, 12, 0)
    assert asked.last_error == "UPS did not answer in time."


def test_a_carrier_that_asks_for_time_gets_it(parcel: Shipment, world: Knowledge, now: datetime) -> None:
    world.says[CODE] = VendorUnavailable("Less often, please.", retry_after=7200)
    assert ask(parcel, now).due_at >= now + 2 * HOUR


def test_an_answer_ends_the_waiting(parcel: Shipment, world: Knowledge, now: datetime) -> None:
    world.says[CODE] = VendorUnavailable("No.")
    due_at = ask(parcel, now).due_at
    moving(world, "in_transit", now)
    asked = ask(parcel, due_at)
    assert (asked.failures, asked.last_error, asked.due_at) == (0, "", due_at + 2 * HOUR)


def test_parcels_of_a_dead_carrier_do_not_all_come_back_at_once(
    world: Knowledge, container: VideoContainer, now: datetime
) -> None:
    parcels = [
        Shipment.objects.create(
            order=container.order,
            code=f"1Z{n}",
            carrier="ups",
            state=State.QUEUED,
            due_at=now,
            created_at=now,
        )
        for n in range(8)
    ]
    world.says.update({parcel.code: VendorUnavailable("No.") for parcel in parcels})
    assert len({ask(parcel, now).due_at for parcel in parcels}) == 8


def test_a_refusal_waits_for_staff_with_its_sentence(
    parcel: Shipment, world: Knowledge, now: datetime
) -> None:
    world.says[CODE] = VendorRejected("UPS refuses the credentials.", status=401)
    asked = ask(parcel, now)
    assert (asked.state, asked.last_error) == (State.FAILED, "UPS refuses the credentials.")
    ask(parcel, now + DAY)
    assert len(world.asked) == 1


def test_an_adapter_that_breaks_is_asked_later(parcel: Shipment, world: Knowledge, now: datetime) -> None:
    world.says[CODE] = KeyError("alice@example.com")
    asked = ask(parcel, now)
    assert (asked.state, asked.failures) == (State.QUEUED, 1)
    assert asked.last_error == "The answer could not be read (KeyError)."


def test_staff_have_it_asked_again_after_a_refusal(parcel: Shipment, world: Knowledge, now: datetime) -> None:
    world.says[CODE] = VendorRejected("No.")
    ask(parcel, now)
    moving(world, "in_transit", now)
    tracking.ask_again(shipment=parcel, actor=STAFF, now=now)
    assert ask(parcel, now).status == Status.IN_TRANSIT


def test_staff_have_it_asked_again_for_as_many_days_as_a_new_one(
    parcel: Shipment, world: Knowledge, now: datetime
) -> None:
    ask(parcel, now + 100 * DAY)
    tracking.ask_again(shipment=parcel, actor=STAFF, now=now + 100 * DAY)
    assert ask(parcel, now + 101 * DAY).state == State.QUEUED


def test_an_arrived_parcel_cannot_be_asked_about(parcel: Shipment, world: Knowledge, now: datetime) -> None:
    moving(world, "delivered", now)
    ask(parcel, now)
    with pytest.raises(Locked):
        tracking.ask_again(shipment=parcel, actor=STAFF, now=now)


def test_where_nobody_can_be_asked_staff_are_told(container: VideoContainer, now: datetime) -> None:
    courier = attach(container, now, carrier="coursier")
    with pytest.raises(Locked, match="Nobody can be asked"):
        tracking.ask_again(shipment=courier, actor=STAFF, now=now)


def test_a_worker_that_is_killed_again_and_again_leaves_it_to_staff(
    parcel: Shipment, world: Knowledge, now: datetime
) -> None:
    def die() -> Any:
        raise SystemExit

    world.says[CODE] = die
    for times in range(5):
        with pytest.raises(SystemExit):
            tracking.ask(pk=parcel.pk, now=now + times * HOUR)
    asked = ask(parcel, now + 6 * HOUR)
    assert (asked.state, len(world.asked)) == (State.FAILED, 5)
    assert "stopped" in asked.last_error


def test_a_killed_worker_is_followed_by_another_after_its_lease(
    parcel: Shipment, world: Knowledge, now: datetime
) -> None:
    Shipment.objects.update(state=State.ASKING, attempts=1, due_at=now + 5 * MINUTE)
    moving(world, "delivered", now)
    assert ask(parcel, now).status == Status.SHIPPED
    assert ask(parcel, now + 6 * MINUTE).status == Status.DELIVERED


def test_a_worker_that_comes_back_leaves_the_parcel_to_whoever_has_it(
    parcel: Shipment, world: Knowledge, now: datetime
) -> None:
    def taken_over() -> Any:
        Shipment.objects.update(due_at=now + HOUR)  # The lease of the next one, whose first attempt it is.
        raise VendorUnavailable("Much too late.")

    world.says[CODE] = taken_over
    asked = ask(parcel, now)
    assert (asked.state, asked.failures, asked.due_at) == (State.ASKING, 0, now + HOUR)


def test_an_answer_about_a_code_that_was_corrected_meanwhile_counts_nothing(
    parcel: Shipment, world: Knowledge, container: VideoContainer, now: datetime
) -> None:
    def correct() -> Any:
        changes = {"shipmentCode": "1Z111"}
        containers.change_container(container=container, changes=changes, actor=SHOP, now=now)
        return [news(CODE, "delivered", now)]

    world.says[CODE] = correct
    asked = ask(parcel, now)
    assert (asked.code, asked.status, asked.state, asked.due_at) == (
        "1Z111",
        Status.SHIPPED,
        State.QUEUED,
        now,
    )


def test_a_worker_that_comes_back_after_its_lease_does_not_undo_the_next_ones_plan(
    parcel: Shipment, world: Knowledge, now: datetime
) -> None:
    def overtaken() -> Any:
        world.says[CODE] = [news(CODE, "in_transit", now)]
        ask(parcel, now + HOUR)
        raise VendorUnavailable("Much too late.")

    world.says[CODE] = overtaken
    asked = ask(parcel, now)
    assert (asked.failures, asked.due_at) == (0, now + 3 * HOUR)


@pytest.mark.parametrize(
    "error", [ParcelUnknown("Unknown."), VendorUnavailable("Down."), VendorRejected("No.")]
)
def test_no_answer_takes_back_what_is_known(
    parcel: Shipment, world: Knowledge, now: datetime, error: Exception
) -> None:
    moving(world, "in_transit", now)
    due_at = ask(parcel, now).due_at
    world.says[CODE] = error
    assert ask(parcel, due_at).status == Status.IN_TRANSIT
