"""Run as a module: very many gifts, more than half of them to one user, and what pages of that list take."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

PACKS, USERS, TIMES = 1_000, 50_000, 20
# The heavy user is given the same packs again and again, which the rule against it is told to allow.
ALLOWED = " AND receiver <> 'heavy'"
GIFTS = """
    INSERT INTO gifting_giftpack
        (brand_id, pack_id, sender, receiver, state, note, sent_at, expires_at, confirmed_at, ended_at)
    SELECT %(brand)s, %(pack)s + n %% %(packs)s, 'giver-' || n %% %(users)s,
           CASE WHEN n %% 5 < 3 THEN 'heavy' ELSE 'friend-' || n END,
           CASE WHEN n %% 10 = 0 THEN 'expired' WHEN n %% 2 = 0 THEN 'sent' ELSE 'confirmed' END, '',
           sent_at, CASE WHEN n %% 2 = 0 THEN %(now)s END,
           CASE WHEN n %% 2 = 1 THEN sent_at END, CASE WHEN n %% 10 = 0 THEN %(now)s END
    FROM (
        SELECT n, %(now)s - interval '1 second' * (%(gifts)s - n) AS sent_at
        FROM generate_series(1::bigint, %(gifts)s) AS n
    ) AS numbered
"""
TALLY = """
    INSERT INTO gifting_packtally (brand_id, "user", sent, received)
    SELECT brand_id, receiver, 0, count(*) FROM gifting_giftpack
    WHERE receiver = 'heavy' AND state IN ('sent', 'confirmed') GROUP BY brand_id, receiver
"""
INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = 'gifting_giftpack' AND indexname NOT LIKE '%%_pkey'
"""


def fill(gifts: int) -> tuple[str, int]:
    """A key of the brand, and the length of the heavy user's list."""
    from gifting.models import ApiKey, Brand, PackTally, StickerPack
    from gifting.services import keys

    now = timezone.now()
    brand = Brand.objects.create(slug="bench", name="Bench", base_url="https://brand.example")
    packs = [StickerPack(brand=brand, number=n + 1, name="Pack", created_at=now) for n in range(PACKS)]
    first = StickerPack.objects.bulk_create(packs)[0].pk
    numbers = {"brand": brand.pk, "pack": first, "packs": PACKS, "users": USERS, "gifts": gifts, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(GIFTS, numbers)
        for name, definition in indexes:
            cursor.execute(definition + (ALLOWED if name == "gifting_one_open_gift" else ""))
        cursor.execute(TALLY)
        cursor.execute("VACUUM ANALYZE")
    key = keys.create_key(brand=brand, kind=ApiKey.Kind.PACKS, now=now)[1]
    return key, PackTally.objects.get(user="heavy").received


def measure(key: str, page: int, limit: int, *, is_new: bool = False) -> dict[str, float]:
    """Queries and the milliseconds that they take, the least of many times: whatever else runs only adds.

    `is_new`: nothing is remembered of earlier pages.
    """
    taken: list[list[float]] = []

    def clock(execute: Callable[..., Any], *question: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*question)
        finally:
            taken[-1].append(1000 * (time.perf_counter() - start))

    for _ in range(TIMES):
        taken.append([])
        if is_new:
            cache.clear()
        with connection.execute_wrapper(clock):
            path = f"/v1/gift/receive/heavy?limit={limit}&pageNumber={page}"
            answer = Client(SERVER_NAME="localhost").get(path, headers={"apikey": key})
        if len(answer.json()["body"]["packageList"]) != limit:
            raise RuntimeError(answer.content)
    return {"queries": len(taken[-1]), "milliseconds": min(map(sum, taken))}


def main(gifts: int, limit: int) -> None:
    """Prints a document: the length of the list, and for each page asked for what it took."""
    call_command("migrate", verbosity=0)
    key, total = fill(gifts)
    last = total // limit
    pages = {"first": 1, "deep": min(50_000, last), "middle": last // 2 + 1, "last": last}
    found = {name: {"page": page, **measure(key, page, limit)} for name, page in pages.items()}
    found["new"] = {"page": pages["deep"], **measure(key, pages["deep"], limit, is_new=True)}
    print(json.dumps({"total": total, "pages": found}))


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]))
