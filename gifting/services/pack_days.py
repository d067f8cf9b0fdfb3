"""Counts the gift packs of each day that is over (UTC), so that reports need not read every gift: once, and
again where something was written for the day afterwards.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Min
from django.utils import timezone

from gifting.conf import conf
from gifting.models import CountedDay, GiftPack, LateDay, PackDay, UserDay, UserMonth

GRACE = timedelta(minutes=15)  # What began before midnight may be committed after it.
DAYS_AT_ONCE = 31
ONE_DAY = timedelta(days=1)
BUSY = 10  # So many different others on a day make a user's day worth a row: it is what may be flagged.
DAY = {"postgresql": "({0} AT TIME ZONE 'UTC')::date", "sqlite": "DATE({0})"}
SECONDS_TO_CONFIRM = {
    "postgresql": "GREATEST(0, EXTRACT(EPOCH FROM confirmed_at - sent_at)::bigint)",
    "sqlite": "MAX(0, STRFTIME('%%s', confirmed_at) - STRFTIME('%%s', sent_at))",
}

# Django composes no INSERT from a SELECT: this is how a day of any size is counted without reading it here.
PACK_EVENTS = """
    SELECT brand_id, day, pack_id, SUM(sent) AS sent, SUM(confirmed) AS confirmed, SUM(expired) AS expired,
           SUM(revoked) AS revoked, SUM(seconds) AS seconds_to_confirm
    FROM (
        SELECT brand_id, {sent_day} AS day, pack_id,
               1 AS sent, 0 AS confirmed, 0 AS expired, 0 AS revoked, 0 AS seconds
        FROM gifting_giftpack WHERE sent_at >= %(start)s AND sent_at < %(end)s
        UNION ALL
        SELECT brand_id, {confirmed_day}, pack_id, 0, 1, 0, 0, {seconds}
        FROM gifting_giftpack WHERE confirmed_at >= %(start)s AND confirmed_at < %(end)s
        UNION ALL
        SELECT brand_id, {ended_day}, pack_id, 0, 0,
               CASE state WHEN 'expired' THEN 1 ELSE 0 END, CASE state WHEN 'revoked' THEN 1 ELSE 0 END, 0
        FROM gifting_giftpack WHERE ended_at >= %(start)s AND ended_at < %(end)s
    ) AS events
    GROUP BY brand_id, day, pack_id
"""
USER_EVENTS = """
    SELECT brand_id, day, "user", SUM(sent) AS sent, SUM(received) AS received,
           COUNT(DISTINCT other) AS counterparts
    FROM (
        SELECT brand_id, {sent_day} AS day, sender AS "user", receiver AS other, 1 AS sent, 0 AS received
        FROM gifting_giftpack WHERE sent_at >= %(start)s AND sent_at < %(end)s
        UNION ALL
        SELECT brand_id, {sent_day}, receiver, sender, 0, 1
        FROM gifting_giftpack WHERE sent_at >= %(start)s AND sent_at < %(end)s
    ) AS events
    GROUP BY brand_id, day, "user"
"""
KEEP_PACKS = """
    INSERT INTO gifting_packday
        (brand_id, day, pack_id, sent, confirmed, expired, revoked, seconds_to_confirm)
"""
KEEP_USERS = """
    INSERT INTO gifting_userday (brand_id, day, "user", sent, received, counterparts)
    SELECT * FROM ({user_events}) AS users WHERE counterparts >= %(busy)s
"""
KEEP_SENDERS = """
    INSERT INTO gifting_usermonth (brand_id, month, "user", sent)
    SELECT brand_id, %(month)s, sender, COUNT(*)
    FROM gifting_giftpack WHERE sent_at >= %(start)s AND sent_at < %(end)s
    GROUP BY brand_id, sender
    ON CONFLICT (brand_id, month, "user") DO UPDATE SET sent = gifting_usermonth.sent + excluded.sent
"""


def aggregate_due(*, now: datetime) -> int:
    """Count the days that changed after they were counted; then those that are over and were not counted yet,
    the oldest first. Returns how many.

    At most `DAYS_AT_ONCE` new ones; each is committed alone, so a killed worker loses one day's work at most.
    """
    again = _recount_late()
    over = _day(now - GRACE)
    day = first_live_day()
    if day is None:
        return again
    days = [day + n * ONE_DAY for n in range(min((over - day).days, DAYS_AT_ONCE))]
    return again + sum(map(_count, days))


def note_late(*, at: datetime) -> None:
    """What this transaction writes happened `at`: where that day is over, it may be counted already."""
    if _day(at) < _day(timezone.now()):
        LateDay.objects.create(day=_day(at))


def first_live_day() -> date | None:
    """The first day that was not counted yet. None: there has never been a gift."""
    last: date | None = CountedDay.objects.aggregate(last=Max("day"))["last"]
    if last is not None:
        return last + ONE_DAY
    sent: datetime | None = GiftPack.objects.aggregate(first=Min("sent_at"))["first"]
    return _day(sent) if sent else None


@transaction.atomic
def _count(day: date) -> bool:
    """False where another worker was faster."""
    hold_off_counting()
    if not _claim(day):
        return False
    _keep_day(day)
    _run(KEEP_SENDERS, day, day)
    return True


def _recount_late() -> int:
    """Month by month: each is committed alone. Returns how many days were counted again."""
    late = LateDay.objects.order_by("day").values_list("day", flat=True).distinct()
    return sum(map(_recount, sorted({day.replace(day=1) for day in late})))


@transaction.atomic
def _recount(month: date) -> int:
    """The notes first: whatever is written once they are gone leaves new ones. They are kept where nothing
    is counted: a worker may be about to count the first day.
    """
    hold_off_counting()
    live = first_live_day() if CountedDay.objects.exists() else None
    if live is None:
        return 0
    notes = LateDay.objects.filter(day__gte=month, day__lte=month_end(month))
    days = list(notes.order_by("day").values_list("day", flat=True).distinct())
    notes.filter(day__in=days).delete()
    counted = [day for day in days if day < live]
    for day in counted:
        PackDay.objects.filter(day=day).delete()
        UserDay.objects.filter(day=day).delete()
        _keep_day(day)
    if counted:
        UserMonth.objects.filter(month=month).delete()
        _run(KEEP_SENDERS, month, min(month_end(month), live - ONE_DAY))
    return len(counted)


def hold_off_counting() -> None:
    """Until the commit, by a row that every worker takes who counts; the first day of all needs none."""
    list(CountedDay.objects.select_for_update().order_by("day")[:1])


def _claim(day: date) -> bool:
    """Waits for a worker who is counting the same day: if he fails, it is ours."""
    try:
        with transaction.atomic():
            CountedDay.objects.create(day=day)
    except IntegrityError:
        return False
    return True


def _keep_day(day: date) -> None:
    _run(KEEP_PACKS + pack_events(), day, day)
    _run(KEEP_USERS.format(user_events=user_events()), day, day)


def _run(sql: str, first: date, last: date) -> None:
    """One statement for what happened from `first` to `last`, two days of one month."""
    month = connection.ops.adapt_datefield_value(first.replace(day=1))
    busy = min(BUSY, conf().GIFT_PACK_COUNTERPARTS + 1)
    with connection.cursor() as cursor:
        cursor.execute(sql, {**between(first, last), "busy": busy, "month": month})


def pack_events() -> str:
    """What happened `between` two days, by brand, day and pack: a SELECT with the columns of `PackDay`."""
    return _in_dialect(PACK_EVENTS)


def user_events() -> str:
    """Who sent and received `between` two days: a SELECT with the columns of `UserDay`."""
    return _in_dialect(USER_EVENTS)


def _in_dialect(sql: str) -> str:
    day = DAY[connection.vendor].format
    return sql.format(
        sent_day=day("sent_at"),
        confirmed_day=day("confirmed_at"),
        ended_day=day("ended_at"),
        seconds=SECONDS_TO_CONFIRM[connection.vendor],
    )


def between(first: date, last: date) -> dict[str, Any]:
    """The parameters of the SELECTs: from the first midnight to the one that ends the last day."""
    return {"start": midnight(first), "end": midnight(last + ONE_DAY)}


def midnight(day: date) -> Any:
    """When the day begins, as the database in use compares it."""
    return connection.ops.adapt_datetimefield_value(datetime.combine(day, time.min, UTC))


def month_end(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
