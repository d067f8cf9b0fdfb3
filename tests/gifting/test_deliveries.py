"""Email on delivery (contract A): who is mailed what, when, and how often."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection, connections
from django.utils import timezone

from gifting.dto import Actor, ActorKind
from gifting.models import JournalEntry, OutgoingMessage, Recording, Shipment, VideoContainer
from gifting.services import containers, deliveries, messages, notes

SHOP = Actor(ActorKind.SHOP)
GIVER = Actor(ActorKind.GIVER)
CARRIER = Actor(ActorKind.CARRIER, "ups")
State = VideoContainer.State
NewContainer = Callable[..., VideoContainer]
Record = Callable[[VideoContainer], VideoContainer]
SendMails = Callable[[], None]


@pytest.fixture
def for_bob(db: None, new_container: NewContainer) -> VideoContainer:
    """A gift that Bob shall hear of by mail."""
    return new_container(receiver_email="bob@example.com")


@pytest.fixture
def by_card(db: None, new_container: NewContainer) -> VideoContainer:
    """A gift whose receiver has no address."""
    return new_container()


def parcel(gift: VideoContainer, code: str = "1Z999") -> Shipment:
    return Shipment.objects.create(order=gift.order, code=code, carrier="ups", created_at=timezone.now())


def deliver(gift: VideoContainer, shipment: Shipment | None = None) -> bool:
    return deliveries.confirm_delivery(shipment=shipment or parcel(gift), actor=CARRIER, now=timezone.now())


def state_of(gift: VideoContainer) -> str:
    return VideoContainer.objects.get(pk=gift.pk).state


def recipients() -> list[list[str]]:
    return [one.to for one in mail.outbox]


def test_the_receiver_is_mailed_when_the_parcel_arrives(
    for_bob: VideoContainer, record: Record, send_mails: SendMails
) -> None:
    deliver(record(for_bob))
    send_mails()
    assert recipients() == [["bob@example.com"]]
    assert for_bob.watch_url in mail.outbox[0].body


def test_the_parcels_arrival_activates_the_gift(for_bob: VideoContainer, record: Record) -> None:
    deliver(record(for_bob))
    gift = VideoContainer.objects.get(pk=for_bob.pk)
    assert (gift.state, gift.is_live) == (State.DELIVERED, True)
    assert gift.activated_at
    assert gift.delivered_at


def test_nothing_is_mailed_before_the_parcel_arrives(
    for_bob: VideoContainer, record: Record, send_mails: SendMails, now: datetime
) -> None:
    containers.activate(container=record(for_bob), actor=SHOP, now=now)
    send_mails()
    assert mail.outbox == []


def test_a_gift_activated_before_is_mailed_too(
    for_bob: VideoContainer, record: Record, send_mails: SendMails, now: datetime
) -> None:
    containers.activate(container=record(for_bob), actor=SHOP, now=now)
    deliver(for_bob)
    send_mails()
    assert recipients() == [["bob@example.com"]]


def test_without_an_address_the_gift_is_activated_and_nobody_mailed(
    by_card: VideoContainer, record: Record, send_mails: SendMails
) -> None:
    deliver(record(by_card))
    assert not OutgoingMessage.objects.exists()
    send_mails()
    assert state_of(by_card) == State.DELIVERED
    assert mail.outbox == []


def test_the_same_news_twice_mails_once(
    for_bob: VideoContainer, record: Record, send_mails: SendMails
) -> None:
    shipment = parcel(record(for_bob))
    assert [deliver(for_bob, shipment), deliver(for_bob, shipment)] == [True, False]
    send_mails()
    send_mails()
    assert recipients() == [["bob@example.com"]]


def test_a_second_parcel_mails_nobody_again(
    for_bob: VideoContainer, record: Record, send_mails: SendMails
) -> None:
    first, second = parcel(record(for_bob), "1"), parcel(for_bob, "2")
    deliver(for_bob, first)
    deliver(for_bob, second)
    send_mails()
    second.refresh_from_db()
    assert second.status == Shipment.Status.DELIVERED
    assert recipients() == [["bob@example.com"]]


def test_a_note_alone_is_enough(for_bob: VideoContainer, send_mails: SendMails, now: datetime) -> None:
    notes.write_note(container=for_bob, note="Only words.", alone=True, actor=GIVER, now=now)
    deliver(for_bob)
    send_mails()
    assert recipients() == [["bob@example.com"]]


def test_a_note_that_waits_for_its_video_is_not_enough(
    for_bob: VideoContainer, send_mails: SendMails, now: datetime
) -> None:
    notes.write_note(container=for_bob, note="And look:", alone=False, actor=GIVER, now=now)
    deliver(for_bob)
    send_mails()
    assert recipients() == [["alice@example.com"]]


def test_with_nothing_recorded_the_giver_is_reminded(for_bob: VideoContainer, send_mails: SendMails) -> None:
    deliver(for_bob)
    send_mails()
    assert recipients() == [["alice@example.com"]]
    assert for_bob.recording_url in mail.outbox[0].body


def test_the_giver_is_reminded_for_a_card_too(by_card: VideoContainer, send_mails: SendMails) -> None:
    deliver(by_card)
    send_mails()
    assert recipients() == [["alice@example.com"]]


def test_after_the_reminder_the_receiver_is_mailed_as_soon_as_a_video_is_ready(
    for_bob: VideoContainer, record: Record, send_mails: SendMails
) -> None:
    deliver(for_bob)
    send_mails()
    record(VideoContainer.objects.get(pk=for_bob.pk))
    send_mails()
    assert recipients() == [["alice@example.com"], ["bob@example.com"]]


def test_after_the_reminder_the_receiver_is_mailed_as_soon_as_a_note_stands_alone(
    for_bob: VideoContainer, send_mails: SendMails, now: datetime
) -> None:
    deliver(for_bob)
    send_mails()
    notes.write_note(container=for_bob, note="Only words.", alone=True, actor=GIVER, now=now)
    send_mails()
    assert recipients() == [["alice@example.com"], ["bob@example.com"]]


def test_a_giver_who_records_before_the_reminder_goes_out_is_not_reminded(
    for_bob: VideoContainer, record: Record, send_mails: SendMails
) -> None:
    deliver(for_bob)
    record(VideoContainer.objects.get(pk=for_bob.pk))
    send_mails()
    assert recipients() == [["bob@example.com"]]


def test_a_giver_who_writes_before_the_reminder_goes_out_is_not_reminded(
    for_bob: VideoContainer, send_mails: SendMails, now: datetime
) -> None:
    deliver(for_bob)
    notes.write_note(container=for_bob, note="Only words.", alone=True, actor=GIVER, now=now)
    send_mails()
    assert recipients() == [["bob@example.com"]]


def preparing(gift: VideoContainer, now: datetime) -> Recording:
    return Recording.objects.create(container=gift, due_at=now, created_at=now)


def test_a_giver_whose_video_is_being_prepared_is_not_reminded(
    for_bob: VideoContainer, send_mails: SendMails, now: datetime
) -> None:
    preparing(for_bob, now)
    deliver(for_bob)
    send_mails()
    assert mail.outbox == []


def test_if_that_video_is_refused_the_reminder_goes_out(for_bob: VideoContainer, now: datetime) -> None:
    video = preparing(for_bob, now)
    deliver(for_bob)
    reminder = OutgoingMessage.objects.get()
    messages.send(pk=reminder.pk, now=timezone.now())
    Recording.objects.filter(pk=video.pk).update(state=Recording.State.REFUSED)
    messages.send(pk=reminder.pk, now=timezone.now() + timedelta(minutes=6))
    assert recipients() == [["alice@example.com"]]


def test_waiting_for_a_video_uses_up_no_attempt(for_bob: VideoContainer, now: datetime) -> None:
    preparing(for_bob, now)
    deliver(for_bob)
    reminder = OutgoingMessage.objects.get()
    for hours in range(1, 30):
        messages.send(pk=reminder.pk, now=timezone.now() + timedelta(hours=hours))
    reminder.refresh_from_db()
    assert (reminder.state, reminder.attempts) == (OutgoingMessage.State.QUEUED, 0)


def test_a_cancelled_gift_mails_nobody(
    for_bob: VideoContainer, record: Record, send_mails: SendMails, now: datetime
) -> None:
    containers.cancel(container=record(for_bob), actor=SHOP, now=now)
    assert deliver(for_bob) is False
    send_mails()
    assert mail.outbox == []


def test_cancelling_takes_back_what_was_not_sent_yet(
    for_bob: VideoContainer, record: Record, send_mails: SendMails, now: datetime
) -> None:
    deliver(record(for_bob))
    containers.cancel(container=for_bob, actor=SHOP, now=now)
    send_mails()
    assert mail.outbox == []


def test_cancelling_stops_even_a_mail_that_a_dead_worker_had_begun(
    for_bob: VideoContainer, record: Record, now: datetime
) -> None:
    deliver(record(for_bob))
    begun = OutgoingMessage.objects.get()
    OutgoingMessage.objects.update(state=OutgoingMessage.State.SENDING)
    containers.cancel(container=for_bob, actor=SHOP, now=now)
    messages.send(pk=begun.pk, now=timezone.now())
    assert mail.outbox == []


def test_an_erased_gift_mails_nobody(for_bob: VideoContainer, record: Record, send_mails: SendMails) -> None:
    deliver(record(for_bob))
    VideoContainer.objects.update(state=State.EXPIRED)
    send_mails()
    assert mail.outbox == []


def test_a_receiver_whose_address_was_taken_back_is_not_mailed(
    for_bob: VideoContainer, record: Record, send_mails: SendMails, now: datetime
) -> None:
    deliver(record(for_bob))
    containers.change_container(container=for_bob, changes={"receiverEmail": ""}, actor=SHOP, now=now)
    send_mails()
    assert mail.outbox == []
    assert not OutgoingMessage.objects.exists()


def test_a_corrected_address_is_the_one_that_is_mailed(
    for_bob: VideoContainer, record: Record, send_mails: SendMails, now: datetime
) -> None:
    deliver(record(for_bob))
    changes = {"receiverEmail": "robert@example.com"}
    containers.change_container(container=for_bob, changes=changes, actor=SHOP, now=now)
    send_mails()
    assert recipients() == [["robert@example.com"]]


def test_a_receiver_who_is_named_after_the_parcel_arrived_is_mailed(
    by_card: VideoContainer, record: Record, send_mails: SendMails, now: datetime
) -> None:
    deliver(record(by_card))
    changes = {"receiverEmail": "bob@example.com"}
    for _ in range(2):
        containers.change_container(container=by_card, changes=changes, actor=SHOP, now=now)
        send_mails()
    assert recipients() == [["bob@example.com"]]


def test_an_address_given_back_and_taken_again_mails_once(
    for_bob: VideoContainer, record: Record, send_mails: SendMails, now: datetime
) -> None:
    deliver(record(for_bob))
    for address in ("", "bob@example.com", "", "bob@example.com"):
        changes = {"receiverEmail": address}
        containers.change_container(container=for_bob, changes=changes, actor=SHOP, now=now)
        send_mails()
    assert recipients() == [["bob@example.com"]]


def test_the_journal_tells_the_story(for_bob: VideoContainer, record: Record, send_mails: SendMails) -> None:
    deliver(record(for_bob))
    send_mails()
    story = list(JournalEntry.objects.filter(container=for_bob).values_list("event", flat=True))
    assert story[-4:] == ["activated", "delivered", "mail_queued", "mail_sent"]


def test_the_journal_holds_no_address(for_bob: VideoContainer, record: Record, send_mails: SendMails) -> None:
    deliver(record(for_bob))
    send_mails()
    assert not [entry for entry in JournalEntry.objects.all() if "@" in str(entry.detail)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a database with concurrent writers")
def test_many_carriers_and_workers_at_once_mail_once(new_container: NewContainer, record: Record) -> None:
    gift = record(new_container(receiver_email="bob@example.com"))
    parcels = [parcel(gift, str(number)) for number in range(6)]
    at_once(lambda number: deliver(gift, parcels[number]), 6)
    pk = OutgoingMessage.objects.get().pk
    at_once(lambda number: messages.send(pk=pk, now=timezone.now()), 6)
    assert recipients() == [["bob@example.com"]]


def at_once(call: Callable[[int], object], times: int) -> None:
    """Every call in a thread and a database connection of its own, all let loose together."""
    start = Barrier(times)

    def run(number: int) -> None:
        start.wait()
        try:
            call(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        list(pool.map(run, range(times)))
