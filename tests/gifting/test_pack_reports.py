"""What the reports say, whether the days are counted already or not."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from gifting.models import Brand, GiftPack, StickerPack
from gifting.services import pack_days, reports
from gifting.services.reports import Counts, Period, Step
from tests.gifting.pack_gifts import accept, at, give, new_pack

FIRST, LAST = date(2026, 2, 26), date(2026, 3, 4)
HOUR = timedelta(hours=1)
NOWHERE, HALFWAY, WHOLLY = "2026-02-26 00:00", "2026-03-02 12:00", "2026-03-09 00:20"


@pytest.fixture
def pack(brand: Brand) -> StickerPack:
    return new_pack(brand)


@pytest.fixture(params=[NOWHERE, HALFWAY, WHOLLY], ids=["all live", "half counted", "all counted"])
def look(request: Any, brand: Brand) -> Callable[..., Period]:
    """Counts days up to some moment, then gives the period."""

    def make(first: date = FIRST, last: date = LAST) -> Period:
        pack_days.aggregate_due(now=at(request.param))
        return reports.period(brand=brand, first=first, last=last)

    return make


Look = Callable[..., Period]


def test_each_day_is_there_also_those_without_gifts(pack: StickerPack, look: Look) -> None:
    give(pack, "alice", "bob", at("2026-03-01 10:00"))
    buckets = reports.timeline(period=look(), step=Step.DAY)
    assert [bucket.first for bucket in buckets] == [FIRST + timedelta(days=n) for n in range(7)]
    assert [bucket.counts.sent for bucket in buckets] == [0, 0, 0, 1, 0, 0, 0]


def test_weeks_begin_on_monday_and_are_cut_at_the_ends(pack: StickerPack, look: Look) -> None:
    give(pack, "alice", "bob", at("2026-03-01 23:59"))
    give(pack, "alice", "carol", at("2026-03-02 00:00"))
    buckets = reports.timeline(period=look(), step=Step.WEEK)
    assert [(b.first, b.last, b.counts.sent) for b in buckets] == [
        (FIRST, date(2026, 3, 1), 1),
        (date(2026, 3, 2), LAST, 1),
    ]


def test_months_are_as_long_as_they_are(pack: StickerPack, look: Look) -> None:
    give(pack, "alice", "bob", at("2026-02-28 10:00"))
    buckets = reports.timeline(period=look(last=date(2026, 4, 30)), step=Step.MONTH)
    assert [(b.last, b.counts.sent) for b in buckets] == [
        (date(2026, 2, 28), 1),
        (date(2026, 3, 31), 0),
        (date(2026, 4, 30), 0),
    ]


def test_all_that_happens_is_counted_on_its_day(pack: StickerPack, look: Look) -> None:
    accept(pack, "alice", "bob", at("2026-03-01 10:00"), after=HOUR)
    accept(pack, "alice", "carol", at("2026-03-01 10:00"), after=3 * HOUR)
    give(pack, "alice", "dave", at("2026-03-01 10:00"), ended_at=at("2026-03-03 10:00"))
    give(pack, "alice", "eve", at("2026-03-01 10:00"), ended_at=at("2026-03-03 10:00"), state="revoked")
    counts = [bucket.counts for bucket in reports.timeline(period=look(), step=Step.DAY)]
    assert counts[3] == Counts(sent=4, confirmed=2, seconds_to_confirm=4 * 3600)
    assert counts[5] == Counts(expired=1, revoked=1)
    assert (counts[3].conversion, counts[3].wait) == (0.5, 7200)


def test_where_nothing_was_sent_there_is_no_conversion(pack: StickerPack, look: Look) -> None:
    counts = reports.totals(period=look())
    assert (counts, counts.conversion, counts.wait) == (Counts(), None, None)


def test_other_days_and_brands_do_not_count(pack: StickerPack, look: Look, other_brand: Brand) -> None:
    give(pack, "alice", "bob", at("2026-02-25 23:59"))
    give(pack, "alice", "carol", at("2026-03-05 00:00"))
    give(new_pack(other_brand), "alice", "dave", at("2026-03-01 10:00"))
    period = look()
    assert reports.totals(period=period) == Counts()
    assert reports.top_packs(period=period, limit=9) == []
    assert reports.top_senders(period=period, limit=9) == []


def test_the_time_before_is_as_long_and_ends_where_this_begins(brand: Brand, look: Look) -> None:
    before = look().before()
    assert (before.first, before.last) == (date(2026, 2, 19), date(2026, 2, 25))


def test_packs_are_ranked_by_how_often_they_were_sent(pack: StickerPack, look: Look) -> None:
    other, _unsent = new_pack(pack.brand, 119, "Moon"), new_pack(pack.brand, 120, "Unsent")
    give(pack, "alice", "bob", at("2026-02-27 10:00"))
    give(pack, "alice", "carol", at("2026-03-03 10:00"))
    accept(other, "alice", "bob", at("2026-03-03 10:00"), after=HOUR)
    ranks = reports.top_packs(period=look(), limit=9)
    assert [(r.number, r.name, r.sent, r.confirmed) for r in ranks] == [
        (118, "Stuart", 2, 0),
        (119, "Moon", 1, 1),
    ]


def test_senders_are_ranked_over_whole_months_and_the_days_around(pack: StickerPack, look: Look) -> None:
    days = ["2026-01-10", "2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01", "2026-03-10"]
    for day in days:
        give(pack, "alice", f"bob on {day}", at(f"{day} 10:00"))
    give(pack, "carol", "dave", at("2026-02-10 10:00"))
    period = look(date(2026, 1, 31), date(2026, 3, 1))
    assert [(r.user, r.sent) for r in reports.top_senders(period=period, limit=9)] == [
        ("alice", 4),
        ("carol", 1),
    ]


@pytest.mark.parametrize(
    ("first", "last", "sent"),
    [
        ("2026-02-01", "2026-02-28", 2),
        ("2026-02-01", "2026-02-27", 1),
        ("2026-02-02", "2026-02-28", 1),
        ("2026-02-28", "2026-02-28", 1),
        ("2026-02-01", "2026-03-01", 3),
    ],
)
def test_what_was_sent_counts_once_at_the_edges_of_months(
    pack: StickerPack, look: Look, first: str, last: str, sent: int
) -> None:
    for day in ("2026-02-01", "2026-02-28", "2026-03-01"):
        give(pack, "alice", f"bob on {day}", at(f"{day} 10:00"))
    period = look(date.fromisoformat(first), date.fromisoformat(last))
    assert [rank.sent for rank in reports.top_senders(period=period, limit=9)] == [sent]


def test_rankings_end_where_they_are_told_to(pack: StickerPack, look: Look) -> None:
    for n in range(3):
        give(new_pack(pack.brand, 200 + n), f"sender-{n}", "bob", at("2026-03-01 10:00"))
    period = look()
    assert len(reports.top_packs(period=period, limit=2)) == 2
    assert [rank.user for rank in reports.top_senders(period=period, limit=2)] == ["sender-0", "sender-1"]


def test_a_user_id_with_too_many_others_is_flagged(pack: StickerPack, look: Look, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "GIFT_PACK_COUNTERPARTS": 2}
    for day, others in (("2026-02-28", 3), ("2026-03-03", 4), ("2026-03-04", 2)):
        for n in range(others):
            give(pack, "kiosk", f"{day}-{n}", at(f"{day} 10:00"))
    (found,) = reports.flagged(period=look(), limit=9)
    assert (found.user, found.counterparts, found.days, found.last) == ("kiosk", 4, 2, date(2026, 3, 3))


def test_receiving_from_too_many_is_flagged_as_well(pack: StickerPack, look: Look, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "GIFT_PACK_COUNTERPARTS": 2}
    for n in range(3):
        give(new_pack(pack.brand, 200 + n), f"sender-{n}", "inbox", at("2026-03-01 10:00"))
    assert [found.user for found in reports.flagged(period=look(), limit=9)] == ["inbox"]


def test_what_was_counted_is_not_read_from_the_gifts_again(pack: StickerPack, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "GIFT_PACK_COUNTERPARTS": 0}
    give(pack, "alice", "bob", at("2026-02-02 10:00"))
    pack_days.aggregate_due(now=at("2026-03-02 10:00"))
    GiftPack.objects.all().delete()
    period = reports.period(brand=pack.brand, first=date(2026, 2, 1), last=date(2026, 2, 28))
    assert reports.totals(period=period).sent == 1
    assert [rank.sent for rank in reports.top_packs(period=period, limit=9)] == [1]
    assert [rank.user for rank in reports.top_senders(period=period, limit=9)] == ["alice"]
    assert [found.user for found in reports.flagged(period=period, limit=9)] == ["alice", "bob"]


def test_a_pack_that_was_only_confirmed_is_in_no_ranking(pack: StickerPack, look: Look) -> None:
    accept(pack, "alice", "bob", at("2026-02-25 23:00"), after=2 * HOUR)
    period = look()
    assert reports.totals(period=period) == Counts(confirmed=1, seconds_to_confirm=7200)
    assert reports.top_packs(period=period, limit=9) == []


def test_the_number_that_is_allowed_may_be_raised_later(pack: StickerPack, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "GIFT_PACK_COUNTERPARTS": 0}
    for n in range(2):
        give(pack, "kiosk", f"{n}", at("2026-02-02 10:00"))
    pack_days.aggregate_due(now=at("2026-03-02 10:00"))
    period = reports.period(brand=pack.brand, first=date(2026, 2, 1), last=date(2026, 2, 28))
    settings.GIFTING = {**settings.GIFTING, "GIFT_PACK_COUNTERPARTS": 1}
    assert [found.user for found in reports.flagged(period=period, limit=9)] == ["kiosk"]
    settings.GIFTING = {**settings.GIFTING, "GIFT_PACK_COUNTERPARTS": 2}
    assert reports.flagged(period=period, limit=9) == []
