"""How long gifts are kept: warned of once, then erased without a trace but the fact."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from gifting.dto import Actor, ActorKind
from gifting.errors import Invalid, Locked
from gifting.models import Brand, HostedGift, Order, OutgoingMessage, VideoContainer
from gifting.services import containers, messages, notes, recordings, retention, uploads
from tests.racing import at_once, needs_postgres

pytestmark = pytest.mark.django_db

State = VideoContainer.State
SHOP, STAFF = Actor(ActorKind.SHOP), Actor(ActorKind.STAFF, "maria")
NewContainer = Callable[..., VideoContainer]
Record = Callable[[VideoContainer], VideoContainer]
DAY = timedelta(days=1)


@pytest.fixture
def gift(new_container: NewContainer, record: Record, now: datetime) -> VideoContainer:
    """A gift that Bob can watch; it is kept for 180 days."""
    gift = record(new_container(receiver_email="bob@example.com"))
    containers.activate(container=gift, actor=SHOP, now=now)
    return fresh(gift)


@pytest.fixture
def sweep() -> Callable[[datetime], None]:
    """What the worker does each minute with gifts and files."""

    def run(now: datetime) -> None:
        retention.warn_due(now=now)
        retention.erase_due(now=now)
        recordings.erase_replaced(now=now)
        uploads.purge_expired(now=now)

    return run


def fresh(gift: VideoContainer) -> VideoContainer:
    return VideoContainer.objects.get(pk=gift.pk)


def mails(gift: VideoContainer) -> set[str]:
    return set(gift.messages.values_list("purpose", flat=True))


def events(gift: VideoContainer) -> list[str]:
    return list(gift.journal.values_list("event", flat=True))


# -- Warned


def test_giver_and_receiver_are_warned_before_the_end(gift: VideoContainer, now: datetime) -> None:
    assert retention.warn_due(now=now + 166 * DAY) == 1
    assert mails(gift) == {"warning_giver", "warning_receiver"}
    assert fresh(gift).warned_at
    assert "warned" in events(gift)


def test_nobody_is_warned_too_early(gift: VideoContainer, now: datetime) -> None:
    assert retention.warn_due(now=now + 165 * DAY) == 0
    assert mails(gift) == set()


def test_everybody_is_warned_once(gift: VideoContainer, now: datetime) -> None:
    retention.warn_due(now=now + 166 * DAY)
    assert retention.warn_due(now=now + 166 * DAY) == 0
    assert events(gift).count("warned") == 1


def test_the_setting_says_how_long_before(gift: VideoContainer, now: datetime, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "ERASURE_WARNING_DAYS": 30}
    assert retention.warn_due(now=now + 150 * DAY) == 1


@pytest.mark.parametrize(("days", "warned"), [(0, 0), (4, 0), (5, 1)])
def test_a_gift_that_is_kept_for_a_short_time_is_warned_of_in_the_middle(
    new_container: NewContainer, record: Record, now: datetime, days: int, warned: int
) -> None:
    gift = record(new_container())
    VideoContainer.objects.filter(pk=gift.pk).update(expires_at=now + 10 * DAY)
    assert retention.warn_due(now=now + days * DAY) == warned


def test_there_is_nothing_to_warn_of_where_nothing_was_recorded(
    new_container: NewContainer, now: datetime
) -> None:
    new_container(receiver_email="bob@example.com")
    assert retention.warn_due(now=now + 170 * DAY) == 0


def test_one_that_is_recorded_late_is_warned_of_then(
    new_container: NewContainer, record: Record, now: datetime
) -> None:
    gift = new_container()
    retention.warn_due(now=now + 170 * DAY)
    record(gift)
    assert retention.warn_due(now=now + 171 * DAY) == 1


def test_a_note_alone_is_worth_a_warning(new_container: NewContainer, now: datetime) -> None:
    gift = new_container()
    notes.write_note(container=gift, note="Only words.", alone=True, actor=SHOP, now=now)
    assert retention.warn_due(now=now + 170 * DAY) == 1


def test_a_receiver_who_could_not_see_the_gift_yet_is_not_told_of_its_end(
    new_container: NewContainer, record: Record, now: datetime
) -> None:
    gift = record(new_container(receiver_email="bob@example.com"))
    retention.warn_due(now=now + 170 * DAY)
    assert mails(gift) == {"warning_giver"}


@pytest.mark.parametrize("fields", [{"recalled_at": timezone.now()}, {"hidden_at": timezone.now()}])
def test_nobody_is_sent_to_a_withdrawn_message(gift: VideoContainer, now: datetime, fields: Any) -> None:
    VideoContainer.objects.filter(pk=gift.pk).update(**fields)
    assert retention.warn_due(now=now + 170 * DAY) == 0
    VideoContainer.objects.filter(pk=gift.pk).update(recalled_at=None, hidden_at=None)
    assert retention.warn_due(now=now + 171 * DAY) == 1


def test_a_cancelled_gift_is_not_warned_of(gift: VideoContainer, now: datetime) -> None:
    containers.cancel(container=gift, actor=SHOP, now=now)
    assert retention.warn_due(now=now + 170 * DAY) == 0


def test_nobody_is_warned_of_a_video_that_is_kept_elsewhere(gift: VideoContainer, now: datetime) -> None:
    HostedGift.objects.create(container=gift, backend="livstick", opened_at=now)
    assert retention.warn_due(now=now + 170 * DAY) == 0
    assert (mails(gift), "warned" in events(gift)) == (set(), False)
    assert retention.erase_due(now=now + 181 * DAY) == 1


def test_the_mails_say_where_the_video_can_be_saved(gift: VideoContainer, now: datetime) -> None:
    VideoContainer.objects.filter(pk=gift.pk).update(seen_at=now)
    retention.warn_due(now=now + 166 * DAY)
    for row in gift.messages.all():
        messages.send(pk=row.pk, now=timezone.now() + 166 * DAY)
    found = {one.to[0]: one.body for one in mail.outbox}
    assert gift.preview_url in found["alice@example.com"]
    assert gift.watch_url in found["bob@example.com"]
    assert gift.watch_url not in found["alice@example.com"]


def test_after_weeks_without_a_sweep_the_warning_comes_first(
    gift: VideoContainer, now: datetime, sweep: Callable[[datetime], None]
) -> None:
    sweep(now + 200 * DAY)
    assert fresh(gift).is_live
    assert mails(gift) == {"warning_giver", "warning_receiver"}
    sweep(now + 213 * DAY)
    assert fresh(gift).is_live
    sweep(now + 215 * DAY)
    assert fresh(gift).state == State.EXPIRED


def test_nothing_is_erased_while_the_warnings_do_not_get_through(gift: VideoContainer, now: datetime) -> None:
    assert retention.erase_due(now=now + 200 * DAY) == 0


def test_without_warnings_gifts_are_erased_on_their_day(
    gift: VideoContainer, now: datetime, settings: Any, sweep: Callable[[datetime], None]
) -> None:
    settings.GIFTING = {**settings.GIFTING, "ERASURE_WARNING_DAYS": 0}
    sweep(now + 181 * DAY)
    assert fresh(gift).state == State.EXPIRED
    assert "warned" not in events(gift)


# -- Kept


def test_nothing_is_erased_before_its_end(gift: VideoContainer, now: datetime) -> None:
    VideoContainer.objects.filter(pk=gift.pk).update(expires_at=now + DAY, warned_at=now)
    assert retention.erase_due(now=now) == 0


def test_a_gift_without_an_end_is_kept(brand: Any, new_container: NewContainer, now: datetime) -> None:
    brand.retention_days = 0
    brand.save()
    gift = new_container()
    assert gift.expires_at is None
    assert retention.erase_due(now=now + 36500 * DAY) == 0


def test_another_number_of_days_is_for_new_gifts_only(brand: Any, gift: VideoContainer) -> None:
    before = gift.expires_at
    brand.retention_days = 10
    brand.save()
    assert fresh(gift).expires_at == before


@pytest.mark.parametrize("passed", [0, 100])
def test_staff_keep_a_gift_longer(gift: VideoContainer, now: datetime, passed: int) -> None:
    retention.keep_longer(container=gift, days=30, actor=STAFF, now=now + passed * DAY)
    assert fresh(gift).expires_at == now + 210 * DAY
    assert (gift.journal.last().event, gift.journal.last().detail) == ("kept", {"days": 30})


def test_a_gift_whose_time_is_over_is_kept_from_now_on(gift: VideoContainer, now: datetime) -> None:
    retention.keep_longer(container=gift, days=30, actor=STAFF, now=now + 190 * DAY)
    assert fresh(gift).expires_at == now + 220 * DAY


def test_a_gift_that_is_kept_longer_is_warned_of_again(gift: VideoContainer, now: datetime) -> None:
    retention.warn_due(now=now + 170 * DAY)
    gift.messages.update(state=OutgoingMessage.State.SENT)
    retention.keep_longer(container=gift, days=30, actor=STAFF, now=now + 170 * DAY)
    assert retention.warn_due(now=now + 171 * DAY) == 0
    assert retention.warn_due(now=now + 196 * DAY) == 1
    assert set(gift.messages.values_list("state", flat=True)) == {"queued"}


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_nobody_keeps_a_gift_for_a_senseless_time(gift: VideoContainer, now: datetime, days: int) -> None:
    with pytest.raises(Invalid):
        retention.keep_longer(container=gift, days=days, actor=STAFF, now=now)


def test_what_was_erased_cannot_be_kept(gift: VideoContainer, now: datetime) -> None:
    retention.erase_now(container=gift, actor=STAFF, now=now)
    with pytest.raises(Locked):
        retention.keep_longer(container=gift, days=1, actor=STAFF, now=now)


# -- In parallel, and at scale


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_warn_and_erase_once(new_container: NewContainer, record: Record, now: datetime) -> None:
    needs_postgres()
    gifts = [record(new_container()) for _ in range(10)]
    later = now + 166 * DAY
    assert sum(at_once(*[lambda: retention.warn_due(now=later)] * 4)) == 10
    assert sum(at_once(*[lambda: retention.erase_due(now=now + 181 * DAY)] * 4)) == 10
    assert all(events(gift).count("warned") == events(gift).count("erased") == 1 for gift in gifts)


def test_the_sweep_takes_a_bounded_number(brand: Brand, now: datetime) -> None:
    count = retention.BATCH + 3
    orders = [Order(brand=brand, number=str(one), created_at=now) for one in range(count)]
    gifts = [
        VideoContainer(
            order=order,
            urid=f"{number:010d}",
            edit_key=uuid.uuid4(),
            watch_token=str(number),
            created_at=now,
            expires_at=now,
        )
        for number, order in enumerate(Order.objects.bulk_create(orders))
    ]
    VideoContainer.objects.bulk_create(gifts)
    assert [retention.erase_due(now=now) for _ in range(3)] == [retention.BATCH, 3, 0]
