"""The livestream API on PostgreSQL: pins and details against bare views, pages of a very long playlist."""

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
from tests.benchmarks.live_api_load import Target, requests_per_second
from tests.benchmarks.postgres import database
from tests.benchmarks.table import Row

STREAMS = int(os.environ.get("BENCH_LIVE_STREAMS", "1000000"))
ROUNDS, SECONDS = 7, 2
AIM, DEEP = 0.6, 1.5
WHAT = {
    "pin_product": "POST pin_product, 3 of 50 products",
    "detail": "GET detail, 50 products of 4 units",
}


def rows() -> list[Row]:
    """Two rows of requests a second, and one for each deep page of the long playlist."""
    with _project("gc_live_api_bench") as environment:
        plan = json.loads(_output("live_api_seed", environment=environment))
        with running_server(environment) as address:
            speeds = [_speed(address, plan, call) for call in WHAT]
    with _project("gc_live_playlist_bench") as environment:
        pages = json.loads(_output("live_api_playlist", str(STREAMS), environment=environment))
    return [*speeds, *(_page(name, pages) for name in ("middle", "last"))]


@contextmanager
def _project(name: str) -> Iterator[Mapping[str, str]]:
    """The environment of a project with an empty database."""
    with database(name) as url, tempfile.TemporaryDirectory() as folder:
        yield {
            **os.environ,
            "DATABASE_URL": url,
            "VAR_DIR": folder,
            "LOG_LEVEL": "ERROR",
            "REDIS_URL": "",
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.live_api_settings",
        }


def _output(module: str, *arguments: str, environment: Mapping[str, str]) -> str:
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments]
    run = subprocess.run(command, env=dict(environment), stdout=subprocess.PIPE, text=True, check=True)
    return run.stdout.strip()


def _speed(address: str, plan: Mapping[str, Any], call: str) -> Row:
    """Measured in turns so that a busy moment hits both; each ratio compares two neighbors in time."""
    targets = [
        Target(address=address, token=plan["token"], asks=tuple(map(tuple, plan[call][side])))
        for side in ("ours", "bare")
    ]
    for target in targets:
        requests_per_second(target, seconds=1)
    rates = [[requests_per_second(target, seconds=SECONDS) for target in targets] for _ in range(ROUNDS)]
    ours, bare = (statistics.median(side) for side in zip(*rates, strict=True))
    ratio = statistics.median(mine / reference for mine, reference in rates)
    return Row(
        name=f"{WHAT[call]}, 1 worker",
        ours=f"{ours:.0f}/s",
        reference=f"bare view, the same rows: {bare:.0f}/s",
        ratio=ratio,
        aim=f">= {AIM}",
        met=ratio >= AIM,
    )


def _page(name: str, pages: Mapping[str, Mapping[str, float]]) -> Row:
    first, deep = pages["first"]["milliseconds"], pages[name]["milliseconds"]
    return Row(
        name=f"playlist of {STREAMS:,} livestreams, {name} page, {pages[name]['queries']} queries",
        ours=f"{deep:.2f} ms",
        reference=f"first page: {first:.2f} ms",
        ratio=deep / first,
        aim=f"<= {DEEP}",
        met=deep / first <= DEEP,
    )
