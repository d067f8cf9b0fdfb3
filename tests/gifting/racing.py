"""Calls at the same instant, on a database that lets several writers in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections


def needs_postgres() -> None:
    """Skips the test elsewhere."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time: run this with DATABASE_URL=postgres://…")


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What the calls give, all begun at the same moment, each on a connection of its own."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
