"""What the gift reports show. Each function is one query: counted days, and the live ones after them."""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection

from gifting.conf import conf
from gifting.models import Brand
from gifting.services import pack_days
from gifting.services.pack_days import ONE_DAY

PACK_FACTS = """
    SELECT day, pack_id, sent, confirmed, expired, revoked, seconds_to_confirm
    FROM gifting_packday WHERE brand_id = %(brand)s AND day >= %(first)s AND day < %(live)s
    UNION ALL
    SELECT day, pack_id, sent, confirmed, expired, revoked, seconds_to_confirm
    FROM ({pack_events}) AS live WHERE brand_id = %(brand)s
"""
TIMELINE = """
    SELECT day, SUM(sent), SUM(confirmed), SUM(expired), SUM(revoked), SUM(seconds_to_confirm)
    FROM ({pack_facts}) AS facts GROUP BY day ORDER BY day
"""
TOTALS = """
    SELECT SUM(sent), SUM(confirmed), SUM(expired), SUM(revoked), SUM(seconds_to_confirm)
    FROM ({pack_facts}) AS facts
"""
TOP_PACKS = """
    SELECT pack.number, pack.name, best.sent, best.confirmed
    FROM (
        SELECT pack_id, SUM(sent) AS sent, SUM(confirmed) AS confirmed FROM ({pack_facts}) AS facts
        GROUP BY pack_id HAVING SUM(sent) > 0 ORDER BY 2 DESC, pack_id LIMIT %(limit)s
    ) AS best
    JOIN gifting_stickerpack AS pack ON pack.id = best.pack_id
    ORDER BY best.sent DESC, pack.id
"""
TOP_SENDERS = """
    SELECT "user", SUM(sent) FROM (
        SELECT "user", SUM(sent) AS sent FROM gifting_usermonth
        WHERE brand_id = %(brand)s AND month >= %(month)s AND month < %(months_end)s GROUP BY "user"
        UNION ALL
        SELECT sender, COUNT(*) FROM gifting_giftpack
        WHERE brand_id = %(brand)s AND sent_at >= %(start)s AND sent_at < %(before)s GROUP BY sender
        UNION ALL
        SELECT sender, COUNT(*) FROM gifting_giftpack
        WHERE brand_id = %(brand)s AND sent_at >= %(after)s AND sent_at < %(end)s GROUP BY sender
    ) AS facts
    GROUP BY "user" ORDER BY 2 DESC, "user" LIMIT %(limit)s
"""
FLAGGED = """
    SELECT "user", MAX(counterparts), COUNT(*), MAX(day) FROM (
        SELECT "user", day, counterparts FROM gifting_userday
        WHERE brand_id = %(brand)s AND day >= %(first)s AND day < %(live)s AND counterparts > %(allowed)s
        UNION ALL
        SELECT "user", day, counterparts FROM ({user_events}) AS live
        WHERE brand_id = %(brand)s AND counterparts > %(allowed)s
    ) AS facts
    GROUP BY "user" ORDER BY 2 DESC, "user" LIMIT %(limit)s
"""


class Step(StrEnum):
    """How much time one point of a chart stands for. Weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days `first` to `last` (UTC) of a brand; those from `live` on are not counted yet."""

    brand: Brand
    first: date
    last: date
    live: date

    def before(self) -> "Period":
        """As many days, just before these."""
        last = self.first - ONE_DAY
        return Period(brand=self.brand, first=last - (self.last - self.first), last=last, live=self.live)


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened in some time. A gift counts when it is sent, and again when it comes to its end."""

    sent: int = 0
    confirmed: int = 0
    expired: int = 0
    revoked: int = 0
    seconds_to_confirm: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    @property
    def conversion(self) -> float | None:
        """Confirmed for each that was sent; over 1 where many were sent before. None: none was sent."""
        return self.confirmed / self.sent if self.sent else None

    @property
    def wait(self) -> float | None:
        """Seconds from sent to confirmed, on average. None: none was confirmed."""
        return self.seconds_to_confirm / self.confirmed if self.confirmed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One point of the charts: the days `first` to `last` of the period."""

    first: date
    last: date
    counts: Counts


@dataclass(frozen=True, slots=True)
class PackRank:
    """A pack and what was done with it. `number` is the packageId of the API."""

    number: int
    name: str
    sent: int
    confirmed: int


@dataclass(frozen=True, slots=True)
class SenderRank:
    """A user and how many packs were sent under that id."""

    user: str
    sent: int


@dataclass(frozen=True, slots=True)
class Flagged:
    """A user id that had to do with too many others to be one person: on how many days, and the worst."""

    user: str
    counterparts: int
    days: int
    last: date


def period(*, brand: Brand, first: date, last: date) -> Period:
    """What all functions here take; asks once which days are counted."""
    return Period(brand=brand, first=first, last=last, live=pack_days.first_live_day() or first)


def timeline(*, period: Period, step: Step) -> list[Bucket]:
    """The whole period in steps, in order; those in which nothing happened are there, with zeros."""
    counted = {_date(day): Counts(*map(int, sums)) for day, *sums in _rows(TIMELINE, period)}
    return [
        Bucket(first=first, last=last, counts=_sum(counted, first, last))
        for first, last in _steps(period.first, period.last, step)
    ]


def totals(*, period: Period) -> Counts:
    """The period as a whole."""
    (sums,) = _rows(TOTALS, period)
    return Counts(*(int(count or 0) for count in sums))


def top_packs(*, period: Period, limit: int) -> list[PackRank]:
    """The packs that were sent most."""
    rows = _rows(TOP_PACKS, period, limit=limit)
    return [PackRank(number, name, int(sent), int(confirmed)) for number, name, sent, confirmed in rows]


def top_senders(*, period: Period, limit: int) -> list[SenderRank]:
    """The user ids that sent most: whole months are counted, the days around them are read."""
    first, after = _whole_months(period)
    adapt = connection.ops.adapt_datefield_value
    months = {"month": adapt(first), "months_end": adapt(after)}
    around = {"before": pack_days.midnight(first), "after": pack_days.midnight(after)}
    start = {"start": pack_days.midnight(period.first)}
    rows = _rows(TOP_SENDERS, period, limit=limit, **months, **around, **start)
    return [SenderRank(user, int(sent)) for user, sent in rows]


def flagged(*, period: Period, limit: int) -> list[Flagged]:
    """User ids with more counterparts on a day than `GIFT_PACK_COUNTERPARTS` allows, the worst first."""
    rows = _rows(FLAGGED, period, limit=limit, allowed=conf().GIFT_PACK_COUNTERPARTS)
    return [Flagged(user, int(most), int(days), _date(last)) for user, most, days, last in rows]


def _rows(sql: str, period: Period, **parameters: Any) -> Iterable[tuple[Any, ...]]:
    live = min(max(period.live, period.first), period.last + ONE_DAY)
    adapt = connection.ops.adapt_datefield_value
    days = {"brand": period.brand.pk, "first": adapt(period.first), "live": adapt(live)}
    with connection.cursor() as cursor:
        cursor.execute(_composed(sql), {**days, **pack_days.between(live, period.last), **parameters})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _composed(sql: str) -> str:
    pack_facts = PACK_FACTS.format(pack_events=pack_days.pack_events())
    return sql.format(pack_facts=pack_facts, user_events=pack_days.user_events())


def _whole_months(period: Period) -> tuple[date, date]:
    """The first day of the counted months in the period, and the day after them; the same where none is."""
    first = _end(period.first - ONE_DAY, Step.MONTH) + ONE_DAY
    after = min(period.live, period.last + ONE_DAY).replace(day=1)
    return (first, after) if first < after else (period.first, period.first)


def _steps(first: date, last: date, step: Step) -> Iterator[tuple[date, date]]:
    """First and last day of each step, cut where the period begins and ends."""
    while first <= last:
        end = min(last, _end(first, step))
        yield first, end
        first = end + ONE_DAY


def _end(day: date, step: Step) -> date:
    match step:
        case Step.WEEK:
            return day + timedelta(days=6 - day.weekday())
        case Step.MONTH:
            return pack_days.month_end(day)
    return day


def _sum(counted: dict[date, Counts], first: date, last: date) -> Counts:
    days = (first + n * ONE_DAY for n in range((last - first).days + 1))
    return sum((counted[day] for day in days if day in counted), Counts())


def _date(value: date | str) -> date:
    """SQLite has no type for days."""
    return value if isinstance(value, date) else date.fromisoformat(value)
