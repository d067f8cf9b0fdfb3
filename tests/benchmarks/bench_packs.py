"""Gift packs on PostgreSQL: sending and confirming against bare views, and pages of a very long list."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.benchmarks.bench_v3 import running_server
from tests.benchmarks.gifts_load import Target, requests_per_second
from tests.benchmarks.gifts_seed import PACK
from tests.benchmarks.postgres import database
from tests.benchmarks.table import Row

GIFTS = int(os.environ.get("BENCH_GIFT_PACKS", "5000000"))
ROUNDS, SECONDS, EACH = 7, 2, 10_000  # No run makes more requests than EACH.
AIM = 0.5
LIMIT, MOST_QUERIES, MOST_MILLISECONDS, DEEP = 20, 2, 5, 3
NEW, WAITING = ("new", "fresh"), ("giver", "friend")
PAIRS = (
    ("send", "POST", f"v1/gift/{PACK}", f"bare/send/{PACK}", NEW, "one insert"),
    ("confirm", "PUT", f"v1/gift/{PACK}", f"bare/confirm/{PACK}", WAITING, "one update"),
)


def rows() -> list[Row]:
    """Two rows of requests a second, and one for each page of the long list."""
    with _project("gc_packs_bench") as environment:
        waiting = str(2 * EACH * (ROUNDS + 1) + 1)
        key = _output("gifts_seed", waiting, environment=environment)
        with running_server(environment) as address:
            speeds = [_speed(address, key, *pair) for pair in PAIRS]
    with _project("gc_lists_bench") as environment:
        found = json.loads(_output("gifts_lists", str(GIFTS), str(LIMIT), environment=environment))
    return speeds + _lists(found["total"], found["pages"])


@contextmanager
def _project(name: str) -> Iterator[Mapping[str, str]]:
    """The environment of a project with an empty database."""
    with database(name) as url, tempfile.TemporaryDirectory() as folder:
        own = {"DATABASE_URL": url, "VAR_DIR": folder, "LOG_LEVEL": "ERROR", "REDIS_URL": ""}
        yield {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "tests.benchmarks.gifts_settings"}


def _output(module: str, *arguments: str, environment: Mapping[str, str]) -> str:
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments]
    run = subprocess.run(command, env=dict(environment), stdout=subprocess.PIPE, text=True, check=True)
    return run.stdout.strip()


def _speed(
    address: str, key: str, name: str, method: str, ours: str, bare: str, users: tuple[str, str], what: str
) -> Row:
    """Measured in turns; the ratio is the median of the rounds' ratios: each compares neighbors in time."""
    targets = [Target(method=method, url=f"{address}/{path}", key=key, users=users) for path in (ours, bare)]
    rates: list[list[float]] = [[], []]
    for turn in range(ROUNDS + 1):
        for kind, target in enumerate(targets):
            first = (2 * turn + kind) * EACH + 1
            rates[kind].append(requests_per_second(target, first=first, seconds=SECONDS))
    mine, reference = (measured[1:] for measured in rates)  # The first turn only warms up.
    ratio = statistics.median(one / other for one, other in zip(mine, reference, strict=True))
    return Row(
        name=f"gift packs, {name}, 1 worker",
        ours=f"{statistics.median(mine):.0f}/s",
        reference=f"bare view, {what}: {statistics.median(reference):.0f}/s",
        ratio=ratio,
        aim=f">= {AIM}",
        met=ratio >= AIM,
    )


def _lists(total: int, pages: Mapping[str, Any]) -> list[Row]:
    """Page 1 against the aim, the others against page 1; and what a far page takes for the first time."""
    first, new = pages["first"], pages["new"]
    far = [_far(pages[name], first, total) for name in ("deep", "middle", "last")]
    found = Row(
        name=f"gift packs, page {new['page']}, for the first time in an hour",
        ours=_taken(new),
        reference="counted through an index alone, from the nearer end",
        ratio=new["milliseconds"] / first["milliseconds"],
        aim="",
        met=None,
    )
    return [_first(first, total), *far, found]


def _first(page: Mapping[str, Any], total: int) -> Row:
    return Row(
        name=f"gift packs, page 1 of {total} gifts among {GIFTS}",
        ours=_taken(page),
        reference="",
        ratio=None,
        aim=f"<= {MOST_QUERIES} queries, <= {MOST_MILLISECONDS} ms",
        met=page["queries"] <= MOST_QUERIES and page["milliseconds"] <= MOST_MILLISECONDS,
    )


def _far(page: Mapping[str, Any], first: Mapping[str, Any], total: int) -> Row:
    ratio = page["milliseconds"] / first["milliseconds"]
    return Row(
        name=f"gift packs, page {page['page']} of {total} gifts among {GIFTS}",
        ours=_taken(page),
        reference=f"page 1: {_taken(first)}",
        ratio=ratio,
        aim=f"<= {DEEP}",
        met=ratio <= DEEP,
    )


def _taken(page: Mapping[str, Any]) -> str:
    return f"{page['queries']} queries, {page['milliseconds']:.1f} ms"
