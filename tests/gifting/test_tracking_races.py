"""Shop, staff, carriers and workers at the same instant, on a database with several writers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
from pytest_django import Settings

from gifting.models import (
    JournalEntry,
    OutgoingMessage,
    Shipment,
    TrackingEvent,
    VideoContainer,
    WebhookReceipt,
)
from gifting.services import containers, inbox, shipments, tracking
from tests.fakes.here import Knowledge, asking, body, connect, fresh_world, news, push, telling
from tests.gifting.tracked import CODE, SHOP, STAFF, NewContainer, ask, attach, work
from tests.racing import at_once, needs_postgres

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
MINUTE = timedelta(minutes=1)
TIMES = 8


@pytest.fixture(autouse=True)
def world(settings: Settings, db: None) -> Iterator[Knowledge]:
    needs_postgres()
    connect(settings, here=telling(), ups=asking())
    with fresh_world() as world:
        yield world


def received(content: bytes, now: datetime, key: str) -> int:
    inbox.receive(alias="here", push=push(content, **{"x-key": key}), now=now)
    return WebhookReceipt.objects.latest("pk").pk


def test_the_same_push_at_once_is_stored_once(now: datetime) -> None:
    content = push(body(CODE, ("delivered", now)))
    at_once(*[partial(inbox.receive, alias="here", push=content, now=now)] * TIMES)
    assert WebhookReceipt.objects.count() == 1


def test_many_workers_on_one_push_read_it_once(container: VideoContainer, now: datetime) -> None:
    attach(container, now, carrier="coursier")
    pk = received(body(CODE, ("delivered", now)), now, "a")
    at_once(*[partial(inbox.process, pk=pk, now=now)] * TIMES)
    assert WebhookReceipt.objects.get().attempts == 1
    assert OutgoingMessage.objects.count() == 1


def test_many_workers_on_one_parcel_ask_once(
    container: VideoContainer, world: Knowledge, now: datetime
) -> None:
    parcel = attach(container, now)
    world.says[CODE] = [news(CODE, "delivered", now)]
    at_once(*[partial(tracking.ask, pk=parcel.pk, now=now)] * TIMES)
    assert len(world.asked) == 1
    assert OutgoingMessage.objects.count() == 1


def test_many_pushes_of_one_parcel_deliver_it_once(container: VideoContainer, now: datetime) -> None:
    attach(container, now, carrier="coursier")
    told = [("delivered", now), ("in_transit", now - MINUTE), ("out_for_delivery", now)]
    orders = [told, told[::-1], told[1:], told[:2]] * 2
    keys = [received(body(CODE, *events), now, str(number)) for number, events in enumerate(orders)]
    at_once(*[partial(inbox.process, pk=pk, now=now) for pk in keys])
    work(now + 10 * MINUTE)
    assert Shipment.objects.get().status == "delivered"
    assert JournalEntry.objects.filter(event="delivered").count() == 1
    assert TrackingEvent.objects.filter(shipment=None).count() == 3


def test_push_and_answer_at_once_deliver_once(
    container: VideoContainer, world: Knowledge, now: datetime
) -> None:
    parcel = attach(container, now)
    world.says[CODE] = [news(CODE, "delivered", now)]
    pk = received(body(CODE, ("delivered", now)), now, "a")
    at_once(partial(tracking.ask, pk=parcel.pk, now=now), partial(inbox.process, pk=pk, now=now))
    assert JournalEntry.objects.filter(event="delivered").count() == 1


@pytest.mark.parametrize("number", range(6))
def test_a_code_and_its_news_that_come_at_once_always_meet(
    container: VideoContainer, now: datetime, number: int
) -> None:
    pk = received(body(CODE, ("delivered", now)), now, "a")
    at_once(partial(inbox.process, pk=pk, now=now), partial(attach, container, now, carrier="coursier"))
    ask(Shipment.objects.get(), now)
    assert Shipment.objects.get().status == "delivered"


def test_arrival_and_cancellation_at_once_leave_no_mail_behind(
    new_container: NewContainer, now: datetime
) -> None:
    gift = new_container(receiver_email="bob@example.com")
    attach(gift, now, carrier="coursier")
    pk = received(body(CODE, ("delivered", now)), now, "a")
    at_once(
        partial(inbox.process, pk=pk, now=now),
        partial(containers.cancel, container=gift, actor=SHOP, now=now),
    )
    gift.refresh_from_db()
    assert (gift.state, OutgoingMessage.objects.count()) == (VideoContainer.State.CANCELLED, 0)


def test_arrivals_of_two_parcels_and_a_person_who_says_so_deliver_once(
    container: VideoContainer, now: datetime
) -> None:
    first = attach(container, now, carrier="coursier")
    second = shipments.add(container=container, code="1Z2", carrier="coursier", actor=STAFF, now=now)
    third = shipments.add(container=container, code="1Z3", carrier="coursier", actor=STAFF, now=now)
    keys = [received(body(one.code, ("delivered", now)), now, one.code) for one in (first, second)]
    at_once(
        *[partial(inbox.process, pk=pk, now=now) for pk in keys],
        partial(shipments.deliver_by_hand, shipment=third, actor=STAFF, now=now),
    )
    work(now + 10 * MINUTE)
    assert set(Shipment.objects.values_list("status", flat=True)) == {"delivered"}
    assert JournalEntry.objects.filter(event="delivered").count() == 1
    assert OutgoingMessage.objects.count() == 1
