"""The rows are the record: whatever the broker loses, the sweep finds again."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django_q.models import OrmQ, Schedule

from gifting import tasks
from gifting.models import Brand, OutgoingMessage, Recording, VideoContainer

ROOT = Path(__file__).parent.parent.parent
QUEUES_A_MAIL = """
from django.utils import timezone
from gifting.models import *
from gifting.services import messages
from django.db import transaction
brand = Brand.objects.create(slug="b", name="B")
order = Order.objects.create(brand=brand, number="1", giver_email="a@example.com", created_at=timezone.now())
box = VideoContainer.objects.create(order=order, urid="a" * 10, edit_key="0" * 32, watch_token="t",
                                    created_at=timezone.now())
with transaction.atomic():
    messages.queue_reminder(box, now=timezone.now())
print("kept", OutgoingMessage.objects.count())
"""


@pytest.fixture
def queued(container: VideoContainer, now: datetime) -> Recording:
    """A recording that a worker should have taken a minute ago."""
    due = now - timedelta(minutes=1)
    return Recording.objects.create(container=container, due_at=due, created_at=due)


def queued_tasks() -> list[tuple[str, tuple[int, ...]]]:
    return [(row.task["func"], row.task["args"]) for row in OrmQ.objects.all()]


@pytest.mark.django_db
def test_migrating_leaves_one_schedule_that_sweeps_every_minute() -> None:
    schedule = Schedule.objects.get(func="gifting.tasks.sweep")
    assert (schedule.schedule_type, schedule.minutes) == (Schedule.MINUTES, 1)


def test_the_sweep_enqueues_a_recording_whose_task_was_lost(queued: Recording) -> None:
    tasks.sweep()
    assert queued_tasks() == [("gifting.tasks.process_recording", (queued.pk,))]


def test_the_sweep_takes_over_from_a_worker_whose_lease_has_ended(queued: Recording) -> None:
    Recording.objects.update(state=Recording.State.PROCESSING)
    tasks.sweep()
    assert len(queued_tasks()) == 1


def test_the_sweep_leaves_a_row_alone_that_is_not_due(queued: Recording, now: datetime) -> None:
    Recording.objects.update(due_at=now + timedelta(minutes=5))
    tasks.sweep()
    assert queued_tasks() == []


def test_the_sweep_leaves_a_finished_row_alone(queued: Recording) -> None:
    Recording.objects.update(state=Recording.State.READY)
    tasks.sweep()
    assert queued_tasks() == []


def test_the_sweep_enqueues_a_mail_whose_task_was_lost(container: VideoContainer, now: datetime) -> None:
    mail = OutgoingMessage.objects.create(
        container=container, purpose=OutgoingMessage.Purpose.GIFT_READY, due_at=now, created_at=now
    )
    tasks.sweep()
    assert queued_tasks() == [("gifting.tasks.send_message", (mail.pk,))]


def test_a_task_starts_only_after_the_commit(
    container: VideoContainer, brand: Brand, django_capture_on_commit_callbacks: Callable[..., list[object]]
) -> None:
    from gifting.services import messages

    with django_capture_on_commit_callbacks() as callbacks:
        messages.queue_reminder(container, now=container.created_at)
    assert (len(callbacks), queued_tasks()) == (1, [])


def test_a_dead_broker_does_not_undo_what_was_committed(tmp_path: Path) -> None:
    env = {**os.environ, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    env.pop("DATABASE_URL", None)
    manage = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*manage, "migrate", "-v0"], env=env, check=True)
    env["REDIS_URL"] = "redis://127.0.0.1:1/0"
    done = subprocess.run(
        [*manage, "shell", "-v0", "-c", QUEUES_A_MAIL], env=env, capture_output=True, text=True
    )
    assert done.stdout.strip() == "kept 1", done.stderr
