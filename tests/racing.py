"""Calls at the same instant, on a database that lets several writers in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic
from typing import Any

import pytest
from django.db import connection, connections, transaction

# Of `pg_stat_activity` a transaction sees only those who were there at its first look.
WAITING = "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def needs_postgres() -> None:
    """Skips the test elsewhere."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time: run this with DATABASE_URL=postgres://…")


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What the calls give, all begun at the same moment, each on a connection of its own."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        return closing(call)()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def closing(call: Callable[[], Any]) -> Callable[[], Any]:
    """The call for a thread, whose connections are closed after it."""

    def run() -> Any:
        try:
            return call()
        finally:
            connections.close_all()

    return run


def overtaken(
    call: Callable[[], Any], *, hold: Callable[[], Any], then: Callable[[], Any] | None = None
) -> Any:
    """What a call gives that runs into a transaction: `hold`, the call waits for it, `then`, the commit."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            hold()
            waiting = pool.submit(closing(call))
            until_somebody_waits()
            if then:
                then()
        return waiting.result()


def until_somebody_waits(seconds: float = 10) -> None:
    """Comes back once another connection waits for a lock of PostgreSQL."""
    end = monotonic() + seconds
    with connection.cursor() as cursor:
        while monotonic() < end:
            cursor.execute(WAITING)
            if cursor.fetchone():
                return
    raise AssertionError("Nobody waits.")
