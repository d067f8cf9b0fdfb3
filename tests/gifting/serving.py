"""The project in real processes: a database and a folder of its own, as many servers as a test wants."""

import json
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import environ
from pathlib import Path

import psutil
import pytest
import requests

from config.demo.run import ROOT, end_with_parent
from tests.browser.running import KEPT, free_port

once_is_enough = pytest.mark.skipif(
    environ.get("DATABASE_URL", "").startswith("postgres"),
    reason="These processes have a SQLite database of their own, whichever the run has.",
)
URL = "/widget/uploads"
CHUNK = "application/offset+octet-stream"
START_SECONDS = 30
NEW_GIFT = """
import json, uuid
from django.utils import timezone
from gifting.dto import Actor, ActorKind, NewContainer
from gifting.models import Brand
from gifting.services import containers
brand, _ = Brand.objects.get_or_create(slug="lune", defaults={"name": "Maison Lune"})
request = NewContainer(crid=uuid.uuid4().hex, email="alice@example.com", additional_data={})
shop = Actor(ActorKind.SHOP)
made, _ = containers.open_container(brand=brand, request=request, actor=shop, now=timezone.now())
print(json.dumps([made.urid, str(made.edit_key)]))
"""


def encoded(**metadata: str) -> str:
    """The header Upload-Metadata."""
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in metadata.items())


@dataclass(frozen=True, slots=True)
class Gift:
    """What the giver's page knows."""

    urid: str
    edit_key: str


@dataclass(slots=True)
class Server:
    """One granian process under WSGI."""

    url: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """As the machine does when memory runs out: nothing is tidied up."""
        granian = psutil.Process(self.process.pid)
        for process in [granian, *granian.children(recursive=True)]:
            process.kill()
        self.process.wait()

    @property
    def peak_memory(self) -> int:
        """Bytes that the process with the application held at most."""
        worker = psutil.Process(self.process.pid).children()[0]
        status = Path(f"/proc/{worker.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


@dataclass(frozen=True, slots=True)
class Project:
    """`folder` is its VAR_DIR; `settings` are environment variables on top of the defaults."""

    folder: Path
    settings: dict[str, str]

    @classmethod
    def make(cls, folder: Path, **settings: str) -> "Project":
        """A project with an empty database."""
        project = cls(folder, settings)
        project.manage("migrate", "--verbosity", "0")
        return project

    def manage(self, *arguments: str) -> str:
        """What `manage.py` prints."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment(), capture_output=True, text=True)
        assert done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}"
        return done.stdout

    def python(self, code: str) -> str:
        """What a script prints that runs inside the project."""
        return self.manage("shell", "--no-imports", "--command", code)

    def new_gift(self) -> Gift:
        return Gift(*json.loads(self.python(NEW_GIFT)))

    @contextmanager
    def serve(self) -> Iterator[Server]:
        """A server that answers."""
        server = self._start(free_port())
        try:
            _wait_until_it_answers(server)
            yield server
        finally:
            server.process.terminate()
            server.process.wait(timeout=START_SECONDS)

    def _start(self, port: int) -> Server:
        where = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "4"]
        command = ["-m", "granian", "--interface", "wsgi", "--no-ws", *where, "config.wsgi:application"]
        with (self.folder / f"server-{port}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=end_with_parent,
            )
        return Server(f"http://127.0.0.1:{port}", process)

    def environment(self) -> dict[str, str]:
        """Nothing of the test run's own settings; empty values also win over a `.env` file."""
        own = {name: environ[name] for name in KEPT if name in environ}
        empty = dict.fromkeys(["REDIS_URL", "EMAIL_URL", "S3_BUCKET", "DEMO"], "")
        database = {"DATABASE_URL": f"sqlite:///{self.folder / 'db.sqlite3'}"}
        return {**own, **empty, **database, "VAR_DIR": str(self.folder), **self.settings}


def _wait_until_it_answers(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            requests.options(f"{server.url}{URL}", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("The server did not start.")
