"""The gift reports over very many gifts on PostgreSQL: counting a day, and the page as staff get it."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

from tests.benchmarks.postgres import database
from tests.benchmarks.table import Row

GIFTS = int(os.environ.get("BENCH_GIFT_PACKS", "5000000"))
REPORT_SECONDS, DAY_SECONDS, LIST_SECONDS = 2.0, 1.0, 0.5
REPEATS = 5
PAGES = {
    "report of 30 days": ("reports/", 30, REPORT_SECONDS),
    "report of 400 days": ("reports/", 400, REPORT_SECONDS),
    "list of gifts": ("", 0, LIST_SECONDS),
    "search for a user": ("?q=user-123", 0, LIST_SECONDS),
    "taken back gifts": ("?state__exact=revoked", 0, LIST_SECONDS),
}


def rows() -> list[Row]:
    """One row for a day, and one for each page; measured in a process of their own."""
    with database("gc_reports_bench") as url, tempfile.TemporaryDirectory() as folder:
        own = {"DATABASE_URL": url, "VAR_DIR": folder, "LOG_LEVEL": "ERROR", "REDIS_URL": ""}
        environment = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "config.settings"}
        command = [sys.executable, "-m", "tests.benchmarks.bench_gift_reports"]
        run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(run.stdout)
    day = _row("counting a day", found.pop("day"), DAY_SECONDS)
    return [day, *(_row(name, seconds, PAGES[name][2]) for name, seconds in found.items())]


def _row(name: str, seconds: float, most: float) -> Row:
    return Row(
        name=f"gift packs, {name}, among {GIFTS}",
        ours=f"{seconds * 1000:.0f} ms",
        reference="",
        ratio=None,
        aim=f"<= {most * 1000:.0f} ms",
        met=seconds <= most,
    )


def _measured() -> dict[str, float]:
    from django.core.management import call_command
    from django.db import connection

    from tests.benchmarks.packs_seed import fill

    call_command("migrate", verbosity=0)
    fill(connection, GIFTS)
    day = _count_all()
    with connection.cursor() as cursor:
        for table in ("packday", "userday", "usermonth"):
            cursor.execute(f"VACUUM ANALYZE gifting_{table}")
    return {"day": day, **{name: _seconds(_opened(*page)) for name, page in PAGES.items()}}


def _count_all() -> float:
    """Seconds for one of all the days."""
    from django.utils import timezone

    from gifting.services import pack_days

    days, started = 0, time.perf_counter()
    while counted := pack_days.aggregate_due(now=timezone.now()):
        days += counted
    return (time.perf_counter() - started) / days


def _opened(path: str, days: int, _most: float) -> Callable[[], Any]:
    from django.contrib.auth.models import User
    from django.test import Client
    from django.utils import timezone

    client = Client(headers={"host": "localhost"})
    client.force_login(
        User.objects.filter(username="maria").first() or User.objects.create_superuser("maria")
    )
    first = timezone.now() - timedelta(days=days - 1)
    said = {"first": f"{first:%Y-%m-%d}", "step": "day"} if days else None
    return lambda: client.get(f"/admin/gifting/giftpack/{path}", said).content


def _seconds(action: Callable[[], Any]) -> float:
    """The median, after a first time that only warms up."""
    action()
    taken = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        action()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


if __name__ == "__main__":
    django.setup()
    json.dump(_measured(), sys.stdout)
