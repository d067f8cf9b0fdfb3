"""The page of the gift reports: charts that can be read in every way, and their figures as CSV."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from gifting.admin import report_charts
from gifting.models import Brand, GiftPack, StickerPack
from gifting.services import keys, pack_days
from tests.gifting.admin.conftest import NewClient
from tests.gifting.admin.pages import text_of
from tests.gifting.pack_gifts import accept, at, give, new_pack

REPORTS = "/admin/gifting/giftpack/reports/"
MARCH = {"first": "2026-03-01", "last": "2026-03-31"}
HOUR = timedelta(hours=1)
CHARTS = ["gifts", "conversion", "wait", "packs", "senders", "flagged"]


@pytest.fixture
def pack(brand: Brand) -> StickerPack:
    return new_pack(brand)


@pytest.fixture
def gifts(pack: StickerPack, settings: Any) -> None:
    """A little of everything in March 2026; one sender is flagged."""
    settings.GIFTING = {**settings.GIFTING, "GIFT_PACK_COUNTERPARTS": 2}
    accept(pack, "alice", "bob", at("2026-03-02 10:00"), after=HOUR)
    give(pack, "alice", "carol", at("2026-03-02 10:00"))
    give(pack, "alice", "dave", at("2026-03-02 10:00"), ended_at=at("2026-03-20 10:00"))
    accept(new_pack(pack.brand, 119, "Moon"), "eve", "bob", at("2026-03-09 10:00"), after=3 * HOUR)


def look(client: Client, **said: str) -> HttpResponse:
    return client.get(REPORTS, {**MARCH, **said})


def figures(client: Client, name: str, **said: str) -> list[list[str]]:
    response = client.get(f"{REPORTS}{name}.csv", {**MARCH, **said})
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def chart(response: HttpResponse, key: str) -> report_charts.Chart:
    shown = [*response.context["charts"], *response.context["rankings"], response.context["flagged"]]
    return next(one for one in shown if one and one.key == key)


class Elements(HTMLParser):
    """All elements of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_the_tiles_tell_it_all_in_figures(staff: Client, gifts: None) -> None:
    tiles = {tile["name"]: tile["now"] for tile in look(staff).context["tiles"]}
    assert tiles == {
        "Sent": "4",
        "Confirmed": "2",
        "Conversion": "50 %",
        "Time to confirm": "2 h",
        "Expired": "1",
        "Revoked": "0",
    }


def test_each_tile_tells_of_the_time_before(staff: Client, gifts: None) -> None:
    page = look(staff, first="2026-03-09", last="2026-03-15")
    assert [(tile["now"], tile["before"]) for tile in page.context["tiles"]][:2] == [("1", "3"), ("1", "1")]


def test_a_chart_has_a_point_for_each_step_and_a_table_with_the_same(staff: Client, gifts: None) -> None:
    for step, points in (("day", 31), ("week", 6), ("month", 1)):
        page = look(staff, step=step)
        for key in ("gifts", "conversion", "wait"):
            shown = chart(page, key)
            assert (len(shown.bars), len(shown.table.rows)) == (points, points)


def test_the_figures_of_a_day_are_in_its_row(staff: Client, gifts: None) -> None:
    page = look(staff)
    assert chart(page, "gifts").table.rows[1][1:] == ["3", "1", "0", "0"]
    assert chart(page, "gifts").table.rows[2][1:] == ["0", "0", "0", "0"]
    assert chart(page, "conversion").table.rows[1][1:] == ["3", "1", "33.3 %"]
    assert chart(page, "conversion").table.rows[2][1:] == ["0", "0", "—"]
    assert chart(page, "wait").table.rows[8][1:] == ["1", "3 h"]


def test_rankings_name_packs_and_senders(staff: Client, gifts: None) -> None:
    page = look(staff)
    assert chart(page, "packs").table.rows == [["Stuart", "118", "3", "1"], ["Moon", "119", "1", "1"]]
    assert chart(page, "senders").table.rows == [["alice", "3"], ["eve", "1"]]


def test_flagged_user_ids_are_told_with_what_is_allowed(staff: Client, gifts: None) -> None:
    page = look(staff)
    assert [row[:3] for row in chart(page, "flagged").table.rows] == [["alice", "3", "1"]]
    assert "more than 2 different others" in text_of(page)


def test_where_nobody_is_flagged_the_page_says_so(staff: Client, pack: StickerPack) -> None:
    give(pack, "alice", "bob", at("2026-03-02 10:00"))
    assert "No user id was flagged" in text_of(look(staff))


def test_a_drawing_is_named_described_and_repeated_as_a_table(staff: Client, gifts: None) -> None:
    page = look(staff).content.decode()
    elements = Elements(page)
    ids = {attributes.get("id") for _tag, attributes in elements.found}
    drawings = [svg for svg in elements.named("svg") if svg.get("role") == "img"]
    assert [svg["aria-labelledby"] for svg in drawings] == [f"gp-{key}-title gp-{key}-desc" for key in CHARTS]
    assert all(f"gp-{key}-{part}" in ids for key in CHARTS for part in ("title", "desc"))
    assert page.count("<details>") == page.count('<th scope="col">Time</th>') + 3 == len(CHARTS)


def test_the_page_needs_no_script_and_no_inline_style(staff: Client, gifts: None) -> None:
    main = look(staff).content.decode().partition('id="content"')[2]
    assert "<script" not in main
    assert not re.search(r"\sstyle=|\son\w+=", main)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_numbers_of_drawings_have_no_commas_in_any_language(
    staff: Client, gifts: None, language: str
) -> None:
    for rectangle in Elements(look_in(staff, language)).named("rect"):
        for name in ("x", "y", "width", "height"):
            float(str(rectangle[name]))


def look_in(client: Client, language: str) -> str:
    with translation.override(language):
        return client.get(REPORTS, MARCH, headers={"accept-language": language}).content.decode()


def test_a_bar_is_as_high_as_its_figure_in_the_scale(staff: Client, gifts: None) -> None:
    shown = chart(look(staff), "gifts")
    assert shown.ticks == ["4", "2", "0"]
    assert (shown.bars[1].outer["height"], shown.bars[1].outer["y"]) == ("75.00", "25.00")
    assert shown.bars[1].inner is not None
    assert shown.bars[1].inner["height"] == "25.00"


def test_a_line_is_broken_where_there_is_nothing(staff: Client, gifts: None) -> None:
    assert chart(look(staff), "conversion").line == "M15 66.67h0M85 0.00h0"


def test_hostile_names_stay_text(staff: Client, brand: Brand) -> None:
    pack = new_pack(brand, name="<script>alert(1)</script>")
    give(pack, '"><img src=x onerror=alert(1)>', "bob", at("2026-03-02 10:00"))
    page = look(staff).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_without_gifts_the_page_says_so(staff: Client, brand: Brand) -> None:
    assert "No packs were given in this time" in text_of(look(staff))


def test_without_brands_the_page_says_so(staff: Client) -> None:
    assert "There is no brand yet" in text_of(staff.get(REPORTS))


def test_unless_told_it_is_about_the_last_thirty_days(staff: Client, pack: StickerPack) -> None:
    now = datetime.now(UTC)
    give(pack, "alice", "today", now)
    give(pack, "alice", "long ago", now - timedelta(days=30))
    page = staff.get(REPORTS)
    assert page.context["tiles"][0]["now"] == "1"
    assert len(chart(page, "gifts").bars) == 30


def test_a_brand_is_looked_at_alone(staff: Client, gifts: None, other_brand: Brand) -> None:
    give(new_pack(other_brand), "zoe", "bob", at("2026-03-02 10:00"))
    page = look(staff, brand=str(other_brand.pk))
    assert chart(page, "senders").table.rows == [["zoe", "1"]]


GARBAGE = [
    {"first": "abc"},
    {"first": ""},
    {"first": "2026-02-30"},
    {"first": "0001-01-01"},
    {"first": "1999-12-31", "step": "month"},
    {"first": "0001-01-01", "step": "month"},
    {"first": "2026-04-01"},
    {"first": "9999-12-31", "last": "9999-12-31"},
    {"last": "\x00"},
    {"step": "hour"},
    {"step": ""},
    {"brand": "abc"},
    {"brand": "0"},
    {"brand": "9" * 40},
    {"first": "2001-01-01", "step": "day"},
]


@pytest.mark.parametrize("said", GARBAGE)
def test_garbage_in_the_form_is_refused_with_the_reason(
    staff: Client, brand: Brand, said: dict[str, str]
) -> None:
    page = look(staff, **said)
    assert page.status_code == 400
    assert "errorlist" in page.content.decode()
    assert staff.get(f"{REPORTS}timeline.csv", {**MARCH, **said}).url.startswith(f"{REPORTS}?")


def test_twenty_years_are_shown_in_months(staff: Client, pack: StickerPack) -> None:
    give(pack, "alice", "bob", at("2026-03-02 10:00"))
    page = look(staff, first="2006-01-01", last="2026-03-31", step="month")
    assert len(chart(page, "gifts").bars) == 243


def test_days_to_come_are_left_out(staff: Client, brand: Brand, pack: StickerPack) -> None:
    give(pack, "alice", "bob", datetime.now(UTC))
    page = staff.get(REPORTS, {"last": "9999-12-31"})
    assert len(chart(page, "gifts").bars) == 30


def test_the_figures_of_all_charts_are_to_be_had_as_csv(staff: Client, gifts: None) -> None:
    assert figures(staff, "timeline", step="week")[1:3] == [
        ["2026-03-01", "2026-03-01", "0", "0", "0", "0", "", ""],
        ["2026-03-02", "2026-03-08", "3", "1", "0", "0", "0.3333", "3600"],
    ]
    assert figures(staff, "packs")[1:] == [["118", "Stuart", "3", "1"], ["119", "Moon", "1", "1"]]
    assert figures(staff, "senders")[1:] == [["alice", "3"], ["eve", "1"]]
    assert figures(staff, "flagged")[1:] == [["alice", "3", "1", "2026-03-02"]]


def test_the_page_leads_to_the_csv_of_what_it_shows(staff: Client, gifts: None) -> None:
    links = [a["href"] for a in Elements(look(staff, step="week").content.decode()).named("a")]
    wanted = [link for link in links if link and ".csv" in link]
    assert len(wanted) == len(CHARTS)
    for link in wanted:
        assert "first=2026-03-01" in link
        assert "step=week" in link
        assert staff.get(link).status_code == 200


def test_no_cell_of_the_csv_is_a_formula(staff: Client, brand: Brand) -> None:
    give(new_pack(brand, name="@SUM(1)"), "=1+1", "bob", at("2026-03-02 10:00"))
    assert figures(staff, "senders")[1] == ["'=1+1", "1"]
    assert figures(staff, "packs")[1][1] == "'@SUM(1)"


def test_an_unknown_csv_is_not_found(staff: Client, brand: Brand) -> None:
    assert staff.get(f"{REPORTS}secrets.csv").status_code == 404


def queries(client: Client, url: str = REPORTS) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url, MARCH).status_code == 200
    return [query["sql"] for query in captured if "gifting_" in query["sql"]]


def add_many(brand: Brand) -> None:
    packs = [new_pack(brand, 200 + n, f"Pack {n}") for n in range(20)]
    GiftPack.objects.bulk_create(
        GiftPack(
            brand=brand,
            pack=packs[n % 20],
            sender=f"s{n}",
            receiver=f"r{n}",
            sent_at=at(f"2026-03-{n % 28 + 1:02} 10:00"),
        )
        for n in range(2000)
    )


@pytest.mark.parametrize("counted", [False, True], ids=["live", "counted"])
def test_every_chart_is_one_query_at_any_size(
    staff: Client, gifts: None, brand: Brand, counted: bool
) -> None:
    few = queries(staff)
    add_many(brand)
    if counted:
        pack_days.aggregate_due(now=at("2026-04-03 00:20"))
    many = queries(staff)
    assert len(many) <= len(few)
    facts = [sql for sql in many if "facts" in sql]
    assert len(facts) == 5  # the time, the time before, packs, senders, flagged


@pytest.mark.parametrize("name", ["timeline", "packs", "senders", "flagged"])
def test_every_csv_is_one_query(staff: Client, gifts: None, name: str) -> None:
    assert len([sql for sql in queries(staff, f"{REPORTS}{name}.csv") if "facts" in sql]) == 1


@pytest.mark.parametrize("url", [REPORTS, f"{REPORTS}timeline.csv"])
def test_reports_have_a_permission_of_their_own(person: NewClient, brand: Brand, url: str) -> None:
    assert person("view_giftpack", "change_giftpack").get(url).status_code == 403
    assert person("view_gift_reports").get(url).status_code == 200
    assert Client().get(url).url.startswith("/admin/login/")


def test_whoever_may_only_read_reports_finds_them(person: NewClient, brand: Brand) -> None:
    assert REPORTS in text_of(person("view_gift_reports").get("/admin/"))
    assert REPORTS not in text_of(person("view_giftpack").get("/admin/"))
    assert REPORTS not in text_of(person("view_giftpack").get("/admin/gifting/giftpack/"))


def test_the_keys_of_the_brand_can_be_blocked_from_here(
    staff: Client, person: NewClient, brand: Brand, other_brand: Brand, now: datetime
) -> None:
    ours, _clear = keys.create_key(brand=brand, kind="packs", now=now)
    theirs, _clear = keys.create_key(brand=other_brand, kind="packs", now=now)
    videos, _clear = keys.create_key(brand=brand, now=now)
    block = f"/admin/gifting/apikey/{ours.pk}/block/"
    page = text_of(look(staff))
    assert block in page
    assert str(theirs) not in page
    assert str(videos) not in page
    staff.post(block, {"back": REPORTS})
    assert f"/admin/gifting/apikey/{ours.pk}/unblock/" in text_of(look(staff))
    assert "/unblock/" not in text_of(look(person("view_gift_reports")))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "—"),
        (0, "0 s"),
        (59.6, "1 min"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (86_400, "1 d"),
        (187_200, "2 d 4 h"),
    ],
)
def test_times_are_told_in_their_two_largest_units(seconds: float | None, words: str) -> None:
    assert report_charts.duration(seconds) == words
