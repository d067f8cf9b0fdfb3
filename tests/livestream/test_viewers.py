"""What is written down of viewers and of what they were shown, and for how long."""

from datetime import datetime, timedelta

from livestream.models import LiveStream, Pin, Product, ProductClick, ViewerSample
from livestream.services import clicks, pins, viewers
from tests.livestream.conftest import STAFF
from tests.livestream.test_pins import ids


def moment(now: datetime) -> datetime:
    """A moment that no rounding changes."""
    return now.replace(second=20, microsecond=0)


def record(
    now: datetime,
    *,
    counts: dict[int, int] | None = None,
    impressions: dict[int, int] | None = None,
    process: str = "a",
) -> None:
    viewers.record(counts=counts or {}, impressions=impressions or {}, process=process, now=now)


def test_the_counts_of_all_processes_at_one_moment_add_up(live: LiveStream, now: datetime) -> None:
    start = moment(now)
    record(start + timedelta(seconds=1), counts={live.pk: 3}, process="a")
    record(start + timedelta(seconds=9), counts={live.pk: 4}, process="b")
    assert list(live.samples.values_list("at", "viewers").order_by("process")) == [(start, 3), (start, 4)]


def test_a_process_counts_once_at_a_moment(live: LiveStream, now: datetime) -> None:
    record(moment(now), counts={live.pk: 3})
    record(moment(now) + timedelta(seconds=2), counts={live.pk: 5})
    assert live.samples.get().viewers == 3


def test_a_livestream_that_is_gone_spoils_nothing(live: LiveStream, now: datetime) -> None:
    record(now, counts={live.pk: 3, 999_999: 1})
    assert live.samples.count() == 1


def test_impressions_are_added_up(live: LiveStream, products: list[Product], now: datetime) -> None:
    pins.pin(stream=live, ids=ids(*products[:2]), actor=STAFF, now=now)
    first, second = live.pins.all()
    record(now, impressions={first.pk: 3, second.pk: 1})
    record(now, impressions={first.pk: 2})
    assert list(live.pins.values_list("impressions", flat=True)) == [5, 1]


def test_impressions_are_one_update(
    live: LiveStream, products: list[Product], now: datetime, django_assert_num_queries
) -> None:
    pins.pin(stream=live, ids=ids(*products[:3]), actor=STAFF, now=now)
    shown = dict.fromkeys(Pin.objects.values_list("pk", flat=True), 7)
    with django_assert_num_queries(3):  # with the two of the transaction
        record(now, impressions=shown)


def test_old_counts_and_clicks_are_forgotten(
    live: LiveStream, products: list[Product], now: datetime, settings
) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "FIGURES_DAYS": 30}
    pins.pin(stream=live, ids=ids(products[0]), actor=STAFF, now=now)
    for days in (31, 29):
        then = now - timedelta(days=days)
        record(then, counts={live.pk: 1})
        clicks.count(stream=live, pin=live.pins.get(), action=ProductClick.Action.LINK, now=then)
    assert viewers.purge_figures(now=now) == 2
    assert (ViewerSample.objects.count(), ProductClick.objects.count()) == (1, 1)
