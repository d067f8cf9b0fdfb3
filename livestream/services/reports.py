"""What the report of a livestream shows: counts of pages, pins and clicks, and nothing of who it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Count, F, Q, Sum

from livestream.ids import Kind, encode
from livestream.models import LiveStream, ProductClick

MOST_POINTS = 240
STEPS = (10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400)
READ_AT_ONCE = 1_000
Action = ProductClick.Action


@dataclass(frozen=True, slots=True)
class Point:
    """`viewers` is the most at one moment of the `step` that begins at `at`."""

    at: datetime
    viewers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """How a show was watched. `step` is how long each point stands for; `peak_at` is None without viewers."""

    points: tuple[Point, ...]
    step: timedelta
    peak: int
    peak_at: datetime | None
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinning:
    """One time that something was pinned; `ended_at` is the show's end, or now, where it still stands."""

    id: str
    name: str
    began_at: datetime
    ended_at: datetime
    impressions: int


@dataclass(slots=True, kw_only=True)
class Item:
    """A product or a unit, by its public id. `clicks` are those on its pinned card during the show."""

    id: str
    name: str
    pinned_seconds: float = 0
    impressions: int = 0
    clicks: int = 0
    tray_clicks: int = 0
    replay_clicks: int = 0
    baskets: int = 0

    @property
    def rate(self) -> float | None:
        """Clicks for each impression; None where there is no impression."""
        return self.clicks / self.impressions if self.impressions else None


def viewing(stream: LiveStream, *, now: datetime) -> Viewing:
    """One query, whatever the length of the show. A moment without a count is one without viewers."""
    first, last = _span(stream, now)
    step = _step(last - first)
    most: dict[int, int] = {}
    peak, peak_at, seconds = 0, None, 0
    for at, viewers, watched in moments(stream):
        place = min(max(int((at - first) / step), 0), MOST_POINTS - 1)
        most[place] = max(most.get(place, 0), viewers)
        seconds += watched
        if viewers > peak:
            peak, peak_at = viewers, at
    count = max([ceil((last - first) / step), *(place + 1 for place in most)])
    points = tuple(Point(first + place * step, most.get(place, 0)) for place in range(count))
    return Viewing(points=points, step=step, peak=peak, peak_at=peak_at, minutes=seconds / 60)


def moments(stream: LiveStream) -> Iterator[tuple[datetime, int, int]]:
    """When, how many pages all processes held together, and how many seconds that stands for altogether."""
    watched = Sum(F("viewers") * F("seconds"))
    rows = stream.samples.order_by("at").values_list("at").annotate(together=Sum("viewers"), watched=watched)
    return iter(rows.iterator(chunk_size=READ_AT_ONCE))


def _span(stream: LiveStream, now: datetime) -> tuple[datetime, datetime]:
    """From the show's beginning to its end; both the same where it has not begun."""
    first = stream.started_at
    last = now if stream.is_live else (stream.ended_at or first)
    return (first, max(first, last)) if first and last else (now, now)


def _step(length: timedelta) -> timedelta:
    needed = length.total_seconds() / MOST_POINTS
    return timedelta(seconds=next((step for step in STEPS if step >= needed), STEPS[-1]))


def pinnings(stream: LiveStream, *, now: datetime) -> list[Pinning]:
    """Every pin that the public saw, in the order of time: one query."""
    _first, last = _span(stream, now)
    rows = stream.pins.filter(is_rehearsal=False).order_by("pinned_at", "position", "pk")
    columns = ("item", "product__name", "unit__name", "pinned_at", "unpinned_at", "impressions")
    return [
        Pinning(
            id=item,
            name=_name(product, unit),
            began_at=began,
            ended_at=max(min(ended or last, max(last, began)), began),
            impressions=impressions,
        )
        for item, product, unit, began, ended, impressions in rows.values_list(*columns)
    ]


def items(stream: LiveStream, pinned: list[Pinning]) -> list[Item]:
    """Everything that was pinned or clicked, what had the most clicks first: one query."""
    found: dict[str, Item] = {}
    for pinning in pinned:
        item = found.setdefault(pinning.id, Item(id=pinning.id, name=pinning.name))
        item.pinned_seconds += (pinning.ended_at - pinning.began_at).total_seconds()
        item.impressions += pinning.impressions
    for row in _clicks(stream):
        id = _id(row["product_id"], row["unit_id"])
        item = found.setdefault(id, Item(id=id, name=_name(row["product__name"], row["unit__name"])))
        item.clicks, item.tray_clicks = row["card"], row["tray"]
        item.replay_clicks, item.baskets = row["replay"], row["baskets"]
    return sorted(found.values(), key=lambda item: (-item.clicks, -item.impressions, item.name))


def _clicks(stream: LiveStream) -> Iterator[dict[str, Any]]:
    link, live = Q(action=Action.LINK), Q(is_replay=False)
    counted = {
        "card": Count("pk", filter=link & live & Q(pin__isnull=False)),
        "tray": Count("pk", filter=link & live & Q(pin__isnull=True)),
        "replay": Count("pk", filter=link & ~live),
        "baskets": Count("pk", filter=Q(action=Action.BASKET)),
    }
    about = ("product_id", "unit_id", "product__name", "unit__name")
    return iter(stream.clicks.order_by().values(*about).annotate(**counted))


def sample_rows(stream: LiveStream) -> Iterator[list[Any]]:
    """Every count as it was written down."""
    rows = stream.samples.order_by("at", "process").values_list("at", "process", "seconds", "viewers")
    for at, *rest in rows.iterator(chunk_size=READ_AT_ONCE):
        yield [moment(at), *rest]


def click_rows(stream: LiveStream) -> Iterator[list[Any]]:
    """Every click as it was written down."""
    columns = ("at", "product_id", "unit_id", "product__name", "unit__name", "action", "is_replay", "pin_id")
    rows = stream.clicks.order_by("at", "pk").values_list(*columns)
    for at, product, unit, name, variant, action, is_replay, pin in rows.iterator(chunk_size=READ_AT_ONCE):
        where = "replay" if is_replay else "card" if pin else "tray"
        yield [moment(at), _id(product, unit), _name(name, variant), action, where]


def moment(at: datetime) -> str:
    """A time as the CSV files have it: UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _id(product: int, unit: int | None) -> str:
    return encode(Kind.UNIT, unit) if unit else encode(Kind.PRODUCT, product)


def _name(product: str, unit: str | None) -> str:
    return f"{product}, {unit}" if unit else product
