"""Pushed news: read once, told to every parcel with its code, whatever the order it comes in."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from gifting import tasks
from gifting.errors import Locked, VendorRejected, VendorUnavailable
from gifting.models import (
    JournalEntry,
    Order,
    OutgoingMessage,
    Shipment,
    TrackingEvent,
    VideoContainer,
    WebhookReceipt,
)
from gifting.services import containers, inbox
from tests.fakes.here import Knowledge, asking, body, connect, fresh_world, push, telling
from tests.gifting.tracked import CODE, SHOP, STAFF, NewContainer, attach, pushed, work

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
State, Status = Shipment.State, Shipment.Status
Read = WebhookReceipt.State


@pytest.fixture(autouse=True)
def world(settings: Settings, db: None) -> Iterator[Knowledge]:
    """Somebody pushes signed news, somebody else unsigned; UPS can be asked."""
    connect(settings, here=telling(), hint=telling(is_signed=False), ups=asking())
    with fresh_world() as world:
        yield world


def parcel_of(gift: VideoContainer) -> Shipment:
    return gift.order.shipments.get()


def receipt() -> WebhookReceipt:
    return WebhookReceipt.objects.get()


# -- The status of a parcel


@pytest.mark.parametrize("status", ["in_transit", "out_for_delivery", "problem", "returned", "delivered"])
def test_signed_news_becomes_the_parcels_status(
    container: VideoContainer, now: datetime, status: str
) -> None:
    attach(container, now, carrier="coursier")
    pushed(body(CODE, (status, now)), now)
    assert (parcel_of(container).status, parcel_of(container).heard_at) == (status, now)


def test_news_that_comes_late_changes_nothing(container: VideoContainer, now: datetime) -> None:
    attach(container, now, carrier="coursier")
    pushed(body(CODE, ("out_for_delivery", now)), now)
    pushed(body(CODE, ("in_transit", now - HOUR)), now)
    assert parcel_of(container).status == Status.OUT_FOR_DELIVERY


def test_of_two_things_at_one_time_the_farther_counts(container: VideoContainer, now: datetime) -> None:
    attach(container, now, carrier="coursier")
    pushed(body(CODE, ("out_for_delivery", now), ("in_transit", now), ("shipped", now)), now)
    assert parcel_of(container).status == Status.OUT_FOR_DELIVERY


def test_an_arrival_counts_whatever_time_it_claims(container: VideoContainer, now: datetime) -> None:
    attach(container, now, carrier="coursier")
    pushed(body(CODE, ("out_for_delivery", now)), now)
    pushed(body(CODE, ("delivered", now - DAY)), now)
    assert parcel_of(container).status == Status.DELIVERED


@pytest.mark.parametrize("back", [-HOUR, timedelta(0), HOUR], ids=["before", "with", "after"])
def test_a_parcel_that_went_back_is_never_delivered(
    container: VideoContainer, now: datetime, back: timedelta
) -> None:
    attach(container, now, carrier="coursier")
    pushed(body(CODE, ("delivered", now), ("returned", now + back)), now)
    pushed(body(CODE, ("delivered", now + 2 * HOUR)), now)
    container.refresh_from_db()
    assert (parcel_of(container).status, container.delivered_at) == (Status.RETURNED, None)


def test_what_arrived_stays_arrived(container: VideoContainer, now: datetime) -> None:
    attach(container, now, carrier="coursier")
    pushed(body(CODE, ("delivered", now)), now)
    pushed(body(CODE, ("returned", now), ("in_transit", now + HOUR)), now)
    assert parcel_of(container).status == Status.DELIVERED


def test_a_time_to_come_does_not_hide_what_follows(container: VideoContainer, now: datetime) -> None:
    attach(container, now, carrier="coursier")
    pushed(body(CODE, ("in_transit", now + 400 * DAY)), now)
    pushed(body(CODE, ("out_for_delivery", now + HOUR)), now + HOUR)
    assert parcel_of(container).status == Status.OUT_FOR_DELIVERY


def test_the_journal_has_each_change_once(container: VideoContainer, now: datetime) -> None:
    attach(container, now, carrier="coursier")
    for hours in range(3):
        pushed(body(CODE, ("in_transit", now + hours * HOUR)), now + hours * HOUR)
    entry = JournalEntry.objects.get(event="tracked")
    assert (entry.actor, entry.detail["status"], entry.detail["code"]) == ("carrier:here", "in_transit", CODE)


def test_an_arrival_delivers_and_mails_once_however_often_it_is_told(
    container: VideoContainer, now: datetime
) -> None:
    attach(container, now, carrier="coursier")
    for number in range(3):
        pushed(body(CODE, ("delivered", now)), now, **{"x-key": str(number)})
    assert OutgoingMessage.objects.count() == 1
    assert JournalEntry.objects.filter(event="delivered").count() == 1


def test_the_parcel_of_a_cancelled_gift_arrives_and_nobody_is_mailed(
    container: VideoContainer, now: datetime
) -> None:
    attach(container, now, carrier="coursier")
    containers.cancel(container=container, actor=SHOP, now=now)
    pushed(body(CODE, ("delivered", now)), now)
    assert (parcel_of(container).status, OutgoingMessage.objects.count()) == (Status.DELIVERED, 0)


def test_names_are_cut_and_letters_that_no_database_takes_are_left_out(
    container: VideoContainer, now: datetime
) -> None:
    attach(container, now, carrier="coursier")
    events = [{"status": "in_transit", "at": now.isoformat(), "label": "Lyon\x00\ud800" + "x" * 300}]
    pushed(body(CODE, **{"events": events}), now)
    assert parcel_of(container).events.get().label == "Lyon" + "x" * 196


# -- Whose parcel it is


def test_every_order_with_the_code_hears_of_it(
    container: VideoContainer, other_brand: object, new_container: NewContainer, now: datetime
) -> None:
    other = new_container()
    Order.objects.filter(pk=other.order_id).update(brand=other_brand)
    for gift, code in ((container, CODE), (other, "1z 999")):
        attach(gift, now, code=code, carrier="coursier")
    pushed(body(CODE, ("delivered", now)), now)
    assert {parcel_of(container).status, parcel_of(other).status} == {Status.DELIVERED}


def test_news_of_an_unknown_code_is_kept(now: datetime) -> None:
    pushed(body(CODE, ("in_transit", now)), now)
    assert TrackingEvent.objects.get().shipment is None
    assert receipt().outcome == "No parcel here has this code yet."


def test_a_parcel_hears_what_was_told_before_it_was_attached(
    container: VideoContainer, now: datetime
) -> None:
    pushed(body(CODE, ("delivered", now)), now)
    attach(container, now + DAY, carrier="coursier")
    work(now + DAY)
    container.refresh_from_db()
    assert (parcel_of(container).status, parcel_of(container).heard_at) == (Status.DELIVERED, now)
    assert container.state == VideoContainer.State.DELIVERED


def test_a_second_order_hears_what_was_told_to_the_first(
    container: VideoContainer, new_container: NewContainer, now: datetime
) -> None:
    attach(container, now, carrier="coursier")
    pushed(body(CODE, ("delivered", now)), now)
    late = new_container()
    attach(late, now, carrier="coursier")
    work(now)
    assert parcel_of(late).status == Status.DELIVERED


def test_a_return_before_the_code_is_attached_counts_too(container: VideoContainer, now: datetime) -> None:
    pushed(body(CODE, ("returned", now)), now)
    attach(container, now, carrier="coursier")
    pushed(body(CODE, ("delivered", now)), now)
    assert parcel_of(container).status == Status.RETURNED


def test_a_code_that_is_corrected_back_finds_its_news_again(container: VideoContainer, now: datetime) -> None:
    attach(container, now, carrier="coursier")
    attach(container, now, code="TYPO", carrier="")
    pushed(body(CODE, ("delivered", now)), now)
    assert parcel_of(container).status == Status.SHIPPED
    attach(container, now, carrier="")
    work(now)
    assert parcel_of(container).status == Status.DELIVERED


def test_a_parcel_without_a_code_hears_nothing(container: VideoContainer, now: datetime) -> None:
    attach(container, now, code="")
    pushed(body("", ("delivered", now)), now)
    assert parcel_of(container).status == Status.SHIPPED


# -- Receipts


def test_the_receipt_says_what_came_of_it(container: VideoContainer, now: datetime) -> None:
    attach(container, now)
    pushed(body(CODE, ("in_transit", now)), now)
    assert (receipt().state, receipt().outcome) == (Read.DONE, "Parcels with this code: 1.")


def test_a_push_about_nothing_is_done(now: datetime) -> None:
    pushed(body(CODE), now)
    assert (receipt().state, receipt().outcome) == (Read.DONE, "It said nothing of a parcel.")


def test_a_greeting_is_answered_and_not_read(world: Knowledge, now: datetime) -> None:
    pushed(body(CODE, ("in_transit", now), hello=True), now)
    assert len(world.greeted) == 1
    assert not TrackingEvent.objects.exists()


def test_a_greeting_that_cannot_be_answered_now_is_answered_later(world: Knowledge, now: datetime) -> None:
    world.says["greeting"] = VendorUnavailable("DHL did not answer in time.")
    pushed(body(CODE, hello=True), now)
    assert (receipt().state, receipt().last_error) == (Read.QUEUED, "DHL did not answer in time.")
    world.says.clear()
    work(now + HOUR)
    assert (receipt().state, receipt().last_error) == (Read.DONE, "")


def test_a_greeting_that_is_refused_waits_for_staff(world: Knowledge, now: datetime) -> None:
    world.says["greeting"] = VendorRejected("DHL refuses the key.")
    pushed(body(CODE, hello=True), now)
    assert (receipt().state, receipt().last_error) == (Read.FAILED, "DHL refuses the key.")


def test_an_adapter_that_breaks_is_tried_again_and_then_waits_for_staff(now: datetime) -> None:
    pushed(body(CODE, bug=True), now)
    assert (receipt().state, receipt().attempts) == (Read.QUEUED, 1)
    for hours in range(1, 6):
        work(now + hours * HOUR)
    assert (receipt().state, receipt().last_error) == (Read.FAILED, "KeyError")


def test_no_address_gets_into_the_log(now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    pushed(body(CODE, bug=True), now)
    assert "KeyError" in caplog.text
    assert "@" not in caplog.text


def test_staff_have_a_failed_push_read_again(
    container: VideoContainer, settings: Settings, now: datetime
) -> None:
    attach(container, now, carrier="coursier")
    inbox.receive(alias="here", push=push(body(CODE, ("delivered", now))), now=now)
    connect(settings)
    work(now)
    assert receipt().state == Read.FAILED
    connect(settings, here=telling())
    inbox.retry(receipt=receipt(), actor=STAFF, now=now)
    work(now)
    assert parcel_of(container).status == Status.DELIVERED


def test_a_push_that_was_read_is_not_read_again(now: datetime) -> None:
    pushed(body(CODE), now)
    with pytest.raises(Locked):
        inbox.retry(receipt=receipt(), actor=STAFF, now=now)


def test_a_worker_that_dies_while_it_reads_is_followed_by_another(
    container: VideoContainer, now: datetime
) -> None:
    attach(container, now, carrier="coursier")
    inbox.receive(alias="here", push=push(body(CODE, ("delivered", now))), now=now)
    WebhookReceipt.objects.update(state=Read.PROCESSING, attempts=1, due_at=now + 5 * MINUTE)
    work(now)
    assert parcel_of(container).status == Status.SHIPPED
    work(now + 6 * MINUTE)
    assert parcel_of(container).status == Status.DELIVERED


def test_a_push_that_kills_every_worker_waits_for_staff(now: datetime) -> None:
    inbox.receive(alias="here", push=push(body(CODE)), now=now)
    WebhookReceipt.objects.update(state=Read.PROCESSING, attempts=5)
    work(now)
    assert receipt().state == Read.FAILED
    assert "stopped" in receipt().last_error


def test_the_sweep_reads_what_was_lost(now: datetime) -> None:
    from django_q.models import OrmQ

    inbox.receive(alias="here", push=push(body(CODE)), now=now)
    OrmQ.objects.all().delete()
    tasks.sweep()
    found = [(row.task["func"], row.task["args"]) for row in OrmQ.objects.all()]
    assert ("gifting.tasks.process_receipt", (receipt().pk,)) in found


def test_pushes_are_forgotten_and_parcels_keep_their_news(
    container: VideoContainer, settings: Settings, now: datetime
) -> None:
    settings.GIFTING = {**settings.GIFTING, "RECEIPT_DAYS": 10}
    attach(container, now, carrier="coursier")
    pushed(body(CODE, ("in_transit", now)), now)
    inbox.purge(now=now + 10 * DAY)
    assert (WebhookReceipt.objects.count(), TrackingEvent.objects.filter(shipment=None).count()) == (1, 1)
    inbox.purge(now=now + 10 * DAY + MINUTE)
    assert (WebhookReceipt.objects.count(), TrackingEvent.objects.filter(shipment=None).count()) == (0, 0)
    assert parcel_of(container).events.count() == 1
