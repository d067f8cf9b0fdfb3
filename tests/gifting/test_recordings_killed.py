"""Workers that are killed or outrun in the middle of a conversion: real processes on one database."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from config.demo.run import ROOT
from tests import samples
from tests.gifting.serving import CHUNK, Gift, Project, Server, encoded, once_is_enough

pytestmark = once_is_enough
PATIENCE_SECONDS = 60
PROCESS = """
from datetime import datetime
from gifting.services import recordings
from gifting.models import Recording
recording = Recording.objects.get(container__urid={urid!r})
recordings.process(pk=recording.pk, now=datetime.fromisoformat({now!r}))
"""
CANCEL = """
from django.utils import timezone
from gifting.dto import Actor, ActorKind
from gifting.models import VideoContainer
from gifting.services import containers
gift = VideoContainer.objects.get(urid={urid!r})
containers.cancel(container=gift, actor=Actor(ActorKind.STAFF, "maria"), now=timezone.now())
"""
AFTER_THE_LEASE = timedelta(seconds=340)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("killed")
    (folder / "tmp").mkdir()
    return Project.make(folder, TMPDIR=str(folder / "tmp"))


@pytest.fixture(scope="module")
def server(project: Project) -> Iterator[Server]:
    with project.serve() as running:
        yield running


@pytest.fixture
def gift(project: Project, server: Server) -> Gift:
    """A gift whose film has just arrived."""
    gift, film = project.new_gift(), samples.webm(width=320, height=240).read_bytes()
    headers = {
        "Tus-Resumable": "1.0.0",
        "X-Edit-Key": gift.edit_key,
        "Upload-Length": str(len(film)),
        "Upload-Metadata": encoded(urid=gift.urid),
        "Content-Type": CHUNK,
    }
    made = requests.post(f"{server.url}/widget/uploads", film, headers=headers, timeout=PATIENCE_SECONDS)
    assert made.headers["Upload-Offset"] == headers["Upload-Length"]
    return gift


class Worker:
    """A process that works on the gift's recording, held in the middle of the conversion."""

    def __init__(self, project: Project, gift: Gift, *, later: timedelta = timedelta()) -> None:
        code = PROCESS.format(urid=gift.urid, now=str(datetime.now(UTC) + later))
        command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", code]
        self.process = subprocess.Popen(command, cwd=ROOT, env=project.environment())
        self.conversion = self._conversion()
        self.conversion.suspend()

    def _conversion(self) -> psutil.Process:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            for child in psutil.Process(self.process.pid).children():
                with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                    if "gifting.media" in child.cmdline():
                        return child
            time.sleep(0.005)
        raise AssertionError("The worker did not begin to convert.")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        with suppress(psutil.NoSuchProcess):
            self.conversion.resume()

    def go_on(self) -> None:
        self.conversion.resume()
        assert self.process.wait(timeout=PATIENCE_SECONDS) == 0


def work(project: Project, gift: Gift, *, later: timedelta = timedelta()) -> None:
    """What an undisturbed worker does."""
    project.python(PROCESS.format(urid=gift.urid, now=str(datetime.now(UTC) + later)))


@pytest.fixture
def document(server: Server, gift: Gift) -> Callable[[], dict[str, Any]]:
    def read() -> dict[str, Any]:
        url = f"{server.url}/widget/containers/{gift.urid}"
        return requests.get(url, headers={"X-Edit-Key": gift.edit_key}, timeout=PATIENCE_SECONDS).json()

    return read


def kept(project: Project, gift: Gift) -> list[str]:
    """The kinds of all files of the gift, uploads included."""
    media = project.folder / "media"
    found = [*(media / "gifts" / gift.urid).rglob("*"), *(media / "uploads").rglob("*")]
    return sorted(path.suffix for path in found if path.is_file())


def left_behind(project: Project, gift: Gift) -> list[Path]:
    return list((project.folder / "tmp").glob(f"gifting-{gift.urid}-*"))


def test_a_worker_that_is_killed_loses_nothing(
    project: Project, gift: Gift, document: Callable[[], dict[str, Any]]
) -> None:
    Worker(project, gift).kill()
    assert left_behind(project, gift)
    assert document()["recording"]["state"] == "processing"
    work(project, gift)  # the lease still runs
    assert document()["recording"]["state"] == "processing"
    work(project, gift, later=AFTER_THE_LEASE)
    assert document()["recording"]["state"] == "ready"
    assert kept(project, gift) == [".jpg", ".mp4"]
    assert left_behind(project, gift) == []


def test_a_conversion_dies_with_its_worker(project: Project, gift: Gift) -> None:
    worker = Worker(project, gift)
    worker.kill()
    gone, _ = psutil.wait_procs([worker.conversion], timeout=PATIENCE_SECONDS)
    assert gone == [worker.conversion]
    work(project, gift, later=AFTER_THE_LEASE)


@pytest.mark.parametrize("machine", ["the same", "another"])
def test_a_worker_that_comes_back_after_its_lease_changes_nothing(
    project: Project, gift: Gift, document: Callable[[], dict[str, Any]], tmp_path: Path, machine: str
) -> None:
    temporary = project.settings["TMPDIR"] if machine == "the same" else str(tmp_path)
    slow = Worker(replace(project, settings={"TMPDIR": temporary}), gift)
    work(project, gift, later=AFTER_THE_LEASE)
    before = document()["recording"], kept(project, gift)
    slow.go_on()
    after = document()["recording"], kept(project, gift)
    assert before[0]["state"] == after[0]["state"] == "ready"
    assert before[1] == after[1] == [".jpg", ".mp4"]


def test_a_gift_cancelled_while_its_film_is_converted_keeps_nothing(
    project: Project, gift: Gift, document: Callable[[], dict[str, Any]]
) -> None:
    worker = Worker(project, gift)
    project.python(CANCEL.format(urid=gift.urid))
    worker.go_on()
    found = document()
    assert (found["state"], found["recording"]) == ("cancelled", None)
    assert kept(project, gift) == []
