"""Is everything there that gifts need? `/healthz` and `manage.py gifting_health`, with real faults."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from config.demo.run import ROOT
from gifting.models import OutgoingMessage, Recording, Shipment, VendorCall, VideoContainer, WebhookReceipt
from gifting.services import health
from gifting.services.reasons import ADVICE, Reason
from tests.browser.running import free_port
from tests.fakes.here import asking, connect
from tests.gifting.serving import Project
from tests.gifting.troubles import TROUBLES, UPS, hosted

pytestmark = pytest.mark.django_db(transaction=True)
PARTS = ["database", "broker", "storage", "jobs"]
LOOK = """
from time import monotonic
from django.test import Client
begun = monotonic()
response = Client().get("/healthz", HTTP_HOST="127.0.0.1")
print(response.status_code, round(monotonic() - begun), response.content.decode())
"""


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    health.DOCTOR.forget()
    yield
    health.DOCTOR.forget()


def look(client: Client) -> dict[str, Any]:
    return json.loads(client.get("/healthz").content)


def failing(client: Client) -> list[str]:
    return [name for name, said in look(client)["checks"].items() if said["status"] == "failing"]


def late(container: VideoContainer, due_at: datetime, state: str = "queued") -> None:
    OutgoingMessage.objects.create(
        container=container, purpose="gift_ready", state=state, created_at=due_at, due_at=due_at
    )


# -- All is well


def test_everything_answers(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": {
            "database": {"status": "ok"},
            "broker": {"status": "ok"},
            "storage": {"status": "ok"},
            "jobs": {"status": "ok", "oldest_due_seconds": 0},
        },
    }


def test_nobody_keeps_the_answer(client: Client) -> None:
    assert client.get("/healthz")["Cache-Control"] == "no-store"


def test_it_is_only_read(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
    assert client.head("/healthz").status_code == 200


def test_a_look_leaves_no_file_behind(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = _storage(settings, location=tmp_path)
    assert failing(client) == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


# -- A part fails


def _storage(settings: Any, **options: Any) -> dict[str, Any]:
    disk = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    return {**settings.STORAGES, "default": disk}


def test_a_storage_that_cannot_be_written_fails(client: Client, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    settings.STORAGES = _storage(settings, location=tmp_path / "file" / "media")
    assert failing(client) == ["storage"]
    assert client.get("/healthz").status_code == 503


def test_nothing_secret_is_told(client: Client, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    settings.STORAGES = _storage(settings, location=tmp_path / "file" / "media")
    told = client.get("/healthz").content.decode()
    assert str(tmp_path) not in told
    assert "Error" not in told
    assert look(client)["checks"]["storage"] == {"status": "failing", "problem": "does not answer"}


class Hanging(FileSystemStorage):
    """Answers when the test says so."""

    go_on = Event()
    asked = 0

    def _save(self, name: str, content: Any) -> str:
        type(self).asked += 1
        self.go_on.wait(30)
        return super()._save(name, content)


@pytest.fixture
def hanging(settings: Any, tmp_path: Path) -> Iterator[type[Hanging]]:
    disk = {"BACKEND": f"{__name__}.Hanging", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": disk}
    Hanging.go_on.clear()
    Hanging.asked = 0
    yield Hanging
    Hanging.go_on.set()


def test_a_storage_that_hangs_does_not_hang_the_answer(
    client: Client, hanging: type[Hanging], monkeypatch: Any
) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.3)
    begun = time.monotonic()
    assert look(client)["checks"]["storage"]["problem"] == "takes too long to answer"
    assert time.monotonic() - begun < 2


def test_what_hangs_is_not_asked_again(client: Client, hanging: type[Hanging], monkeypatch: Any) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.3)
    for _ in range(3):
        health.DOCTOR.forget()
        assert "storage" in failing(client)
    assert hanging.asked == 1


def test_a_flood_asks_once(client: Client, hanging: type[Hanging]) -> None:
    hanging.go_on.set()
    for _ in range(20):
        look(client)
    assert hanging.asked == 1


@pytest.mark.parametrize(
    "model",
    [OutgoingMessage, Recording, Shipment, WebhookReceipt, VendorCall],
    ids=lambda model: model.__name__,
)
def test_a_job_that_waits_too_long_fails(
    client: Client, container: VideoContainer, now: datetime, model: Any
) -> None:
    due_at = now - timedelta(minutes=16)
    facts: dict[Any, dict[str, Any]] = {
        OutgoingMessage: {"container": container, "purpose": "seen", "created_at": now},
        Recording: {"container": container, "created_at": now},
        Shipment: {"order": container.order, "created_at": now, "state": "queued"},
        WebhookReceipt: {"source": "ups", "key": "1", "body": b"", "received_at": now},
    }
    if model is VendorCall:
        hosted(container, now)
        VendorCall.objects.update(state="queued", due_at=due_at)
    else:
        model.objects.create(due_at=due_at, **facts[model])
    assert failing(client) == ["jobs"]
    assert look(client)["checks"]["jobs"]["oldest_due_seconds"] >= 16 * 60


@pytest.mark.parametrize("limits", [{"per_day": 250}, {"spacing": timedelta(minutes=1)}])
@pytest.mark.parametrize(("hours", "parts"), [(23, []), (25, ["jobs"])])
def test_a_parcel_may_wait_for_its_turn_at_a_carrier_with_limits(
    client: Client,
    container: VideoContainer,
    now: datetime,
    settings: Any,
    limits: dict[str, Any],
    hours: int,
    parts: list[str],
) -> None:
    connect(settings, dhl=asking(serves="dhl", **limits))
    due_at = now - timedelta(hours=hours)
    Shipment.objects.create(
        order=container.order, carrier="dhl", state="queued", created_at=due_at, due_at=due_at
    )
    assert failing(client) == parts


def test_a_parcel_of_another_carrier_may_not(
    client: Client, container: VideoContainer, now: datetime, settings: Any
) -> None:
    connect(settings, dhl=asking(serves="dhl", per_day=250), ups=asking(serves="ups"))
    due_at = now - timedelta(minutes=16)
    Shipment.objects.create(
        order=container.order, carrier="ups", state="queued", created_at=due_at, due_at=due_at
    )
    assert failing(client) == ["jobs"]


def test_a_job_that_waits_a_little_is_well(client: Client, container: VideoContainer, now: datetime) -> None:
    late(container, now - timedelta(minutes=14))
    assert failing(client) == []
    assert 14 * 60 <= look(client)["checks"]["jobs"]["oldest_due_seconds"] < 15 * 60


@pytest.mark.parametrize("state", ["sent", "failed", "held", "unsure", "bounced"])
def test_what_waits_for_nobody_is_not_late(
    client: Client, container: VideoContainer, now: datetime, state: str
) -> None:
    late(container, now - timedelta(days=3), state)
    assert failing(client) == []


def test_calls_behind_a_failed_one_are_not_late(
    client: Client, container: VideoContainer, now: datetime
) -> None:
    hosted(container, now)
    long_ago = now - timedelta(days=3)
    VendorCall.objects.create(container=container, action="activate", created_at=long_ago, due_at=long_ago)
    assert failing(client) == []


def test_how_late_is_a_setting(
    client: Client, container: VideoContainer, now: datetime, settings: Any
) -> None:
    settings.GIFTING = {**settings.GIFTING, "HEALTH_LATE_MINUTES": 2}
    late(container, now - timedelta(minutes=3))
    assert failing(client) == ["jobs"]


# -- Servers that are gone: a process of its own, whose environment names them


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes calls and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def looked_at(folder: Path, **environment: str) -> tuple[int, int, dict[str, Any]]:
    """Status, seconds and answer of the project in this environment."""
    if "DATABASE_URL" not in environment:
        Project.make(folder)
    said = Project(folder, environment).python(LOOK)
    status, seconds, answer = said.split(" ", 2)
    return int(status), int(seconds), json.loads(answer)["checks"]


def test_a_database_that_is_gone_fails(tmp_path: Path) -> None:
    url = f"postgres://postgres@127.0.0.1:{free_port()}/gone"
    status, _seconds, checks = looked_at(tmp_path, DATABASE_URL=url)
    assert status == 503
    gone = {"status": "failing", "problem": "does not answer"}
    assert checks == {"database": gone, "broker": gone, "storage": {"status": "ok"}, "jobs": gone}


def test_a_broker_that_is_gone_fails(tmp_path: Path) -> None:
    status, _seconds, checks = looked_at(tmp_path, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert status == 503
    assert checks["broker"] == {"status": "failing", "problem": "does not answer"}


@pytest.mark.parametrize(
    ("variable", "url", "parts"),
    [
        ("REDIS_URL", "redis://127.0.0.1:{port}/0", ["broker"]),
        ("DATABASE_URL", "postgres://postgres@127.0.0.1:{port}/gone", ["database", "broker", "jobs"]),
    ],
)
def test_a_server_that_says_nothing_does_not_hang_the_answer(
    tmp_path: Path, silent_port: int, variable: str, url: str, parts: list[str]
) -> None:
    status, seconds, checks = looked_at(tmp_path, **{variable: url.format(port=silent_port)})
    assert (status, [name for name in PARTS if checks[name]["status"] == "failing"]) == (503, parts)
    assert seconds <= health.PATIENCE + 2


# -- The command


def run(capsys: Any, *arguments: str) -> tuple[int, str]:
    try:
        call_command("gifting_health", *arguments)
        code = 0
    except CommandError as exc:
        code = exc.returncode
    return code, capsys.readouterr().out


def test_the_command_says_that_all_is_well(capsys: Any, settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "CARRIERS": {"ups": UPS}}
    code, told = run(capsys, "--strict")
    assert code == 0
    assert told.splitlines() == [
        "database: ok",
        "broker: ok",
        "storage: ok",
        "jobs: ok",
        "carrier ups: asked",
        "Everything is moving.",
    ]


def test_the_command_counts_what_needs_attention(
    capsys: Any, container: VideoContainer, now: datetime
) -> None:
    TROUBLES[Reason.HELD_LONG](container, now)
    code, told = run(capsys)
    assert code == 0
    assert f"   1  long on hold: {ADVICE[Reason.HELD_LONG].then}" in told
    assert run(capsys, "--strict")[0] == 1


def test_the_command_speaks_json(capsys: Any, container: VideoContainer, now: datetime) -> None:
    TROUBLES[Reason.HELD_LONG](container, now)
    told = json.loads(run(capsys, "--json")[1])
    assert told["status"] == "ok"
    assert told["checks"]["jobs"] == {"status": "ok", "oldest_due_seconds": 0}
    assert told["attention"] == {"held_long": 1}


def test_the_command_fails_with_a_part(capsys: Any, container: VideoContainer) -> None:
    late(container, timezone.now() - timedelta(hours=1))
    code, told = run(capsys)
    assert code == 1
    assert "jobs: wait for a worker" in told


def test_the_command_speaks_without_a_database(tmp_path: Path) -> None:
    url = f"postgres://postgres@127.0.0.1:{free_port()}/gone"
    environment = Project(tmp_path, {"DATABASE_URL": url}).environment()
    command = [sys.executable, "manage.py", "gifting_health", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert json.loads(done.stdout)["checks"]["database"]["status"] == "failing"
    assert "Traceback" not in done.stderr
