"""The every-minute sweep: one part that fails stops no other."""

import os
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from gifting import tasks
from gifting.dto import Actor, ActorKind
from gifting.models import OutgoingMessage, VideoContainer
from gifting.services import containers, messages

pytestmark = pytest.mark.django_db

SHOP = Actor(ActorKind.SHOP)


@pytest.fixture
def over(container: VideoContainer, now: datetime) -> VideoContainer:
    """A gift whose time is over, of which a mail is due."""
    messages.queue(container, OutgoingMessage.Purpose.INVITATION, now=now)
    containers.cancel(container=container, actor=SHOP, now=now)
    VideoContainer.objects.filter(pk=container.pk).update(expires_at=now)
    OutgoingMessage.objects.update_or_create(
        container=container, purpose="seen", defaults={"state": "sending", "created_at": now, "due_at": now}
    )
    return container


def broken(word: str) -> Callable[..., Any]:
    """A database that fails at every question with this word."""

    def execute(ask: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if word in sql:
            raise OperationalError("gone")
        return ask(sql, params, many, context)

    return execute


def is_erased(gift: VideoContainer) -> bool:
    gift.refresh_from_db()
    return gift.state == "expired"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "word", ["django_q_ormq", 'FROM "gifting_recording"', 'FROM "gifting_upload"', "gifting_webhookreceipt"]
)
def test_a_part_that_fails_stops_no_other(
    over: VideoContainer, word: str, caplog: pytest.LogCaptureFixture
) -> None:
    with connection.execute_wrapper(broken(word)):
        tasks.sweep()
    assert "A part of the sweep failed" in caplog.text
    assert is_erased(over)


def test_what_a_killed_conversion_left_on_this_machine_is_removed(db: None, now: datetime) -> None:
    old, new = (Path(tempfile.mkdtemp(prefix=f"gifting-abcdefghij-{number}-")) for number in (1, 2))
    (old / "source").write_bytes(b"film")
    long_ago = (timezone.now() - timedelta(hours=1)).timestamp()
    os.utime(old, (long_ago, long_ago))
    tasks.sweep()
    assert (old.exists(), new.exists()) == (False, True)
    new.rmdir()
