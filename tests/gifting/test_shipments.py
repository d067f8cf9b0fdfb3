"""Parcels of an order: what a shop says by PATCH, and what staff can do beyond that."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from gifting.errors import Invalid, Locked
from gifting.models import JournalEntry, Shipment, TrackingEvent, VendorCall, VideoContainer
from gifting.services import containers, deliveries, shipments
from tests.fakes.here import Knowledge, asking, body, connect, fresh_world, news, telling
from tests.gifting.tracked import CODE, SHOP, STAFF, NewContainer, ask, attach, pushed

HOUR = timedelta(hours=1)
State, Status = Shipment.State, Shipment.Status


@pytest.fixture(autouse=True)
def world(settings: Settings, db: None) -> Iterator[Knowledge]:
    """UPS can be asked, and somebody pushes signed news of any parcel."""
    connect(settings, ups=asking(), here=telling())
    with fresh_world() as world:
        yield world


@pytest.fixture
def moving(container: VideoContainer, world: Knowledge, now: datetime) -> Shipment:
    """A parcel of which its carrier has told something."""
    parcel = attach(container, now)
    world.says[CODE] = [news(CODE, "in_transit", now)]
    assert ask(parcel, now).status == Status.IN_TRANSIT
    return parcel


def again(parcel: Shipment) -> Shipment:
    return Shipment.objects.get(pk=parcel.pk)


def journal() -> list[dict[str, str]]:
    return list(JournalEntry.objects.filter(event="shipped").values_list("detail", flat=True))


def test_another_code_starts_tracking_anew(
    moving: Shipment, container: VideoContainer, now: datetime
) -> None:
    attach(container, now + HOUR, code="1Z111", carrier="")
    parcel = again(moving)
    assert (parcel.code, parcel.carrier, parcel.status) == ("1Z111", "ups", Status.SHIPPED)
    assert (parcel.state, parcel.due_at) == (State.QUEUED, now + HOUR)
    assert (parcel.asked_at, parcel.heard_at, parcel.failures, parcel.attempts) == (None, None, 0, 0)
    assert not TrackingEvent.objects.filter(shipment=parcel).exists()


def test_another_carrier_starts_tracking_anew(
    moving: Shipment, container: VideoContainer, now: datetime
) -> None:
    attach(container, now, code=CODE, carrier="dhl")
    assert (again(moving).status, again(moving).events.count()) == (Status.SHIPPED, 0)


def test_what_the_wrong_carrier_said_does_not_count(
    container: VideoContainer, world: Knowledge, now: datetime
) -> None:
    parcel = attach(container, now)
    world.says[CODE] = [news(CODE, "returned", now)]
    ask(parcel, now)
    shipments.change(shipment=parcel, code=CODE, carrier="coursier", actor=STAFF, now=now)
    pushed(body(CODE, ("delivered", now)), now)
    assert again(parcel).status == Status.DELIVERED


def test_a_correction_is_in_the_journal(moving: Shipment, container: VideoContainer, now: datetime) -> None:
    attach(container, now, code="1Z111", carrier="")
    assert journal()[-1] == {"code": "1Z111", "carrier": "ups", "change": "corrected"}


@pytest.mark.parametrize("code", [CODE, "1z999", "1Z 999", " 1z 9 99"])
def test_the_same_code_in_other_letters_changes_nothing(
    moving: Shipment, container: VideoContainer, now: datetime, code: str
) -> None:
    before = len(journal())
    attach(container, now, code=code)
    assert (again(moving).status, again(moving).code, len(journal())) == (Status.IN_TRANSIT, CODE, before)


def test_a_code_is_shown_as_it_was_given_and_asked_as_carriers_write_it(
    container: VideoContainer, world: Knowledge, now: datetime
) -> None:
    parcel = ask(attach(container, now, code=" 1z 999 "), now)
    assert (parcel.code, world.asked) == ("1z 999", [("here", "1Z999")])


def test_a_new_code_after_the_arrival_is_a_new_parcel(
    moving: Shipment, container: VideoContainer, now: datetime
) -> None:
    deliveries.confirm_delivery(shipment=moving, actor=SHOP, now=now)
    attach(container, now, code="1Z111")
    assert container.order.shipments.count() == 2


def test_a_new_code_after_a_return_is_a_new_parcel(
    moving: Shipment, container: VideoContainer, world: Knowledge, now: datetime
) -> None:
    world.says[CODE] = [news(CODE, "returned", now)]
    ask(moving, now + 3 * HOUR)
    attach(container, now, code="1Z111")
    assert set(container.order.shipments.values_list("code", "status")) == {
        (CODE, Status.RETURNED),
        ("1Z111", Status.SHIPPED),
    }


@pytest.mark.parametrize("carrier", ["ups", "dhl"])
def test_a_carrier_alone_makes_no_second_parcel(
    moving: Shipment, container: VideoContainer, now: datetime, carrier: str
) -> None:
    deliveries.confirm_delivery(shipment=moving, actor=SHOP, now=now)
    attach(container, now, code="", carrier=carrier)
    parcel = container.order.shipments.get()
    assert (parcel.carrier, parcel.status, parcel.state) == (carrier, Status.DELIVERED, State.DONE)


def test_staff_add_a_parcel_beside_the_first(
    moving: Shipment, container: VideoContainer, now: datetime
) -> None:
    added = shipments.add(container=container, code="1Z111", carrier="dhl", actor=STAFF, now=now)
    assert (added.code, added.carrier, again(moving).code) == ("1Z111", "dhl", CODE)
    assert journal()[-1] == {"code": "1Z111", "carrier": "dhl"}


def test_whichever_parcel_arrives_first_delivers_the_gift(
    moving: Shipment, container: VideoContainer, world: Knowledge, now: datetime
) -> None:
    added = shipments.add(container=container, code="1Z111", carrier="ups", actor=STAFF, now=now)
    world.says["1Z111"] = [news("1Z111", "delivered", now)]
    ask(added, now)
    container.refresh_from_db()
    assert container.state == VideoContainer.State.DELIVERED
    assert again(moving).status == Status.IN_TRANSIT


def test_staff_add_a_parcel_of_a_carrier_that_is_not_known_yet(
    container: VideoContainer, now: datetime
) -> None:
    assert shipments.add(container=container, code="1Z1", carrier="", actor=STAFF, now=now).carrier == ""


def test_an_order_has_no_two_parcels_with_one_code(
    moving: Shipment, container: VideoContainer, now: datetime
) -> None:
    with pytest.raises(Invalid, match="already has a parcel"):
        shipments.add(container=container, code="1z 999", carrier="ups", actor=STAFF, now=now)
    other = shipments.add(container=container, code="1Z111", carrier="ups", actor=STAFF, now=now)
    with pytest.raises(Invalid, match="already has a parcel"):
        shipments.change(shipment=other, code=CODE, carrier="ups", actor=STAFF, now=now)


@pytest.mark.parametrize(
    ("code", "carrier"), [("", "ups"), ("x" * 101, "ups"), ("1\n2", "ups"), ("1", "stork"), (" ", "")]
)
def test_staff_are_held_to_the_shops_rules(
    moving: Shipment, container: VideoContainer, now: datetime, code: str, carrier: str
) -> None:
    with pytest.raises(Invalid):
        shipments.add(container=container, code=code, carrier=carrier, actor=STAFF, now=now)
    with pytest.raises(Invalid):
        shipments.change(shipment=moving, code=code, carrier=carrier, actor=STAFF, now=now)


def test_staff_correct_code_and_carrier(moving: Shipment, now: datetime) -> None:
    shipments.change(shipment=moving, code="XY1", carrier="coursier", actor=STAFF, now=now)
    assert (again(moving).code, again(moving).carrier) == ("XY1", "coursier")
    assert again(moving).status == Status.SHIPPED


def test_staff_remove_a_parcel_that_is_none(moving: Shipment, now: datetime) -> None:
    shipments.remove(shipment=moving, actor=STAFF, now=now)
    assert not Shipment.objects.exists()
    assert journal()[-1] == {"code": CODE, "carrier": "ups", "change": "removed"}


def test_staff_say_that_a_parcel_arrived(moving: Shipment, container: VideoContainer, now: datetime) -> None:
    assert shipments.deliver_by_hand(shipment=moving, actor=STAFF, now=now) is True
    container.refresh_from_db()
    assert container.state == VideoContainer.State.DELIVERED
    assert (again(moving).status, again(moving).state) == (Status.DELIVERED, State.DONE)
    assert JournalEntry.objects.get(event="delivered").actor == "staff:maria"


def test_staff_know_better_than_a_carrier_that_says_returned(
    moving: Shipment, container: VideoContainer, world: Knowledge, now: datetime
) -> None:
    world.says[CODE] = [news(CODE, "returned", now)]
    ask(moving, now + 3 * HOUR)
    assert shipments.deliver_by_hand(shipment=moving, actor=STAFF, now=now) is True


Verb = Callable[[Shipment, datetime], object]
VERBS: dict[str, Verb] = {
    "change": lambda parcel, now: shipments.change(
        shipment=parcel, code="1Z2", carrier="ups", actor=STAFF, now=now
    ),
    "remove": lambda parcel, now: shipments.remove(shipment=parcel, actor=STAFF, now=now),
    "deliver": lambda parcel, now: shipments.deliver_by_hand(shipment=parcel, actor=STAFF, now=now),
}
ADD: dict[str, Verb] = {
    "add": lambda parcel, now: shipments.add(
        container=parcel.order.container, code="1Z2", carrier="ups", actor=STAFF, now=now
    )
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_an_arrived_parcel_stays_as_it_is(moving: Shipment, now: datetime, verb: Verb) -> None:
    deliveries.confirm_delivery(shipment=moving, actor=SHOP, now=now)
    with pytest.raises(Locked, match="arrived"):
        verb(moving, now)


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_parcel_that_is_gone_can_not_be_changed(moving: Shipment, now: datetime, verb: Verb) -> None:
    Shipment.objects.all().delete()
    with pytest.raises(Locked, match="removed"):
        verb(moving, now)


@pytest.mark.parametrize("verb", (VERBS | ADD).values(), ids=VERBS | ADD)
def test_the_parcels_of_a_cancelled_gift_stay_as_they_are(
    moving: Shipment, container: VideoContainer, now: datetime, verb: Verb
) -> None:
    containers.cancel(container=container, actor=SHOP, now=now)
    with pytest.raises(Locked, match="cancelled"):
        verb(moving, now)


def test_the_account_of_a_hosted_gift_is_told_what_staff_enter(
    new_container: NewContainer, container: VideoContainer, now: datetime
) -> None:
    container.order.brand.backend = "account"
    container.order.brand.save()
    hosted = new_container()
    parcel = shipments.add(container=hosted, code="1Z1", carrier="ups", actor=STAFF, now=now)
    told = VendorCall.objects.filter(action="change").values_list("payload", flat=True)
    assert list(told) == [{"shipmentCode": "1Z1", "shipmentCarrier": "ups"}]
    assert parcel.state == State.IDLE
