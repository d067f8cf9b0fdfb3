"""Due mails that real workers take and finish, on PostgreSQL with the queue in Redis."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import redis

from config.demo.run import end_with_parent
from tests.benchmarks.jobs_settings import MAIL_SERVER_SECONDS
from tests.benchmarks.postgres import database
from tests.benchmarks.table import Row

DATABASE = "gc_jobs_bench"
REDIS = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/9")
MAILS = 400
PATIENCE_SECONDS = 120
SENT = "SELECT count(*) FROM gifting_outgoingmessage WHERE state = 'sent'"
SPAN = (
    "SELECT extract(epoch FROM max(sent_at) - min(sent_at)) FROM gifting_outgoingmessage WHERE state = 'sent'"
)
WAITING = """SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'"""


def rows() -> list[Row]:
    """Mails a second with 1, 2 and 4 workers; each run has a database and a queue of its own."""
    runs = {workers: _run(workers) for workers in (1, 2, 4)}
    alone = runs[1][0]
    return [_row(workers, *run, alone=alone) for workers, run in runs.items()]


def _row(workers: int, rate: float, waits: int, *, alone: float) -> Row:
    share = rate / alone
    return Row(
        name=f"due mails sent, {workers} worker{'s' if workers > 1 else ''}",
        ours=f"{rate:.0f}/s, {waits} waits for a lock seen",
        reference=f"1 worker: {alone:.0f}/s (the mail server takes {MAIL_SERVER_SECONDS * 1000:.0f} ms)",
        ratio=share,
        aim="grows, no waits" if workers > 1 else "no waits",
        met=not waits and (workers == 1 or share > 1.3),
    )


def _run(workers: int) -> tuple[float, int]:
    """Mails a second, and how many waits for a lock were seen on the way."""
    with database(DATABASE) as url, tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "REDIS_URL": REDIS,
            "VAR_DIR": folder,
            "WORKERS": str(workers),
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.jobs_settings",
        }
        _forget_queue()
        subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.jobs_seed", str(MAILS)], env=environment, check=True
        )
        with _cluster(environment), psycopg.connect(url, autocommit=True) as connection:
            waits = _wait_until_sent(connection)
            span = connection.execute(SPAN).fetchone()
    return (MAILS - 1) / float(span[0]) if span else 0.0, waits


def _forget_queue() -> None:
    with redis.Redis.from_url(REDIS) as queue:
        queue.flushdb()


@contextmanager
def _cluster(environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"],
        env=environment,
        start_new_session=True,
        preexec_fn=end_with_parent,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()
        _forget_queue()


def _wait_until_sent(connection: psycopg.Connection) -> int:
    """How often somebody was seen to wait for a lock, looking every 5 ms."""
    waits, deadline = 0, time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        waits += _number(connection, WAITING)
        if _number(connection, SENT) == MAILS:
            return waits
        time.sleep(0.005)
    raise RuntimeError("The workers did not finish.")


def _number(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
