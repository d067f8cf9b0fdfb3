"""What the django-q2 worker runs. Each task takes a row by its key and may run any number of times."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import close_old_connections
from django.utils import timezone

from livestream.models import Broadcast, Reminder, Replay, WebhookReceipt
from livestream.services import (
    applications,
    inbox,
    ingest,
    jobs,
    mirror,
    recordings,
    reminders,
    replays,
    schedule,
    viewers,
)

log = logging.getLogger(__name__)
SWEEP_LIMIT = 500
JOBS: dict[Any, str] = {
    Reminder: "send_reminder",
    WebhookReceipt: "read_push",
    Broadcast: "process_recording",
    Replay: "prepare_replay",
}


def send_reminder(pk: int) -> None:
    """Send one mail that a viewer asked for."""
    reminders.send(pk=pk, now=timezone.now())


def read_push(pk: int) -> None:
    """Read one push of a hosted account."""
    inbox.process(pk=pk, now=timezone.now())


def mirror_playlist(pk: int) -> None:
    """Walk one playlist of a hosted account."""
    mirror.mirror(pk=pk, now=timezone.now())


def process_recording(pk: int) -> None:
    """Examine one recording."""
    recordings.process(pk=pk, now=timezone.now())


def begin_replay(pk: int) -> None:
    """One show is over."""
    replays.begin(pk=pk, now=timezone.now())


def prepare_replay(pk: int) -> None:
    """Join the recordings of one show."""
    replays.prepare(pk=pk, now=timezone.now())


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
    reminders.wake_started,
    viewers.refresh_bus,
    viewers.purge_figures,
    *(partial(_restart, model, task) for model, task in JOBS.items()),
    mirror.start_due,
    inbox.purge,
    ingest.stop_silent,
    recordings.adopt_lost,
    replays.begin_lost,
    replays.clear_workspaces,
    schedule.expire_idle,
    schedule.end_long_pauses,
    schedule.complete_replays,
    applications.forget_expired,
)
