"""Counts of viewers and of what they were shown. Nothing in them tells who looked on."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Value, When

from livestream.bus.base import topic
from livestream.conf import conf
from livestream.dto import Audience
from livestream.models import LiveStream, Pin, ProductClick, ViewerSample
from livestream.services import state
from livestream.services.buses import get_bus

PURGE_LIMIT = 1000
SWEEP_SECONDS = 60
NGINX = "nginx"


@transaction.atomic
def record(*, counts: Mapping[int, int], impressions: Mapping[int, int], process: str, now: datetime) -> None:
    """Viewers of each livestream that one process holds, and how often it showed pins since the last time.

    Moments are rounded down to SAMPLE_SECONDS: the counts of all processes at one moment add up.
    """
    _sample(counts, process=process, seconds=conf().SAMPLE_SECONDS, now=now)
    if impressions:
        more = [When(pk=pin, then=Value(count)) for pin, count in impressions.items()]
        total = F("impressions") + Case(*more, default=Value(0))
        Pin.objects.filter(pk__in=impressions).update(impressions=total)


def _sample(counts: Mapping[int, int], *, process: str, seconds: int, now: datetime) -> None:
    at = datetime.fromtimestamp(now.timestamp() // seconds * seconds, tz=now.tzinfo)
    there = LiveStream.objects.filter(pk__in=counts).values_list("pk", flat=True)
    samples = [
        ViewerSample(stream_id=pk, at=at, process=process, seconds=seconds, viewers=counts[pk])
        for pk in there
    ]
    ViewerSample.objects.bulk_create(samples, ignore_conflicts=True)


def refresh_bus(*, now: datetime) -> None:
    """Where viewers are connected to the bus itself: hand it every live state once more, and count.

    A restarted bus has forgotten them. Raises BusUnavailable.
    """
    bus = get_bus()
    if not bus.has_own_viewers:
        return
    live = LiveStream.objects.filter(status__in=(LiveStream.Status.ACTIVE, LiveStream.Status.PAUSED))
    counts = {}
    for stream in live.select_related("channel"):
        state.publish(stream)
        counts[stream.pk] = bus.count(topic(stream.pk, Audience.PUBLIC))
    _sample(counts, process=NGINX, seconds=SWEEP_SECONDS, now=now)


def purge_figures(*, now: datetime) -> int:
    """Forget counts and clicks that are older than FIGURES_DAYS; how many went."""
    oldest = now - timedelta(days=conf().FIGURES_DAYS)
    return _purge(ViewerSample.objects, oldest) + _purge(ProductClick.objects, oldest)


def _purge(rows: Any, oldest: datetime) -> int:
    """Rows are written in the order of time: the oldest have the lowest keys."""
    first = rows.order_by("pk").values_list("pk", "at")[:PURGE_LIMIT]
    gone, _by_table = rows.filter(pk__in=[pk for pk, at in first if at < oldest]).delete()
    return int(gone)
