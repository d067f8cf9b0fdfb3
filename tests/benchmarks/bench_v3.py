"""The API against bare Django views, on one server with PostgreSQL: medians of alternating runs."""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from urllib.request import urlopen

from tests.benchmarks.postgres import database
from tests.benchmarks.table import Row
from tests.benchmarks.v3_load import Target, requests_per_second
from tests.benchmarks.v3_seed import CRID

DATABASE = "gc_v3_bench"
THREADS = os.environ.get("BENCH_THREADS", "4")
ROUNDS, SECONDS = 7, 2
AIM = 0.7
PAIRS = (
    ("POST /v3/containers", "v3/containers", "bare/one", "one insert"),
    ("POST /v3/containers", "v3/containers", "bare/three", "the same three inserts"),
    ("GET /v3/containers/{crid}", f"v3/containers/{CRID}", f"bare/{CRID}", "one select"),
)


def rows() -> list[Row]:
    """One row for each pair: ours and the bare view, in requests a second."""
    with database(DATABASE) as url, tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "VAR_DIR": folder,
            "LOG_LEVEL": "ERROR",
            "REDIS_URL": "",
        }
        environment["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.v3_settings"
        key = _output("-m", "tests.benchmarks.v3_seed", environment=environment)
        with running_server(environment) as address:
            return _compare(_measure(address, key))


def _output(*arguments: str, environment: Mapping[str, str]) -> str:
    run = subprocess.run(
        [sys.executable, *arguments], env=dict(environment), stdout=subprocess.PIPE, text=True, check=True
    )
    return run.stdout.strip()


@contextmanager
def running_server(environment: Mapping[str, str]) -> Iterator[str]:
    """One granian worker on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", THREADS]
    command += ["--port", str(port), "--no-access-log", "--log-level", "error", "config.wsgi:application"]
    process = subprocess.Popen([sys.executable, *command], env=dict(environment))
    try:
        _wait(f"http://127.0.0.1:{port}/v3/openapi.json", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with suppress(OSError), urlopen(url) as answer:
            answer.read()
            return
        time.sleep(0.1)
    raise RuntimeError("The server did not start.")


def _measure(address: str, key: str) -> dict[str, list[float]]:
    """The rates of each path, measured in turns so that a busy moment hits all of them."""
    paths = list(dict.fromkeys(path for _, ours, bare, _ in PAIRS for path in (ours, bare)))
    targets = {path: Target(url=f"{address}/{path}", key=key, posts=CRID not in path) for path in paths}
    for target in targets.values():
        requests_per_second(target, seconds=1)
    rates: dict[str, list[float]] = {path: [] for path in paths}
    for _ in range(ROUNDS):
        for path, target in targets.items():
            rates[path].append(requests_per_second(target, seconds=SECONDS))
    return rates


def _compare(rates: Mapping[str, list[float]]) -> list[Row]:
    return [_row(name, rates[ours], rates[bare], what) for name, ours, bare, what in PAIRS]


def _row(name: str, ours: list[float], bare: list[float], what: str) -> Row:
    """The ratio is the median of the rounds' ratios: each compares two neighbors in time."""
    ratio = statistics.median(mine / reference for mine, reference in zip(ours, bare, strict=True))
    return Row(
        name=f"{name}, 1 worker",
        ours=f"{statistics.median(ours):.0f}/s",
        reference=f"bare view, {what}: {statistics.median(bare):.0f}/s",
        ratio=ratio,
        aim=f">= {AIM}",
        met=ratio >= AIM,
    )
