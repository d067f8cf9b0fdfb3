"""Does everything answer that live shopping needs? Each part is asked in a thread, which may hang alone."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock, Thread
from time import monotonic
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection, connections
from django_q.brokers import get_broker

from livestream.bus.base import Message
from livestream.models import Broadcast, Reminder, Replay, WebhookReceipt
from livestream.models.files import live_storage
from livestream.services.buses import get_bus

log = logging.getLogger(__name__)
PATIENCE = 3.0
"""Seconds that a part may take to answer."""
REMEMBERED = 5.0
"""Seconds for which a report is given again, so that nobody can keep the parts busy by asking."""
LATE = timedelta(minutes=15)
"""A job that waits for a worker for longer is trouble."""
JOBS = (Broadcast, Reminder, Replay, WebhookReceipt)
PROBE = Message(topic="health", body=b"{}")
"""Nobody listens to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What one part said: a `problem`, which tells nothing secret, or none."""

    problem: str = ""
    oldest_due_seconds: int | None = None


Report = Mapping[str, Health]
SILENT, HANGS = Health(problem="does not answer"), Health(problem="takes too long to answer")


def is_ok(report: Report) -> bool:
    """Is there nothing that fails?"""
    return not any(said.problem for said in report.values())


def as_json(report: Report) -> dict[str, Any]:
    """`{"status": "ok", "checks": {"bus": {"status": "ok"}, ...}}`, with the problems that there are."""
    return {
        "status": "ok" if is_ok(report) else "failing",
        "checks": {name: _facts(said) for name, said in report.items()},
    }


def _facts(said: Health) -> dict[str, Any]:
    facts = {"problem": said.problem or None, "oldest_due_seconds": said.oldest_due_seconds}
    known = {name: value for name, value in facts.items() if value is not None}
    return {"status": "failing" if said.problem else "ok", **known}


def _database(now: datetime) -> Health:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Health()


def _broker(now: datetime) -> Health:
    return Health() if get_broker().ping() else SILENT


def _storage(now: datetime) -> Health:
    """Only a file that was written shows that one can be."""
    storage = live_storage()
    storage.delete(storage.save("health/probe", ContentFile(b"ok")))
    return Health()


def _bus(now: datetime) -> Health:
    get_bus().publish([PROBE])
    return Health()


def _jobs(now: datetime) -> Health:
    """The age of the oldest due job. A worker that runs takes each within a minute or two."""
    due = (model.objects.due(now).order_by("due_at").values_list("due_at", flat=True)[:1] for model in JOBS)
    late = max((now - due_at for oldest in due for due_at in oldest), default=timedelta(0))
    problem = "wait for a worker" if late > LATE else ""
    return Health(problem=problem, oldest_due_seconds=int(late.total_seconds()))


class Doctor:
    """Asks all parts at once. While one hangs it is not asked again, so that threads do not pile up."""

    def __init__(self, parts: Mapping[str, Callable[[datetime], Health]]) -> None:
        self._parts = parts
        self._threads: dict[str, Thread] = {}
        self._said: dict[str, Health] = {}
        self._lock = Lock()
        self._report: Report = {}
        self._fresh_until = 0.0

    def report(self, *, now: datetime) -> Report:
        """How each part is: at most seconds old, and here within `PATIENCE`."""
        with self._lock:
            if monotonic() >= self._fresh_until:
                self._report = self._ask(now)
                self._fresh_until = monotonic() + REMEMBERED
            return self._report

    def forget(self) -> None:
        """Ask again the next time."""
        self._fresh_until = 0.0

    def _ask(self, now: datetime) -> Report:
        until = monotonic() + PATIENCE
        for name in self._parts:
            self._start(name, now)
        return {name: self._answer(name, until) for name in self._parts}

    def _start(self, name: str, now: datetime) -> None:
        asked = self._threads.get(name)
        if asked is None or not asked.is_alive():
            self._threads[name] = Thread(target=self._run, args=[name, now], daemon=True)
            self._threads[name].start()

    def _answer(self, name: str, until: float) -> Health:
        self._threads[name].join(max(0.0, until - monotonic()))
        return HANGS if self._threads[name].is_alive() else self._said[name]

    def _run(self, name: str, now: datetime) -> None:
        try:
            self._said[name] = self._parts[name](now)
        except Exception as exc:  # Databases, brokers, buses and storages have errors of their own.
            log.warning("A health check failed: %s", type(exc).__name__)
            self._said[name] = SILENT
        finally:
            connections.close_all()


DOCTOR = Doctor({"database": _database, "broker": _broker, "storage": _storage, "bus": _bus, "jobs": _jobs})


def report(*, now: datetime) -> Report:
    """How database, broker, storage, bus and jobs are: asked in this process within the last seconds."""
    return DOCTOR.report(now=now)
