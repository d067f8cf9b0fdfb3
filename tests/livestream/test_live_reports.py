"""The report of a livestream: what is counted, how it is told, and the files."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from livestream.admin.report_charts import length, percent, viewers_chart
from livestream.models import LiveStream, Pin, Product, ProductClick, ViewerSample
from livestream.services import clicks, pins, reports, streams
from tests.livestream.admin.conftest import NewClient, person  # noqa: F401  (a fixture)
from tests.livestream.conftest import STAFF

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Action = ProductClick.Action


@pytest.fixture
def began(now: datetime) -> datetime:
    """An hour ago, on a whole minute."""
    return (now - HOUR).replace(second=0, microsecond=0)


@pytest.fixture
def show(stream: LiveStream, began: datetime) -> LiveStream:
    """Live for 20 minutes, an hour ago, and over."""
    live = streams.move(stream=stream, to=LiveStream.Status.ACTIVE, actor=STAFF, now=began)
    return streams.end(stream=live, actor=STAFF, now=began + 20 * MINUTE)


def sample(show: LiveStream, at: datetime, *viewers: int, seconds: int = 10) -> None:
    """How many each process counted at a moment."""
    ViewerSample.objects.bulk_create(
        ViewerSample(stream=show, at=at, process=f"p{number}", seconds=seconds, viewers=count)
        for number, count in enumerate(viewers)
    )


def pin(
    show: LiveStream, product: Product, at: datetime, until: datetime | None = None, **fields: Any
) -> Pin:
    fields = {"item": product.public_id, "pinned_by": "staff:maria", "position": 1, **fields}
    return Pin.objects.create(stream=show, product=product, pinned_at=at, unpinned_at=until, **fields)


def click(show: LiveStream, product: Product, at: datetime, **fields: Any) -> None:
    ProductClick.objects.create(stream=show, product=product, at=at, **{"action": Action.LINK, **fields})


def url(show: LiveStream, file: str = "") -> str:
    return f"/admin/livestream/livestream/{show.pk}/report/{file}"


def figures(client: Client, show: LiveStream, name: str) -> list[list[str]]:
    content = client.get(url(show, f"{name}.csv")).getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


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


# -- The page


@pytest.fixture
def full(show: LiveStream, products: list[Product], began: datetime) -> LiveStream:
    """A show with a little of everything."""
    for minute in range(20):
        sample(show, began + minute * MINUTE, 100 * minute, 40)
    scarf = pin(show, products[0], began + MINUTE, began + 5 * MINUTE, impressions=400)
    pin(show, products[1], began + 5 * MINUTE, None, impressions=200)
    for _ in range(10):
        click(show, products[0], began + 2 * MINUTE, pin=scarf)
    click(show, products[2], began + 3 * MINUTE)
    return show


def text(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def test_the_page_tells_it_in_figures(staff: Client, full: LiveStream) -> None:
    tiles = dict(staff.get(url(full)).context["tiles"])
    assert tiles == {
        "Viewers at most": "1,940",
        "Minutes watched": "3,300",
        "Length": "0:20:00",
        "Impressions": "600",
        "Clicks on cards": "10",
        "Click rate": "1.7 %",
        "Clicks in the tray": "1",
        "Clicks in the replay": "0",
        "Put into the basket": "0",
    }


def test_the_rule_that_counts_is_printed_with_it(staff: Client, full: LiveStream) -> None:
    page = text(staff.get(url(full)))
    assert "How this is counted" in page
    assert "Every 10 seconds each server process counts the pages" in page
    assert "Nobody is followed: no cookie, no address" in page
    assert "kept for 400 days" in page


def test_the_chart_can_be_read_in_words(staff: Client, full: LiveStream) -> None:
    page = staff.get(url(full)).content.decode()
    svg = re.search(r"<svg viewBox.*?</svg>", page, re.DOTALL)
    assert svg
    assert 'role="img"' in svg[0]
    assert "1,940 viewers at most, at " in svg[0]
    assert len(re.findall(r'class="lr-mark"><title>[^<]*Scarf', svg[0])) == 1
    assert "<table>" in page


def test_no_script_and_no_style_is_in_the_page(staff: Client, full: LiveStream) -> None:
    page = staff.get(url(full)).content.decode().partition('<div class="lr-report">')[2]
    assert "<script" not in page.partition("</main>")[0]
    assert "style=" not in page.partition("</main>")[0]


@pytest.mark.parametrize("language", ["de", "fr"])
def test_numbers_of_the_drawing_have_no_commas(full: LiveStream, now: datetime, language: str) -> None:
    with translation.override(language):
        chart = viewers_chart(reports.viewing(full, now=now), reports.pinnings(full, now=now))
    assert chart
    assert re.fullmatch(r"[MLh0-9. ]+", chart.line)
    assert all(re.fullmatch(r"[0-9.]+", mark.x) for mark in chart.marks)


def test_names_of_products_are_no_markup(
    staff: Client, show: LiveStream, products: list[Product], began: datetime
) -> None:
    Product.objects.filter(pk=products[0].pk).update(name="<script>alert(1)</script>")
    pin(show, products[0], began, began + MINUTE)
    assert "<script>alert" not in staff.get(url(show)).content.decode()


def test_a_show_that_has_not_begun_says_so(staff: Client, stream: LiveStream) -> None:
    assert "This livestream has not begun" in text(staff.get(url(stream)))


def test_a_show_without_viewers_says_so(staff: Client, show: LiveStream) -> None:
    assert "Nobody watched." in text(staff.get(url(show)))


def queries_of(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured if "livestream_" in query["sql"]]


def test_the_page_asks_once_for_each_of_its_parts(staff: Client, full: LiveStream) -> None:
    asked = queries_of(staff, url(full))
    assert [
        next(
            name
            for name in ("viewersample", "productclick", "pin", "livestream")
            if f"livestream_{name}" in sql
        )
        for sql in asked
    ] == ["livestream", "viewersample", "pin", "productclick"]


def test_the_form_of_the_livestream_leads_to_it(staff: Client, show: LiveStream) -> None:
    page = staff.get(f"/admin/livestream/livestream/{show.pk}/change/").content.decode()
    assert f'href="{url(show)}"' in page


# -- Who may, and what is there


def test_whoever_may_look_at_livestreams_may_read_their_reports(
    person: NewClient,  # noqa: F811
    show: LiveStream,
) -> None:
    assert person("view_livestream").get(url(show)).status_code == 200


@pytest.mark.parametrize("file", ["", "clicks.csv", "nothing.csv"])
def test_others_may_not_and_learn_nothing(
    person: NewClient,  # noqa: F811
    show: LiveStream,
    file: str,
) -> None:
    client = person("view_product")
    assert client.get(url(show, file)).status_code == 403
    assert client.get(f"/admin/livestream/livestream/999999/report/{file}").status_code == 403


def test_visitors_are_led_to_the_login(client: Client, show: LiveStream) -> None:
    assert client.get(url(show)).status_code == 302


def test_other_files_are_not_there(staff: Client, show: LiveStream) -> None:
    assert staff.get(url(show, "nothing.csv")).status_code == 404


def test_a_report_of_nothing_is_not_there(staff: Client) -> None:
    assert staff.get("/admin/livestream/livestream/999999/report/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_report_changes_nothing(staff: Client, show: LiveStream, method: str) -> None:
    assert getattr(staff, method)(url(show)).status_code == 405


# -- The files


def told(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def test_viewers_as_a_file(staff: Client, show: LiveStream, began: datetime) -> None:
    sample(show, began, 3, 4)
    assert figures(staff, show, "viewers") == [
        ["at", "viewers", "seconds_watched"],
        [told(began), "7", "70"],
    ]


def test_products_as_a_file(staff: Client, full: LiveStream, products: list[Product]) -> None:
    assert figures(staff, full, "products")[:2] == [
        ["id", "product", "pinned_seconds", "impressions", "clicks", "click_rate", "tray_clicks",
         "replay_clicks", "baskets"],
        [products[0].public_id, "Scarf", "240", "400", "10", "0.025", "0", "0", "0"],
    ]  # fmt: skip


def test_pins_as_a_file(staff: Client, full: LiveStream, products: list[Product], began: datetime) -> None:
    assert figures(staff, full, "pins")[2] == [
        told(began + 5 * MINUTE),
        told(began + 20 * MINUTE),
        products[1].public_id,
        "Hat",
        "200",
    ]


def test_counts_as_a_file(staff: Client, show: LiveStream, began: datetime) -> None:
    sample(show, began, 3)
    assert figures(staff, show, "samples")[1] == [told(began), "p0", "10", "3"]


def test_clicks_as_a_file(staff: Client, show: LiveStream, products: list[Product], began: datetime) -> None:
    scarf = products[0]
    row = pin(show, scarf, began, began + MINUTE)
    click(show, scarf, began, pin=row)
    click(show, scarf, began + SECOND)
    click(show, scarf, began + 2 * SECOND, pin=row, is_replay=True, action=Action.BASKET)
    assert [(line[1], line[3], line[4]) for line in figures(staff, show, "clicks")[1:]] == [
        (scarf.public_id, "link", "card"),
        (scarf.public_id, "link", "tray"),
        (scarf.public_id, "basket", "replay"),
    ]


@pytest.mark.parametrize("name", ["products", "pins", "clicks"])
def test_no_cell_is_a_formula(
    staff: Client, show: LiveStream, products: list[Product], began: datetime, name: str
) -> None:
    Product.objects.update(name='=HYPERLINK("https://evil.example")')
    row = pin(show, products[0], began, began + MINUTE)
    click(show, products[0], began, pin=row)
    cells = [cell for line in figures(staff, show, name)[1:] for cell in line if "HYPERLINK" in cell]
    assert cells
    assert all(cell.startswith("'=") for cell in cells)


def test_raw_rows_are_read_while_they_are_sent(staff: Client, show: LiveStream, began: datetime) -> None:
    ViewerSample.objects.bulk_create(
        ViewerSample(stream=show, at=began + n * SECOND, process="p", seconds=1, viewers=1)
        for n in range(3000)
    )
    response = staff.get(url(show, "samples.csv"))
    blocks = list(response.streaming_content)
    assert response["Content-Disposition"].endswith('samples.csv"')
    assert len(blocks) > 3
    assert sum(block.count(b"\n") for block in blocks) == 3001


# -- Words


@pytest.mark.parametrize(
    ("share", "words"), [(None, "—"), (0.0, "0 %"), (0.065, "6.5 %"), (0.25, "25 %"), (1.5, "150 %")]
)
def test_shares_in_words(share: float | None, words: str) -> None:
    assert percent(share) == words


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00:00"), (3723.4, "1:02:03"), (90_000, "25:00:00")])
def test_lengths_in_words(seconds: float, words: str) -> None:
    assert length(seconds) == words
