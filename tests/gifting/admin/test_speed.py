"""The list of orders with very many of them: a fixed number of queries, and none that sorts them all."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gifting.models import Brand, Order, VideoContainer
from tests.gifting.admin.conftest import NewContainer
from tests.gifting.admin.pages import BENCH, ORDERS

MANY = 5_000
FULL_READ = {"sqlite": ["USE TEMP B-TREE FOR ORDER BY"], "postgresql": ["Seq Scan on gifting_order", "Sort"]}


def add_orders(brand: Brand, now: datetime, *, count: int) -> None:
    days = [(f"ORD-{n}", now + timedelta(n)) for n in range(count)]
    orders = Order.objects.bulk_create(
        Order(brand=brand, number=number, giver_email="a@b.example", created_at=day) for number, day in days
    )
    states = VideoContainer.State.values[:5]
    VideoContainer.objects.bulk_create(
        VideoContainer(
            order=order,
            urid=f"{order.pk:010}",
            edit_key=uuid.uuid4(),
            watch_token=f"token-{order.pk}",
            state=states[order.pk % len(states)],
            created_at=now,
        )
        for order in orders
    )


@pytest.fixture
def many_orders(brand: Brand) -> None:
    add_orders(brand, datetime.fromisoformat("2020-01-01T00:00:00+00:00"), count=MANY)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def queries(client: Client, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code in (200, 302)
    return [query["sql"] for query in captured]


def plan(sql: str) -> str:
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    with connection.cursor() as cursor:
        cursor.execute(explain + sql)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def list_query(client: Client, url: str) -> str:
    return next(sql for sql in queries(client, url) if "giver_email" in sql and "LIMIT 5" in sql)


@pytest.mark.parametrize("url", [ORDERS, "/admin/gifting/videocontainer/"])
def test_more_orders_mean_no_more_queries(
    staff: Client, new_container: NewContainer, record: Callable[..., object], url: str
) -> None:
    record(new_container())
    few = queries(staff, url)
    for _ in range(10):
        record(new_container())
    assert len(queries(staff, url)) == len(few)


@pytest.mark.usefixtures("many_orders")
def test_the_list_reads_its_rows_by_an_index(staff: Client) -> None:
    for query in ("", "?o=-8"):
        steps = plan(list_query(staff, ORDERS + query))
        assert not any(bad in steps for bad in FULL_READ[connection.vendor]), f"{query}: {steps}"


@pytest.mark.usefixtures("many_orders")
def test_a_scan_finds_its_order_by_an_index(staff: Client) -> None:
    for scanned in ("ORD-7", "https://lune.example/w/token-7"):
        lookup = next(sql for sql in queries(staff, f"{BENCH}?q={scanned}") if "giver_email" in sql)
        assert "SCAN gifting" not in plan(lookup)
        assert "Seq Scan" not in plan(lookup)
