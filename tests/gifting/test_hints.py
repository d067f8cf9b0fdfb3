"""Pushes that do not prove who sent them: hints, where somebody can be asked whether they are true."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from gifting.errors import VendorUnavailable
from gifting.models import HostedGift, Shipment, VideoContainer
from tests.fakes.here import Knowledge, asking, body, connect, fresh_world, news, telling
from tests.fakes.ups import CLIENT_ID, CLIENT_SECRET, WEBHOOK_CREDENTIAL, alert, fake_ups
from tests.gifting.tracked import CODE, ask, attach, pushed, work

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
State, Status = Shipment.State, Shipment.Status


@pytest.fixture(autouse=True)
def world(settings: Settings, db: None) -> Iterator[Knowledge]:
    """Somebody pushes signed news, somebody else unsigned; UPS can be asked."""
    connect(settings, here=telling(), hint=telling(is_signed=False), ups=asking())
    with fresh_world() as world:
        yield world


def parcel_of(gift: VideoContainer) -> Shipment:
    return gift.order.shipments.get()


def test_an_unsigned_arrival_is_not_believed_but_asked_about_at_once(
    container: VideoContainer, world: Knowledge, now: datetime
) -> None:
    attach(container, now)
    work(now)
    pushed(body(CODE, ("delivered", now)), now + HOUR, alias="hint")
    assert len(world.asked) == 2
    assert parcel_of(container).status == Status.SHIPPED


def test_the_carriers_answer_confirms_it(container: VideoContainer, world: Knowledge, now: datetime) -> None:
    attach(container, now)
    work(now)
    world.says[CODE] = [news(CODE, "delivered", now)]
    pushed(body(CODE, ("delivered", now)), now + HOUR, alias="hint")
    assert parcel_of(container).status == Status.DELIVERED


def test_what_is_not_confirmed_at_once_is_asked_about_soon_again(
    container: VideoContainer, now: datetime
) -> None:
    attach(container, now)
    pushed(body(CODE, ("delivered", now)), now, alias="hint")
    assert parcel_of(container).due_at == now + 20 * MINUTE


def test_many_hints_do_not_make_many_questions(
    container: VideoContainer, world: Knowledge, now: datetime
) -> None:
    attach(container, now)
    for second in range(50):
        at = now + timedelta(seconds=second)
        pushed(body(CODE, ("in_transit", at)), at, alias="hint")
    assert len(world.asked) == 1
    assert parcel_of(container).due_at == now + MINUTE


def test_a_hint_does_not_press_a_carrier_that_asked_for_time(
    container: VideoContainer, world: Knowledge, now: datetime
) -> None:
    world.says[CODE] = VendorUnavailable("Less often, please.", retry_after=7200)
    attach(container, now)
    work(now)
    pushed(body(CODE, ("delivered", now)), now + HOUR, alias="hint")
    assert len(world.asked) == 1


def test_a_hint_wakes_a_parcel_that_was_given_up(
    container: VideoContainer, world: Knowledge, now: datetime
) -> None:
    late = now + 60 * DAY
    assert ask(attach(container, now), late).state == State.STOPPED
    world.says[CODE] = [news(CODE, "delivered", late)]
    pushed(body(CODE, ("delivered", late)), late + HOUR, alias="hint")
    assert parcel_of(container).status == Status.DELIVERED


def test_a_hint_wakes_a_parcel_whose_carrier_was_connected_meanwhile(
    container: VideoContainer, world: Knowledge, settings: Settings, now: datetime
) -> None:
    assert ask(attach(container, now, carrier="dhl"), now).state == State.IDLE
    connect(settings, hint=telling(is_signed=False), dhl=asking(serves="dhl"))
    world.says[CODE] = [news(CODE, "delivered", now)]
    pushed(body(CODE, ("delivered", now)), now + MINUTE, alias="hint")
    assert parcel_of(container).status == Status.DELIVERED


def test_a_hint_about_a_hosted_gift_asks_nobody(
    container: VideoContainer, world: Knowledge, now: datetime
) -> None:
    HostedGift.objects.create(container=container, backend="livstick")
    attach(container, now)
    pushed(body(CODE, ("in_transit", now)), now, alias="hint")
    assert (parcel_of(container).state, world.asked) == (State.IDLE, [])


def test_unsigned_news_from_before_the_code_is_not_believed_either(
    container: VideoContainer, world: Knowledge, now: datetime
) -> None:
    pushed(body(CODE, ("delivered", now)), now, alias="hint")
    attach(container, now)
    work(now)
    assert (parcel_of(container).status, len(world.asked)) == (Status.SHIPPED, 1)


@pytest.mark.parametrize("is_early", [True, False], ids=["before the code", "after the code"])
def test_where_nobody_can_be_asked_unsigned_news_is_believed(
    container: VideoContainer, now: datetime, is_early: bool
) -> None:
    if not is_early:
        attach(container, now, carrier="dhl")
    pushed(body(CODE, ("delivered", now)), now, alias="hint")
    attach(container, now, carrier="dhl")
    work(now)
    assert parcel_of(container).status == Status.DELIVERED


def test_news_of_a_carrier_that_was_disconnected_is_no_more_than_a_hint(
    container: VideoContainer, settings: Settings, now: datetime
) -> None:
    pushed(body(CODE, ("delivered", now)), now)
    connect(settings, ups=asking())
    attach(container, now)
    work(now)
    assert parcel_of(container).status == Status.SHIPPED


def test_ups_pushes_without_a_signature_and_is_asked(
    container: VideoContainer, settings: Settings, now: datetime
) -> None:
    code = "1Z204W4R0308071865"
    with fake_ups({code: "delivered"}) as (_, server):
        options = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "webhook_credentials": [WEBHOOK_CREDENTIAL],
            "base_url": server.url,
        }
        connect(settings, ups={"BACKEND": "gifting.carriers.ups.Ups", "OPTIONS": options})
        attach(container, now, code=code)
        headers = {"credential": WEBHOOK_CREDENTIAL}
        alert_of_ups = json.dumps(alert(code, "delivered")).encode()
        response = Client().post("/webhooks/ups", alert_of_ups, "application/json", headers=headers)
        assert (response.status_code, server.calls) == (200, [])
        work(now + MINUTE)
        assert [call.path for call in server.calls if code in call.path]
    assert parcel_of(container).status == Status.DELIVERED
