"""How many gifts each user has in the two lists: counted as they come and go, never by reading them all."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import connection

from gifting.models import GiftPack

# Written out because the ORM composes no upsert that counts on.
COUNT = """
    INSERT INTO gifting_packtally AS tally (brand_id, "user", sent, received) VALUES {rows}
    ON CONFLICT (brand_id, "user") DO UPDATE
"""
ADD = "SET sent = tally.sent + EXCLUDED.sent, received = tally.received + EXCLUDED.received"
TAKE = """
    SET sent = tally.sent - EXCLUDED.sent, received = tally.received - EXCLUDED.received,
        "left" = tally."left" + 1
"""
ROW = "(%s, %s, %s, %s)"


def add(gifts: Iterable[GiftPack]) -> None:
    """These gifts came into the lists."""
    _count(gifts, ADD)


def take(gifts: Iterable[GiftPack]) -> None:
    """These gifts left the lists."""
    _count(gifts, TAKE)


def _count(gifts: Iterable[GiftPack], change: str) -> None:
    """One statement, its rows always in the same order: so no two can wait for each other."""
    counts: Counter[tuple[int, str, int]] = Counter()
    for gift in gifts:
        counts.update([(gift.brand_id, gift.sender, 0), (gift.brand_id, gift.receiver, 1)])
    users = sorted({(brand, user) for brand, user, _ in counts})
    values: list[Any] = []
    for brand, user in users:
        values += (brand, user, counts[brand, user, 0], counts[brand, user, 1])
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(rows=", ".join([ROW] * len(users))) + change, values)
