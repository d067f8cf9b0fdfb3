"""Does everything answer that gifts need? Each part is asked in a thread of its own, which may hang alone."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection, connections
from django.db.models import QuerySet
from django_q.brokers import get_broker

from gifting.conf import conf
from gifting.models import (
    OutgoingMessage,
    PackImport,
    PackNotice,
    Recording,
    Shipment,
    VendorCall,
    WebhookReceipt,
)
from gifting.models.files import gift_storage
from gifting.services import carriers

log = logging.getLogger(__name__)
PATIENCE = 3.0
"""Seconds that a part may take to answer."""
REMEMBERED = 5.0
"""Seconds for which a report is given again, so that nobody can keep the parts busy by asking."""
TURN = timedelta(days=1)
"""So long a parcel may wait for its turn at a carrier with limits: by midnight it has a new one."""
JOBS = (Recording, OutgoingMessage, Shipment, WebhookReceipt, VendorCall, PackNotice, PackImport)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What one part said. `oldest_due_seconds` is known of jobs only; `problem` says nothing secret."""

    is_ok: bool
    problem: str = ""
    oldest_due_seconds: int | None = None


Report = dict[str, Health]


def is_ok(report: Report) -> bool:
    """Is there nothing that fails?"""
    return all(said.is_ok for said in report.values())


def as_json(report: Report) -> dict[str, Any]:
    """`{"status": "ok", "checks": {"database": {"status": "ok"}, ...}}`, with the problems that there are."""
    return {"status": _word(is_ok(report)), "checks": {name: _facts(said) for name, said in report.items()}}


def _facts(said: Health) -> dict[str, Any]:
    facts = {"problem": said.problem or None, "oldest_due_seconds": said.oldest_due_seconds}
    known = {name: value for name, value in facts.items() if value is not None}
    return {"status": _word(said.is_ok), **known}


def _word(is_ok: bool) -> str:
    return "ok" if is_ok else "failing"


def connected() -> dict[str, list[str]]:
    """Who tells of parcels, by alias, and how: `asked`, `pushes`. Nobody is called."""
    found = {alias: carriers.get_carrier(alias) for alias in conf().CARRIERS}
    ways = (("asked", "can_ask"), ("pushes", "can_listen"))
    return {
        alias: [way for way, ability in ways if getattr(carrier, ability)] for alias, carrier in found.items()
    }


class Part:
    """Something to ask. While it hangs it is not asked again, so that threads do not pile up."""

    def __init__(self, ask: Callable[[datetime], Health]) -> None:
        self._ask = ask
        self._done = Event()
        self._done.set()
        self._said = Health(is_ok=False, problem="takes too long to answer")

    def start(self, now: datetime) -> None:
        """Ask, and come back at once."""
        if not self._done.is_set():
            return
        self._done.clear()
        self._said = Health(is_ok=False, problem="takes too long to answer")
        Thread(target=self._run, args=[now], daemon=True).start()

    def answer(self, *, until: float) -> Health:
        """What it said by then (in seconds of `monotonic`)."""
        self._done.wait(max(0.0, until - monotonic()))
        return self._said

    def _run(self, now: datetime) -> None:
        try:
            self._said = self._ask(now)
        except Exception as exc:  # Databases, brokers and storages have errors of their own.
            log.warning("A health check failed: %s", type(exc).__name__)
            self._said = Health(is_ok=False, problem="does not answer")
        finally:
            connections.close_all()
            self._done.set()


def _database(now: datetime) -> Health:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Health(is_ok=True)


def _broker(now: datetime) -> Health:
    return Health(is_ok=True) if get_broker().ping() else Health(is_ok=False, problem="does not answer")


def _storage(now: datetime) -> Health:
    """Only a file that was written shows that one can be."""
    storage = gift_storage()
    storage.delete(storage.save("health/probe", ContentFile(b"ok")))
    return Health(is_ok=True)


def _jobs(now: datetime) -> Health:
    """The age of the oldest due job. A worker that runs takes each within a minute or two."""
    due = (_due(model, now).order_by("due_at").values_list("due_at", flat=True)[:1] for model in JOBS)
    late = max((now - due_at for oldest in due for due_at in oldest), default=timedelta(0))
    is_late = late > timedelta(minutes=conf().HEALTH_LATE_MINUTES)
    problem = "wait for a worker" if is_late else ""
    return Health(is_ok=not is_late, problem=problem, oldest_due_seconds=int(late.total_seconds()))


def _due(model: Any, now: datetime) -> QuerySet[Any]:
    due: QuerySet[Any] = model.objects.due(now)
    if model is Shipment:
        return due.exclude(carrier__in=carriers.rationed(), due_at__gt=now - TURN)
    return due


class Doctor:
    """Asks all parts at once, and remembers for a moment what they said."""

    def __init__(self, parts: dict[str, Callable[[datetime], Health]]) -> None:
        self._parts = {name: Part(ask) for name, ask in parts.items()}
        self._lock = Lock()
        self._report: Report = {}
        self._fresh_until = 0.0

    def report(self, *, now: datetime) -> Report:
        """How each part is; at most seconds old, and here within `PATIENCE`."""
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
        for part in self._parts.values():
            part.start(now)
        return {name: part.answer(until=until) for name, part in self._parts.items()}


DOCTOR = Doctor({"database": _database, "broker": _broker, "storage": _storage, "jobs": _jobs})


def report(*, now: datetime) -> Report:
    """How database, broker, storage and jobs are: asked in this process within the last seconds."""
    return DOCTOR.report(now=now)
