"""The figures of a report as CSV."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.test import Client

from livestream.models import LiveStream, Product, ViewerSample
from tests.livestream.reports.counted import MINUTE, SECOND, Action, click, pin, sample, url


def figures(client: Client, show: LiveStream, name: str) -> list[list[str]]:
    content = client.get(url(show, f"{name}.csv")).getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


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
