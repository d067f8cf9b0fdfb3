"""Hands due rows to django-q2. The rows are the record: a lost task only waits for the next sweep."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django_q.brokers import Broker, get_broker
from django_q.models import Schedule
from django_q.tasks import async_task

from livestream.conf import conf

SWEEP = "livestream.tasks.sweep"
LONG = frozenset({"process_recording", "prepare_replay"})  # hours of video are read from end to end
SPARE_SECONDS = 20


def enqueue(task: str, pk: int) -> None:
    """Start `livestream.tasks.<task>` for the row after the commit; a dead broker is survived."""
    after_commit(start, task, pk)


def start(task: str, *arguments: Any) -> None:
    """Hand `livestream.tasks.<task>` to the queue now."""
    limit = {"timeout": conf().REPLAY_TIMEOUT_SECONDS + SPARE_SECONDS} if task in LONG else {}
    async_task(f"livestream.tasks.{task}", *arguments, broker=_broker(), **limit)


@cache
def _broker() -> Broker:
    """One for the process: left to itself, django-q2 opens a connection to Redis for every task."""
    return get_broker()


def claim(due: QuerySet[Any], *, state: str, now: datetime, seconds: int | None = None) -> bool:
    """Take the due row: ours until the lease ends. False where there is none, or it was tried too often.

    The attempt is counted first: it may kill this worker. `seconds`: a lease of another length.
    """
    lease = now + timedelta(seconds=seconds or conf().JOB_LEASE_SECONDS)
    fresh = due.filter(attempts__lt=conf().JOB_MAX_ATTEMPTS)
    return bool(fresh.update(state=state, due_at=lease, attempts=F("attempts") + 1))


def next_try(attempts: int, *, now: datetime) -> datetime | None:
    """When to try again after so many attempts: twice as late each time. None: it waits for staff."""
    return now + timedelta(minutes=2**attempts) if attempts < conf().JOB_MAX_ATTEMPTS else None


def after_commit(call: Callable[..., Any], *arguments: Any) -> None:
    """Call it once what is written here is safe; its failure is logged and undoes nothing."""

    def run() -> None:  # a named function: Django's log of a failure asks for its __qualname__
        call(*arguments)

    transaction.on_commit(run, robust=True)


def ensure_schedule(**kwargs: object) -> None:
    """The every-minute sweep, made once after `migrate`."""
    Schedule.objects.get_or_create(
        name=SWEEP, defaults={"func": SWEEP, "schedule_type": Schedule.MINUTES, "minutes": 1}
    )
