"""Is everything there that live shopping needs? `/live/healthz` and `manage.py livestream_health`."""

import json
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from livestream.bus.base import Message
from livestream.bus.memory import MemoryBus
from livestream.errors import BusUnavailable
from livestream.models import Broadcast, LiveStream, Reminder, Replay, WebhookReceipt
from livestream.services import health

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/live/healthz"


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    health.DOCTOR.forget()
    yield
    health.DOCTOR.forget()


def look(client: Client) -> dict[str, Any]:
    return json.loads(client.get(URL).content)


def failing(client: Client) -> list[str]:
    return [name for name, said in look(client)["checks"].items() if said["status"] == "failing"]


class DeadBus(MemoryBus):
    """Nothing reaches anybody; what it says is not for everybody."""

    def publish(self, messages: Sequence[Message]) -> None:
        raise BusUnavailable from RuntimeError("redis://secret@bus")


class HangingBus(MemoryBus):
    """Answers when the test says so."""

    go_on = Event()
    asked = 0

    def publish(self, messages: Sequence[Message]) -> None:
        type(self).asked += 1
        self.go_on.wait(30)


def use_bus(settings: Any, bus: type) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "BUS": {"BACKEND": f"{__name__}.{bus.__name__}"}}


@pytest.fixture
def hanging(settings: Any) -> Iterator[type[HangingBus]]:
    use_bus(settings, HangingBus)
    HangingBus.go_on.clear()
    HangingBus.asked = 0
    yield HangingBus
    HangingBus.go_on.set()


# -- The page


def test_everything_answers(client: Client) -> None:
    response = client.get(URL)
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert response.json() == {
        "status": "ok",
        "checks": {
            "database": {"status": "ok"},
            "broker": {"status": "ok"},
            "storage": {"status": "ok"},
            "bus": {"status": "ok"},
            "jobs": {"status": "ok", "oldest_due_seconds": 0},
        },
    }


def test_it_is_only_read(client: Client) -> None:
    assert client.post(URL).status_code == 405


def test_a_bus_that_is_gone_fails_and_nothing_secret_is_told(client: Client, settings: Any) -> None:
    use_bus(settings, DeadBus)
    response = client.get(URL)
    assert response.status_code == 503
    assert response.json()["checks"]["bus"] == {"status": "failing", "problem": "does not answer"}


def test_a_storage_that_cannot_be_written_fails(client: Client, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    disk = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "file" / "media"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    assert failing(client) == ["storage"]


def test_what_hangs_hangs_alone_and_is_asked_once(
    client: Client, hanging: type[HangingBus], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.3)
    begun = time.monotonic()
    for _ in range(3):
        health.DOCTOR.forget()
        assert look(client)["checks"]["bus"]["problem"] == "takes too long to answer"
    assert (hanging.asked, time.monotonic() - begun < 5) == (1, True)


def test_a_flood_asks_once(client: Client, hanging: type[HangingBus]) -> None:
    hanging.go_on.set()
    for _ in range(20):
        look(client)
    assert hanging.asked == 1


@pytest.mark.parametrize("model", [Broadcast, Reminder, Replay, WebhookReceipt], ids=lambda one: one.__name__)
@pytest.mark.parametrize(("minutes", "parts"), [(14, []), (16, ["jobs"])])
def test_a_job_that_waits_too_long_fails(
    client: Client, stream: LiveStream, now: datetime, model: Any, minutes: int, parts: list[str]
) -> None:
    facts: dict[Any, dict[str, Any]] = {
        Broadcast: {"stream": stream, "state": "recorded", "started_at": now},
        Reminder: {"stream": stream, "email": "olga@example.com", "created_at": now},
        Replay: {"stream": stream},
        WebhookReceipt: {"account": "firework", "key": "1", "body": b"", "received_at": now},
    }
    model.objects.create(due_at=now - timedelta(minutes=minutes), **facts[model])
    assert failing(client) == parts
    assert look(client)["checks"]["jobs"]["oldest_due_seconds"] >= minutes * 60


# -- The command


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    try:
        call_command("livestream_health", *arguments)
        code = 0
    except CommandError as exc:
        code = exc.returncode
    return code, capsys.readouterr().out


@pytest.fixture
def failed(stream: LiveStream, now: datetime) -> Broadcast:
    return Broadcast.objects.create(stream=stream, state="failed", started_at=now, ended_at=now)


def test_the_command_says_that_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = run(capsys, "--strict")
    assert (code, told.splitlines()) == (
        0,
        ["database: ok", "broker: ok", "storage: ok", "bus: ok", "jobs: ok", "Nothing needs attention."],
    )


def test_the_command_counts_what_needs_attention(
    capsys: pytest.CaptureFixture[str], failed: Broadcast
) -> None:
    code, told = run(capsys)
    assert code == 0
    assert "   1  a recording failed" in told
    assert run(capsys, "--strict")[0] == 1


def test_the_command_speaks_json(capsys: pytest.CaptureFixture[str], failed: Broadcast) -> None:
    told = json.loads(run(capsys, "--json")[1])
    assert (told["status"], told["attention"]) == ("ok", {"recording": 1})
    assert told["checks"]["jobs"] == {"status": "ok", "oldest_due_seconds": 0}


def test_the_command_fails_with_a_part(capsys: pytest.CaptureFixture[str], stream: LiveStream) -> None:
    Replay.objects.create(stream=stream, due_at=timezone.now() - timedelta(hours=1))
    code, told = run(capsys)
    assert code == 1
    assert "jobs: wait for a worker" in told
