"""Signed pushes, checked, stored and queued, against a bare view that stores one row; on PostgreSQL."""

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import count
from urllib.parse import urlsplit

from standardwebhooks import Webhook

from tests.benchmarks.bench_v3 import running_server
from tests.benchmarks.postgres import database
from tests.benchmarks.pushes_settings import SECRET
from tests.benchmarks.table import Row

DATABASE = "gc_pushes_bench"
REDIS = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/9")
QUEUES = {"the queue in the database": "", "the queue in Redis": REDIS}
CLIENTS, ROUNDS, SECONDS = 4, 7, 2
MOST = 3000  # requests of one client in one round
AIM = 0.6
OURS, BARE = "/webhooks/signed", "/bare/push"
_runs = count()


def rows() -> list[Row]:
    """One row for each place where the queue can be."""
    return [_row(words, *_rates(redis)) for words, redis in QUEUES.items()]


def _rates(redis: str) -> tuple[list[float], list[float]]:
    """Ours and the bare view's, in turns so that a busy moment hits both."""
    with database(DATABASE) as url, tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "VAR_DIR": folder,
            "REDIS_URL": redis,
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.pushes_settings",
        }
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True)
        with running_server(environment) as address:
            both = [(_rate(address + OURS), _rate(address + BARE)) for _ in range(ROUNDS + 1)]
    return [ours for ours, _ in both[1:]], [bare for _, bare in both[1:]]  # The first warms up.


def _rate(url: str) -> float:
    """Answers a second."""
    with ProcessPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(partial(_client, url, next(_runs)), range(CLIENTS)))


def _client(url: str, run: int, number: int) -> float:
    """Calls over one connection until the time is up. Every push is signed before the clock starts."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    pushes = [_push(f"{os.getpid()}-{run}-{number}-{one}") for one in range(MOST)]
    began, done = time.monotonic(), 0
    while time.monotonic() - began < SECONDS and done < MOST:
        connection.request("POST", parts.path, *pushes[done])
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(answer.read())
        answer.read()
        done += 1
    return done / (time.monotonic() - began)


def _push(key: str) -> tuple[str, dict[str, str]]:
    """Body and headers."""
    body = json.dumps({"trackingCode": key, "status": "in_transit", "description": "On its way"})
    at = datetime.now(UTC)
    return body, {
        "Content-Type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(msg_id=key, timestamp=at, data=body),
    }


def _row(words: str, ours: list[float], bare: list[float]) -> Row:
    """The ratio is the median of the rounds' ratios: each compares two neighbors in time."""
    ratio = statistics.median(mine / reference for mine, reference in zip(ours, bare, strict=True))
    return Row(
        name=f"signed pushes accepted, {words}, 1 worker",
        ours=f"{statistics.median(ours):.0f}/s",
        reference=f"bare view, one insert: {statistics.median(bare):.0f}/s",
        ratio=ratio,
        aim=f">= {AIM}",
        met=ratio >= AIM,
    )
