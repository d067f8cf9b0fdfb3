"""What is counted: viewers, pins, clicks; and how it is told in words."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from livestream.admin.report_charts import length, number, percent
from livestream.models import LiveStream, Product
from livestream.services import clicks, pins, reports, streams
from tests.livestream.conftest import STAFF
from tests.livestream.reports.counted import HOUR, MINUTE, SECOND, Action, click, pin, sample

# -- Viewers


def test_viewers_of_all_processes_add_up(show: LiveStream, began: datetime, now: datetime) -> None:
    sample(show, began + MINUTE, 5, 7)
    sample(show, began + 2 * MINUTE, 11)
    seen = reports.viewing(show, now=now)
    assert (seen.peak, seen.peak_at) == (12, began + MINUTE)


def test_minutes_are_viewers_times_the_seconds_they_stand_for(
    show: LiveStream, began: datetime, now: datetime
) -> None:
    sample(show, began + MINUTE, 6, 6)
    sample(show, began + 2 * MINUTE, 2, seconds=60)
    assert reports.viewing(show, now=now).minutes == (12 * 10 + 2 * 60) / 60


def test_points_follow_the_show_and_show_the_most_of_their_time(
    show: LiveStream, began: datetime, now: datetime
) -> None:
    for seconds, viewers in ((0, 1), (10, 9), (20, 3), (600, 4)):
        sample(show, began + seconds * SECOND, viewers)
    seen = reports.viewing(show, now=now)
    assert (seen.step, len(seen.points)) == (10 * SECOND, 120)
    told = {point.at - began: point.viewers for point in seen.points if point.viewers}
    assert told == {0 * SECOND: 1, 10 * SECOND: 9, 20 * SECOND: 3, 600 * SECOND: 4}


@pytest.mark.parametrize(("minutes", "step"), [(40, 10), (41, 20), (600, 300), (60 * 24 * 30, 14_400)])
def test_a_long_show_has_no_more_points(stream: LiveStream, now: datetime, minutes: int, step: int) -> None:
    streams.move(stream=stream, to=LiveStream.Status.ACTIVE, actor=STAFF, now=now - minutes * MINUTE)
    show = LiveStream.objects.get()
    seen = reports.viewing(show, now=now)
    assert seen.step == step * SECOND
    assert len(seen.points) <= reports.MOST_POINTS


def test_a_count_just_before_the_beginning_belongs_to_it(
    show: LiveStream, began: datetime, now: datetime
) -> None:
    sample(show, began - 7 * SECOND, 3)
    assert reports.viewing(show, now=now).points[0].viewers == 3


def test_a_show_on_air_is_told_until_now(live: LiveStream, now: datetime) -> None:
    seen = reports.viewing(live, now=now + 5 * MINUTE)
    assert seen.points[-1].at + seen.step == now + 5 * MINUTE


def test_a_show_that_has_not_begun_has_no_points(stream: LiveStream, now: datetime) -> None:
    seen = reports.viewing(stream, now=now)
    assert (seen.points, seen.peak, seen.peak_at, seen.minutes) == ((), 0, None, 0)


def test_other_livestreams_are_other_reports(
    show: LiveStream, began: datetime, now: datetime, channel: Any, products: list[Product]
) -> None:
    other = streams.create(channel=channel, event_name="Other", scheduled_at=now, actor=STAFF, now=now)
    sample(other, began, 50)
    pin(other, products[0], began)
    click(other, products[0], began)
    pinned = reports.pinnings(show, now=now)
    assert (reports.viewing(show, now=now).peak, pinned, reports.items(show, pinned)) == (0, [], [])


# -- Pins and clicks


def only(show: LiveStream, now: datetime) -> reports.Item:
    found = reports.items(show, reports.pinnings(show, now=now))
    assert len(found) == 1
    return found[0]


def test_a_product_that_was_pinned_twice_is_one_line(
    show: LiveStream, products: list[Product], began: datetime, now: datetime
) -> None:
    scarf = products[0]
    pin(show, scarf, began, began + MINUTE, impressions=10)
    pin(show, scarf, began + 5 * MINUTE, began + 7 * MINUTE, impressions=4)
    item = only(show, now)
    assert (item.id, item.name, item.pinned_seconds, item.impressions) == (
        scarf.public_id,
        "Scarf",
        180,
        14,
    )


def test_a_unit_and_its_product_are_two_lines(
    show: LiveStream, products: list[Product], began: datetime, now: datetime
) -> None:
    unit = products[0].units.get()
    pin(show, products[0], began, began + MINUTE)
    pin(show, products[0], began, began + MINUTE, unit=unit, item=unit.public_id)
    click(show, products[0], began, unit=unit)
    found = reports.items(show, reports.pinnings(show, now=now))
    assert {(one.id, one.name) for one in found} == {
        (products[0].public_id, "Scarf"),
        (unit.public_id, "Scarf, One size"),
    }


@pytest.mark.parametrize("until", [None, 3 * HOUR])
def test_a_pin_ends_with_the_show(
    show: LiveStream, products: list[Product], began: datetime, now: datetime, until: timedelta | None
) -> None:
    pin(show, products[0], began + 15 * MINUTE, began + until if until else None)
    assert only(show, now).pinned_seconds == 300


def test_a_pin_that_stands_is_counted_until_now(
    live: LiveStream, products: list[Product], now: datetime
) -> None:
    pins.pin(stream=live, ids=[products[0].public_id], actor=STAFF, now=now)
    assert only(live, now + 2 * MINUTE).pinned_seconds == 120


def test_rehearsed_pins_are_not_counted(
    show: LiveStream, products: list[Product], began: datetime, now: datetime
) -> None:
    pin(show, products[0], began, began + MINUTE, is_rehearsal=True, impressions=9)
    assert reports.pinnings(show, now=now) == []


def test_clicks_are_counted_by_where_they_were(
    show: LiveStream, products: list[Product], began: datetime, now: datetime
) -> None:
    scarf = products[0]
    row = pin(show, scarf, began, began + MINUTE, impressions=8)
    for fields in (
        *[{"pin": row}] * 2,
        {},
        *[{"pin": row, "is_replay": True}] * 3,
        {"pin": row, "action": Action.BASKET},
        {"action": Action.BASKET, "is_replay": True},
    ):
        click(show, scarf, began, **fields)
    item = only(show, now)
    assert (item.clicks, item.tray_clicks, item.replay_clicks, item.baskets) == (2, 1, 3, 2)
    assert item.rate == 0.25


def test_without_an_impression_there_is_no_rate(
    show: LiveStream, products: list[Product], began: datetime, now: datetime
) -> None:
    click(show, products[0], began)
    assert only(show, now).rate is None


def test_what_a_viewer_clicks_is_in_the_report(
    live: LiveStream, products: list[Product], now: datetime
) -> None:
    item = products[0].public_id
    pins.pin(stream=live, ids=[item], actor=STAFF, now=now)
    clicks.count(stream=live, pin=clicks.find(stream=live, item=item), action=Action.LINK, now=now + MINUTE)
    assert only(live, now).clicks == 1


# -- Words


@pytest.mark.parametrize(
    ("share", "words"), [(None, "—"), (0.0, "0 %"), (0.065, "6.5 %"), (0.25, "25 %"), (1.5, "150 %")]
)
def test_shares_in_words(share: float | None, words: str) -> None:
    assert percent(share) == words


@pytest.mark.parametrize(("value", "words"), [(0, "0"), (32.6, "33"), (12_345, "12,345")])
def test_numbers_in_words(value: float, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00:00"), (3723.4, "1:02:03"), (90_000, "25:00:00")])
def test_lengths_in_words(seconds: float, words: str) -> None:
    assert length(seconds) == words
