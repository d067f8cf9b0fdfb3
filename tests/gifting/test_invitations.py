"""Capture by mail: the giver gets the recording link with the order, and one reminder."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from gifting.dto import NewContainer
from gifting.errors import Locked
from gifting.models import Brand, JournalEntry, OutgoingMessage, Recording
from gifting.services import containers, notes, sending
from tests.gifting.posting import STAFF, Gift, deliver, do, mailed, the_mail, work

pytestmark = pytest.mark.django_db
TOMORROW = timedelta(hours=24, minutes=1)


@pytest.fixture
def gift(new_container: Callable[..., Gift], brand: Brand) -> Gift:
    """Of a brand that asks its givers by mail."""
    brand.capture = Brand.Capture.EMAIL
    brand.save()
    return new_container(receiver_email="bob@example.com")


def a_day_later() -> None:
    work(at=timezone.now() + TOMORROW)


def test_the_giver_is_mailed_the_recording_link(gift: Gift) -> None:
    work()
    assert mailed() == ["alice@example.com"]
    assert f"\n{gift.recording_url}\n" in mail.outbox[0].body


def test_a_brand_with_a_widget_invites_nobody(container: Gift) -> None:
    a_day_later()
    assert mailed() == []


def test_the_same_order_again_invites_once(gift: Gift, brand: Brand) -> None:
    request = NewContainer(crid="1", email="carol@example.com", additional_data={})
    for _ in range(3):
        containers.open_container(brand=brand, request=request, actor=STAFF, now=timezone.now())
    work()
    assert sorted(mailed()) == ["alice@example.com", "carol@example.com"]


def test_a_giver_who_does_nothing_is_reminded_once(gift: Gift) -> None:
    work()
    for _ in range(3):
        a_day_later()
    assert mailed() == ["alice@example.com"] * 2
    assert "still missing" in mail.outbox[1].subject


def test_the_reminder_waits_for_as_long_as_the_host_says(
    settings, new_container: Callable[..., Gift], brand: Brand
) -> None:
    settings.GIFTING = {**settings.GIFTING, "INVITATION_REMINDER_HOURS": 48}
    brand.capture = Brand.Capture.EMAIL
    brand.save()
    new_container()
    work()
    a_day_later()
    assert mailed() == ["alice@example.com"]


def recorded(gift: Gift) -> None:
    do(notes.write_note, gift, note="Look!", alone=True)


def begun(gift: Gift) -> None:
    Recording.objects.create(container=gift, due_at=timezone.now(), created_at=timezone.now())


def refused(gift: Gift) -> None:
    begun(gift)
    Recording.objects.update(state=Recording.State.REFUSED)


def shipped(gift: Gift) -> None:
    do(containers.change_container, gift, changes={"shipmentCode": "1Z", "shipmentCarrier": "ups"})


def cancelled(gift: Gift) -> None:
    do(containers.cancel, gift)


def activated(gift: Gift) -> None:
    do(containers.activate, gift)


def recalled(gift: Gift) -> None:
    do(sending.recall, gift)


@pytest.mark.parametrize("then", [recorded, begun, shipped, cancelled, activated, recalled])
def test_a_reminder_that_would_come_too_late_is_not_sent(gift: Gift, then: Callable[[Gift], None]) -> None:
    work()
    then(gift)
    a_day_later()
    assert mailed() == ["alice@example.com"]


def test_a_giver_whose_video_was_refused_is_reminded(gift: Gift) -> None:
    work()
    refused(gift)
    a_day_later()
    assert mailed() == ["alice@example.com"] * 2


@pytest.mark.parametrize("then", [recorded, begun, cancelled])
def test_an_invitation_that_would_come_too_late_is_not_sent(gift: Gift, then: Callable[[Gift], None]) -> None:
    then(gift)
    work()
    assert mailed() == []


def test_staff_can_invite_a_giver_of_any_brand_again_and_again(container: Gift) -> None:
    for _ in range(2):
        do(sending.invite, container)
        work()
    assert mailed() == ["alice@example.com"] * 2
    assert JournalEntry.objects.filter(event="mail_queued", actor="staff:maria").count() == 2


@pytest.mark.parametrize("then", [activated, deliver])
def test_staff_can_invite_while_a_live_gift_is_empty(container: Gift, then: Callable[[Gift], None]) -> None:
    then(container)
    OutgoingMessage.objects.all().delete()
    do(sending.invite, container)
    work()
    assert mailed() == ["alice@example.com"]


@pytest.mark.parametrize("then", [recorded, begun, cancelled, recalled])
def test_there_is_no_invitation_to_what_cannot_be_recorded(
    container: Gift, then: Callable[[Gift], None]
) -> None:
    then(container)
    with pytest.raises(Locked):
        do(sending.invite, container)
    assert not OutgoingMessage.objects.exists()


def test_a_parcel_that_leaves_at_once_does_not_stop_the_invitation(gift: Gift) -> None:
    shipped(gift)
    work()
    assert mailed() == ["alice@example.com"]


def test_the_gift_goes_on_as_any_other(gift: Gift) -> None:
    work()
    recorded(gift)
    deliver(gift)
    work()
    assert (mailed(), the_mail().state) == (["alice@example.com", "bob@example.com"], "sent")


def test_a_hold_is_for_the_receivers_mail_alone(gift: Gift) -> None:
    do(sending.hold, gift)
    work()
    assert mailed() == ["alice@example.com"]
    assert OutgoingMessage.objects.get(purpose="invitation_again").state == "queued"
