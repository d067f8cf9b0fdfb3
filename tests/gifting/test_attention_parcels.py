"""Which parcels need attention: those that nobody can follow, that nobody hears of, and that nobody added."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from gifting.dto import Actor, ActorKind
from gifting.models import Shipment, VideoContainer
from gifting.services import attention, containers, deliveries, shipments
from gifting.services.reasons import Reason
from tests.gifting.troubles import TROUBLES, UPS, change, mail, parcel

pytestmark = pytest.mark.django_db
STAFF = Actor(ActorKind.STAFF, "maria")
Record = Callable[[VideoContainer], VideoContainer]


@pytest.fixture(autouse=True)
def _ups_is_connected(settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "CARRIERS": {"ups": UPS}}


@pytest.fixture
def gift(new_container: Callable[..., VideoContainer]) -> VideoContainer:
    return new_container(crid="ML-1", receiver_email="bob@example.com")


def reasons(now: datetime) -> list[Reason]:
    return list(attention.counts(now=now))


def test_a_parcel_is_missed_after_the_days_of_the_settings(gift: VideoContainer, now: datetime) -> None:
    change(gift, created_at=now - timedelta(days=7) + timedelta(minutes=1))
    assert reasons(now) == []
    assert reasons(now + timedelta(minutes=2)) == [Reason.UNSHIPPED]


@pytest.mark.parametrize(
    ("setting", "reason"), [("UNSHIPPED_DAYS", Reason.UNSHIPPED), ("SILENT_DAYS", Reason.SILENT)]
)
def test_zero_days_switch_a_reason_off(
    gift: VideoContainer, now: datetime, settings: Any, setting: str, reason: Reason
) -> None:
    TROUBLES[reason](gift, now)
    settings.GIFTING = {**settings.GIFTING, setting: 0}
    assert reasons(now) == []
    assert attention.of(gift.order, now=now) == []


def test_an_active_card_needs_no_parcel(
    new_container: Callable[..., VideoContainer], record: Record, now: datetime
) -> None:
    gift = record(new_container())
    containers.activate(container=gift, actor=STAFF, now=now)
    change(gift, created_at=now - timedelta(days=8))
    assert reasons(now) == []


def test_an_active_gift_whose_mail_waits_for_no_parcel_needs_one(
    gift: VideoContainer, record: Record, now: datetime
) -> None:
    containers.activate(container=record(gift), actor=STAFF, now=now)
    change(gift, created_at=now - timedelta(days=8))
    assert reasons(now) == [Reason.UNSHIPPED]


@pytest.mark.parametrize("facts", [{"send_at": True}, {}])
def test_a_gift_that_is_sent_anyway_needs_no_parcel(
    gift: VideoContainer, record: Record, now: datetime, facts: dict[str, bool]
) -> None:
    containers.activate(container=record(gift), actor=STAFF, now=now)
    change(gift, created_at=now - timedelta(days=8), send_at=now if facts else None)
    if not facts:
        mail("sent", sent_at=now)(gift, now)
    assert reasons(now) == []


@pytest.mark.parametrize("carrier", ["coursier", "other", "dhl", ""])
def test_a_carrier_that_nobody_speaks_for_is_unknown(
    gift: VideoContainer, now: datetime, carrier: str
) -> None:
    parcel(carrier=carrier, state="idle")(gift, now)
    assert reasons(now) == [Reason.CARRIER_UNKNOWN]


AFTERSHIP = {"BACKEND": "gifting.carriers.aftership.AfterShip", "OPTIONS": {"secrets": ["s3cr3t"]}}
SIGNED = {"BACKEND": "gifting.carriers.signed.Signed", "OPTIONS": {"secrets": ["whsec_" + "MDEy" * 8]}}


@pytest.mark.parametrize(
    ("source", "carrier"),
    [(AFTERSHIP, "dhl"), (AFTERSHIP, "coursier"), (SIGNED, "coursier"), (SIGNED, "other")],
)
def test_whoever_pushes_speaks_for_its_carriers(
    gift: VideoContainer, now: datetime, settings: Any, source: dict[str, Any], carrier: str
) -> None:
    settings.GIFTING = {**settings.GIFTING, "CARRIERS": {"source": source}}
    parcel(carrier=carrier, state="idle")(gift, now)
    assert reasons(now) == []
    assert reasons(now + timedelta(days=6)) == [Reason.SILENT]


@pytest.mark.parametrize(("source", "carrier"), [(AFTERSHIP, ""), (SIGNED, ""), (SIGNED, "ups")])
def test_whoever_pushes_speaks_for_no_others(
    gift: VideoContainer, now: datetime, settings: Any, source: dict[str, Any], carrier: str
) -> None:
    settings.GIFTING = {**settings.GIFTING, "CARRIERS": {"source": source}}
    parcel(carrier=carrier, state="idle")(gift, now)
    assert reasons(now) == [Reason.CARRIER_UNKNOWN]


def test_an_active_card_needs_no_news(
    new_container: Callable[..., VideoContainer], record: Record, now: datetime
) -> None:
    gift = record(new_container())
    parcel(carrier="coursier", state="idle")(gift, now)
    assert reasons(now) == [Reason.CARRIER_UNKNOWN]
    containers.activate(container=gift, actor=STAFF, now=now)
    assert reasons(now) == []


def test_the_vendor_of_a_hosted_gift_asks_the_carrier(gift: VideoContainer, now: datetime) -> None:
    TROUBLES[Reason.HOSTED_FAILED](gift, now)
    parcel(days=6, carrier="other", state="idle")(gift, now)
    parcel(days=6, carrier="ups", code="1Z2", state="idle")(gift, now)
    assert reasons(now) == [Reason.HOSTED_FAILED]


def test_the_code_gives_a_hint(gift: VideoContainer, now: datetime) -> None:
    TROUBLES[Reason.CARRIER_UNKNOWN](gift, now)
    assert attention.find(Reason.CARRIER_UNKNOWN, now=now)[0].guess == "ups"


def test_a_code_like_no_other_gives_none(gift: VideoContainer, now: datetime) -> None:
    parcel(carrier="", code="?", state="idle")(gift, now)
    assert attention.find(Reason.CARRIER_UNKNOWN, now=now)[0].guess == ""


def test_what_is_chosen_already_is_no_hint(gift: VideoContainer, now: datetime, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "CARRIERS": {}}
    parcel(state="idle")(gift, now)
    assert attention.find(Reason.CARRIER_UNKNOWN, now=now)[0].guess == ""


def test_silence_begins_anew_with_news(gift: VideoContainer, now: datetime) -> None:
    parcel(days=9, heard_at=now - timedelta(days=4))(gift, now)
    assert reasons(now) == []
    assert reasons(now + timedelta(days=2)) == [Reason.SILENT]


def test_silence_begins_anew_with_another_code(gift: VideoContainer, now: datetime) -> None:
    row = parcel(days=9)(gift, now)
    shipments.change(shipment=row, code="1Z8", carrier="ups", actor=STAFF, now=now)
    assert reasons(now) == []


def test_a_delivered_gift_does_not_wait_for_its_other_parcels(
    gift: VideoContainer, record: Record, now: datetime
) -> None:
    for reason in (Reason.RETURNED, Reason.GIVEN_UP, Reason.SILENT):
        TROUBLES[reason](gift, now)
    arrived = Shipment.objects.create(order=gift.order, code="1Z1", carrier="ups", created_at=now)
    record(gift)
    deliveries.confirm_delivery(shipment=arrived, actor=STAFF, now=now)
    assert reasons(now) == []
