"""What the django-q2 worker runs. Each task takes a row by its key and may run any number of times."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import close_old_connections
from django.utils import timezone

from livestream.services import jobs

log = logging.getLogger(__name__)
SWEEP_LIMIT = 500
JOBS: dict[Any, str] = {}


def sweep() -> None:
    """Every minute: start again what was lost, expire, complete. A part that fails stops no other."""
    now = timezone.now()
    for part in PARTS:
        _attempt(part, now=now)


def _attempt(part: Callable[..., object], *, now: datetime) -> None:
    try:
        part(now=now)
    except Exception:  # Database, broker and storage have errors of their own.
        log.exception("A part of the sweep failed; the next one tries again.")
        close_old_connections()


def _restart(model: Any, task: str, *, now: datetime) -> None:
    """Enqueue what is due: its task was lost, its worker died, or its time has come."""
    due = model.objects.due(now).order_by("due_at").values_list("pk", flat=True)
    for pk in due[:SWEEP_LIMIT]:
        jobs.start(task, pk)


PARTS: tuple[Callable[..., object], ...] = (
    *(partial(_restart, model, task) for model, task in JOBS.items()),
)
