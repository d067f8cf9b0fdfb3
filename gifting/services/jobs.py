"""Hands due rows to django-q2. The rows are the record: a lost task only waits for the next sweep."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django_q.models import Schedule
from django_q.tasks import async_task

SWEEP = "gifting.tasks.sweep"


def enqueue(task: str, pk: int) -> None:
    """Start `gifting.tasks.<task>` for the row after the commit; a dead broker is survived."""
    after_commit(async_task, f"gifting.tasks.{task}", pk)


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
