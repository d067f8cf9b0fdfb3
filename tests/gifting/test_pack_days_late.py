"""What is written for a day that stands counted already: the day is counted again, by the next sweep."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from gifting.dto import Actor, ActorKind
from gifting.models import Brand, CountedDay, GiftPack, LateDay, PackDay, StickerPack, UserDay, UserMonth
from gifting.services import pack_days, packs, reports
from gifting.services.reports import Step
from tests.gifting.pack_gifts import at, give, new_pack
from tests.racing import at_once, needs_postgres, overtaken

SUNDAY, MONDAY, TUESDAY, WEDNESDAY = "2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"
STAFF = Actor(ActorKind.STAFF, "maria")
Write = Callable[[Brand], Any]


@pytest.fixture
def pack(brand: Brand) -> StickerPack:
    return new_pack(brand)


@pytest.fixture
def counted(pack: StickerPack) -> None:
    """Monday and Tuesday stand counted, with one gift on each of them."""
    for day in (MONDAY, TUESDAY):
        give(pack, "alice", f"bob on {day}", at(f"{day} 10:00"), expires_at=at(f"{TUESDAY} 12:00"))
    assert count() == 2


def count() -> int:
    return pack_days.aggregate_due(now=at(f"{WEDNESDAY} 12:00"))


def send(brand: Brand, receiver: str = "carol", when: str = f"{MONDAY} 11:00") -> GiftPack:
    return packs.send(brand=brand, number=118, sender="alice", receiver=receiver, now=at(when))


def confirm(brand: Brand) -> None:
    pair = {"number": 118, "sender": "alice", "receiver": f"bob on {MONDAY}"}
    packs.confirm(brand=brand, **pair, now=at(f"{MONDAY} 11:00"))


def revoke(brand: Brand) -> None:
    gift = GiftPack.objects.get(receiver=f"bob on {MONDAY}")
    packs.revoke(gift=gift, actor=STAFF, now=at(f"{MONDAY} 11:00"))


def expire(brand: Brand) -> None:
    GiftPack.objects.filter(receiver=f"bob on {MONDAY}").update(expires_at=at(f"{MONDAY} 11:00"))
    packs.expire_due(now=at(f"{MONDAY} 11:00"))


def monday() -> tuple[int, int, int, int]:
    """Sent, confirmed, expired, revoked."""
    return PackDay.objects.values_list("sent", "confirmed", "expired", "revoked").get(day=MONDAY)


def sent_in_month(month: str) -> int | None:
    return UserMonth.objects.filter(month=month).aggregate(all=Sum("sent"))["all"]


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize(
    ("write", "now_counted"),
    [(send, (2, 0, 0, 0)), (confirm, (1, 1, 0, 0)), (expire, (1, 0, 1, 0)), (revoke, (1, 0, 0, 1))],
)
def test_whatever_happened_on_a_counted_day_counts(
    brand: Brand, write: Write, now_counted: tuple[int, int, int, int]
) -> None:
    assert monday() == (1, 0, 0, 0)
    write(brand)
    assert count() == 1
    assert monday() == now_counted


@pytest.mark.usefixtures("counted")
def test_the_report_shows_it(brand: Brand) -> None:
    send(brand)
    count()
    period = reports.period(brand=brand, first=date(2026, 3, 1), last=date(2026, 3, 31))
    assert reports.totals(period=period).sent == 3
    assert [bucket.counts.sent for bucket in reports.timeline(period=period, step=Step.DAY)][:3] == [0, 2, 1]
    assert reports.top_senders(period=period, limit=1)[0].sent == 3


@pytest.mark.usefixtures("counted")
def test_the_other_days_stay_as_they_are(brand: Brand) -> None:
    send(brand)
    count()
    assert PackDay.objects.get(day=TUESDAY).sent == 1
    assert CountedDay.objects.count() == 2


@pytest.mark.usefixtures("counted")
def test_the_users_of_a_day_are_counted_again(brand: Brand, settings: Settings) -> None:
    settings.GIFTING = {**settings.GIFTING, "GIFT_PACK_COUNTERPARTS": 1}
    send(brand)
    count()
    assert UserDay.objects.values_list("user", "sent", "counterparts").get(day=MONDAY) == ("alice", 2, 2)


@pytest.mark.usefixtures("counted")
def test_a_month_knows_what_its_senders_sent_in_all(brand: Brand) -> None:
    send(brand)
    send(brand, "dave", f"{TUESDAY} 11:00")
    count()
    assert UserMonth.objects.values_list("user", "sent").get() == ("alice", 4)


@pytest.mark.usefixtures("counted")
def test_a_month_counts_no_day_that_is_not_over(brand: Brand, pack: StickerPack) -> None:
    give(pack, "alice", "today", at(f"{WEDNESDAY} 09:00"))
    send(brand)
    count()
    assert sent_in_month("2026-03-01") == 3


@pytest.mark.usefixtures("counted")
def test_gifts_from_before_the_first_counted_day_count_too(brand: Brand) -> None:
    send(brand, "carol", f"{SUNDAY} 11:00")
    send(brand, "dave", "2026-02-14 11:00")
    assert count() == 2
    assert PackDay.objects.aggregate(all=Sum("sent"))["all"] == 4
    assert (sent_in_month("2026-02-01"), sent_in_month("2026-03-01")) == (1, 3)


@pytest.mark.usefixtures("counted")
def test_a_day_is_counted_again_once(brand: Brand) -> None:
    for receiver in ("carol", "dave"):
        send(brand, receiver)
    assert [count(), count()] == [1, 0]
    assert monday()[0] == 3
    assert not LateDay.objects.exists()


@pytest.mark.usefixtures("counted")
def test_what_is_rolled_back_is_not_counted_again(brand: Brand) -> None:
    with transaction.atomic():
        send(brand)
        transaction.set_rollback(True)
    assert count() == 0


@pytest.mark.usefixtures("pack")
def test_days_that_were_never_counted_are_counted_with_all_others(brand: Brand) -> None:
    send(brand)
    count()
    count()
    assert (monday()[0], sent_in_month("2026-03-01")) == (1, 1)
    assert not LateDay.objects.exists()


@pytest.mark.usefixtures("pack")
def test_a_gift_of_today_leaves_no_note(brand: Brand, now: datetime) -> None:
    gift = packs.send(brand=brand, number=118, sender="alice", receiver="bob", now=now)
    packs.revoke(gift=gift, actor=STAFF, now=now)
    assert not LateDay.objects.exists()


@pytest.mark.usefixtures("counted")
def test_a_day_that_cannot_be_counted_again_stays_as_it_was(brand: Brand) -> None:
    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        if "INSERT INTO gifting_usermonth" in sql:
            raise RuntimeError
        return execute(sql, *rest)

    send(brand)
    with ExitStack() as stack:
        stack.enter_context(pytest.raises(RuntimeError))
        stack.enter_context(connection.execute_wrapper(fail))
        count()
    assert (monday()[0], sent_in_month("2026-03-01")) == (1, 2)
    assert count() == 1
    assert (monday()[0], sent_in_month("2026-03-01")) == (2, 3)


@pytest.mark.usefixtures("counted")
def test_very_many_notes_are_read_as_days(brand: Brand) -> None:
    LateDay.objects.bulk_create(LateDay(day=day) for day in [MONDAY, TUESDAY] * 500)
    with CaptureQueriesContext(connection) as captured:
        assert count() == 2
    assert len(captured) < 30
    assert max(len(query["sql"]) for query in captured) < 3000


# -- On PostgreSQL, at the same instant


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("counted")
def test_a_gift_that_is_committed_after_the_count_is_counted_by_the_next(brand: Brand) -> None:
    needs_postgres()
    send(brand)
    with transaction.atomic():
        send(brand, "dave")
        assert at_once(count) == [1]
        assert monday()[0] == 2
    assert count() == 1
    assert monday()[0] == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("counted")
def test_workers_at_once_count_again_once(brand: Brand) -> None:
    needs_postgres()
    send(brand)
    assert sum(at_once(count, count, count)) == 1
    assert (monday()[0], sent_in_month("2026-03-01")) == (2, 3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("counted")
def test_counting_again_waits_for_who_counts_a_new_day(brand: Brand) -> None:
    needs_postgres()
    thursday = at(f"{WEDNESDAY} 12:00") + timedelta(days=1)
    send(brand, "carol", f"{WEDNESDAY} 11:00")

    def count_wednesday() -> None:
        assert pack_days.aggregate_due(now=thursday) == 1
        at_once(lambda: send(brand, "dave", f"{WEDNESDAY} 11:00"))

    assert overtaken(count, hold=count_wednesday) == 1
    assert PackDay.objects.get(day=WEDNESDAY).sent == 2
    assert sent_in_month("2026-03-01") == 4
