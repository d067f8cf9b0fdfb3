"""The page of a report: its figures, its chart, the rule that counts, and who may read it."""

import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from livestream.admin.report_charts import viewers_chart
from livestream.models import LiveStream, Product
from livestream.services import reports
from tests.livestream.admin.conftest import NewClient
from tests.livestream.reports.counted import MINUTE, pin, url

# -- The page


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
    person: NewClient,
    show: LiveStream,
) -> None:
    assert person("view_livestream").get(url(show)).status_code == 200


@pytest.mark.parametrize("file", ["", "clicks.csv", "nothing.csv"])
def test_others_may_not_and_learn_nothing(
    person: NewClient,
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
