"""Days that are over are counted once; what they say never changes again."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gifting import tasks
from gifting.models import Brand, CountedDay, GiftPack, PackDay, StickerPack, UserDay, UserMonth
from gifting.services import pack_days
from tests.gifting.pack_gifts import accept, at, give, new_pack
from tests.racing import at_once, needs_postgres

MONDAY, TUESDAY, WEDNESDAY = "2026-03-02", "2026-03-03", "2026-03-04"
LATER = at(f"{WEDNESDAY} 12:00")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def pack(brand: Brand) -> StickerPack:
    return new_pack(brand)


def count(now: datetime = LATER) -> int:
    return pack_days.aggregate_due(now=now)


def pack_day(day: str) -> PackDay:
    return PackDay.objects.get(day=day)


def user_day(user: str, day: str = MONDAY) -> tuple[int, int, int]:
    return UserDay.objects.values_list("sent", "received", "counterparts").get(day=day, user=user)


def test_each_day_that_is_over_is_counted(pack: StickerPack) -> None:
    give(pack, "alice", "bob", at(f"{MONDAY} 10:00"))
    assert count() == 2
    assert [str(day) for day in CountedDay.objects.all()] == [TUESDAY, MONDAY]


def test_without_gifts_there_is_nothing_to_count(brand: Brand) -> None:
    assert count() == 0
    assert pack_days.first_live_day() is None


def test_what_happened_stands_on_the_day_on_which_it_happened(pack: StickerPack) -> None:
    accept(pack, "alice", "bob", at(f"{MONDAY} 23:00"), after=timedelta(hours=2))
    give(pack, "alice", "carol", at(f"{MONDAY} 09:00"), ended_at=at(f"{TUESDAY} 09:00"))
    for receiver in ("dave", "eve"):
        give(pack, "a", receiver, at(f"{MONDAY} 09:00"), ended_at=at(f"{TUESDAY} 09:00"), state="revoked")
    count()
    monday, tuesday = pack_day(MONDAY), pack_day(TUESDAY)
    assert (monday.sent, monday.confirmed, monday.expired, monday.revoked) == (4, 0, 0, 0)
    assert (tuesday.sent, tuesday.confirmed, tuesday.expired, tuesday.revoked) == (0, 1, 1, 2)
    assert (monday.seconds_to_confirm, tuesday.seconds_to_confirm) == (0, 7200)


def test_a_clock_that_went_back_counts_as_no_time(pack: StickerPack) -> None:
    accept(pack, "alice", "bob", at(f"{MONDAY} 10:00"), after=-MINUTE)
    count()
    assert (pack_day(MONDAY).confirmed, pack_day(MONDAY).seconds_to_confirm) == (1, 0)


@pytest.mark.parametrize(("time", "day"), [("00:00", TUESDAY), ("23:59:59.999999", MONDAY)])
def test_a_day_ends_at_midnight_utc(pack: StickerPack, time: str, day: str) -> None:
    give(pack, "alice", "bob", at(f"{day} {time}"))
    count()
    assert pack_day(day).sent == 1


def test_packs_and_brands_are_counted_apart(pack: StickerPack, other_brand: Brand) -> None:
    theirs, second = new_pack(other_brand), new_pack(pack.brand, 119)
    for one in (pack, second, theirs):
        give(one, "alice", "bob", at(f"{MONDAY} 10:00"))
    count()
    assert PackDay.objects.filter(sent=1).count() == 3
    assert sorted(UserMonth.objects.values_list("brand__slug", "user", "sent")) == [
        ("lune", "alice", 2),
        ("soleil", "alice", 1),
    ]


def test_what_a_user_sent_adds_up_in_the_month(pack: StickerPack) -> None:
    for day in (MONDAY, TUESDAY, "2026-02-28"):
        give(pack, "alice", f"bob on {day}", at(f"{day} 10:00"))
    count()
    months = UserMonth.objects.filter(user="alice").values_list("month", "sent")
    assert list(months) == [(date(2026, 3, 1), 2), (date(2026, 2, 1), 1)]


@pytest.mark.parametrize(("others", "rows"), [(9, 0), (10, 1)])
def test_only_a_busy_user_leaves_a_row_for_the_day(pack: StickerPack, others: int, rows: int) -> None:
    for n in range(others):
        give(pack, "alice", f"bob {n}", at(f"{MONDAY} 10:00"))
    count()
    assert UserDay.objects.count() == rows


def test_a_user_has_to_do_with_so_many_others(pack: StickerPack, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "GIFT_PACK_COUNTERPARTS": 0}
    other = new_pack(pack.brand, 119)
    morning = at(f"{MONDAY} 10:00")
    give(pack, "alice", "bob", morning)
    give(other, "alice", "bob", morning)
    give(pack, "alice", "carol", morning)
    give(pack, "dave", "alice", morning)
    give(other, "bob", "alice", morning)
    count()
    assert user_day("alice") == (3, 2, 3)
    assert user_day("bob") == (1, 2, 1)
    assert user_day("carol") == (0, 1, 1)


def test_a_day_is_counted_once(pack: StickerPack) -> None:
    give(pack, "alice", "bob", at(f"{MONDAY} 10:00"))
    count()
    assert count() == 0
    assert pack_day(MONDAY).sent == 1


def test_a_day_is_left_alone_until_its_last_gifts_are_committed(pack: StickerPack) -> None:
    give(pack, "alice", "bob", at(f"{MONDAY} 10:00"))
    midnight = at(f"{TUESDAY} 00:00")
    assert count(midnight + 14 * MINUTE) == 0
    assert count(midnight + 15 * MINUTE) == 1


def test_after_an_outage_the_days_are_made_up_for_in_bounded_steps(pack: StickerPack) -> None:
    give(pack, "alice", "bob", at("2026-01-01 10:00"))
    give(pack, "alice", "carol", at("2026-02-20 10:00"))
    assert [count() for _ in range(4)] == [31, 31, 0, 0]
    assert pack_days.first_live_day() == date(2026, 3, 4)
    assert PackDay.objects.count() == 2


def test_many_gifts_are_counted_without_being_read(pack: StickerPack) -> None:
    GiftPack.objects.bulk_create(
        GiftPack(brand=pack.brand, pack=pack, sender=f"s{n}", receiver=f"r{n}", sent_at=at(f"{MONDAY} 10:00"))
        for n in range(500)
    )
    with CaptureQueriesContext(connection) as captured:
        assert count(at(f"{TUESDAY} 12:00")) == 1
    queries = [query["sql"].strip() for query in captured]
    assert len([sql for sql in queries if sql.startswith("INSERT")]) == 4
    assert not any(sql.startswith("SELECT") and "sender" in sql for sql in queries)


def test_a_day_that_cannot_be_counted_is_tried_again(pack: StickerPack) -> None:
    give(pack, "alice", "bob", at(f"{MONDAY} 10:00"))
    broken = PackDay.objects.create(brand=pack.brand, day=MONDAY, pack=pack)
    with pytest.raises(Exception, match=r"(?i)unique"):
        count()
    broken.delete()
    assert count() == 2
    assert pack_day(MONDAY).sent == 1


def test_the_sweep_counts(pack: StickerPack) -> None:
    give(pack, "alice", "bob", at(f"{MONDAY} 10:00"))
    tasks.sweep()
    assert pack_day(MONDAY).sent == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_count_each_day_once(brand: Brand) -> None:
    needs_postgres()
    give(new_pack(brand), "alice", "bob", at("2026-03-01 10:00"))
    assert sum(at_once(count, count, count)) == 3
    assert list(PackDay.objects.values_list("sent")) == [(1,)]
