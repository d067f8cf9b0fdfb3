"""The list of gift packs with very many of them: few queries, and none that reads or sorts them all."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gifting.admin.gift_packs import MOST_COUNTED
from gifting.models import Brand, GiftPack
from tests.gifting.pack_gifts import at, give, new_pack
from tests.racing import needs_postgres

GIFTS = "/admin/gifting/giftpack/"
MANY = 6_000
NOON = at("2026-03-01 12:00")
Plan = Callable[[str], str]


@pytest.fixture
def postgres(db: None) -> None:
    needs_postgres()


@pytest.fixture
def many_gifts(brand: Brand) -> None:
    packs = [new_pack(brand, number) for number in (1, 2, 3)]
    GiftPack.objects.bulk_create(
        GiftPack(
            brand=brand,
            pack=packs[n % 3],
            sender=f"s{n}",
            receiver=f"r{n}",
            sent_at=NOON,
            state="revoked" if n % 2000 == 0 else "sent",
            ended_at=NOON if n % 2000 == 0 else None,
        )
        for n in range(MANY)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def queries(client: Client, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured if 'FROM "gifting_giftpack"' in query["sql"]]


def plan(sql: str) -> str:
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    with connection.cursor() as cursor:
        cursor.execute(explain + sql)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def test_more_gifts_mean_no_more_queries(staff: Client, brand: Brand) -> None:
    give(new_pack(brand, 1), "alice", "bob", NOON)
    few = queries(staff, GIFTS)
    for number in range(2, 30):
        give(new_pack(brand, number), "alice", "bob", NOON)
    assert len(queries(staff, GIFTS)) == len(few)


@pytest.mark.usefixtures("many_gifts")
def test_no_page_counts_all_gifts(staff: Client) -> None:
    counts = [sql for sql in queries(staff, GIFTS) if "COUNT(" in sql]
    assert len(counts) == 1
    assert f"LIMIT {MOST_COUNTED}" in counts[0]


@pytest.mark.usefixtures("many_gifts")
def test_the_list_is_read_in_the_order_of_its_index(staff: Client) -> None:
    for query in ("", "?p=2"):
        steps = "\n".join(map(plan, queries(staff, GIFTS + query)))
        assert "USE TEMP B-TREE" not in steps
        assert "Sort" not in steps


@pytest.mark.usefixtures("postgres", "many_gifts")
@pytest.mark.parametrize("query", ["?q=s1234", "?q=r777", "?state__exact=revoked", "?state__exact=expired"])
def test_a_few_among_many_are_found_by_an_index(staff: Client, query: str) -> None:
    for sql in queries(staff, GIFTS + query):
        assert "Seq Scan on gifting_giftpack" not in plan(sql)
