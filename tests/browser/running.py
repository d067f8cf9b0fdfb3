"""A shop that runs as real processes: migrated, filled by `manage.py demo`, served, with a worker."""

import json
import random
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from os import environ
from pathlib import Path
from typing import Any, Self

import requests

from config.demo.run import ROOT, end_with_parent

PORTS = range(20_000, 32_000)  # below the ephemeral range, where another socket may sit at any moment
START_SECONDS = 60
STOP_SECONDS = 30
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGift:
    """A container as the shop's back end knows it."""

    crid: str
    urid: str
    edit_key: str
    state: str
    recording_url: str
    preview_url: str
    watch_url: str


@dataclass(slots=True)
class RunningShop:
    """`demo` is what `manage.py demo --json` printed; `folder` is the VAR_DIR of server and worker.

    `settings` are environment variables of its own.
    """

    folder: Path
    url: str
    settings: dict[str, str] = field(default_factory=dict, repr=False)
    demo: dict[str, Any] = field(default_factory=dict, repr=False)
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @classmethod
    def start(cls, folder: Path, **settings: str) -> Self:
        """Server and worker, as `make demo` starts them. Raises AssertionError with the log."""
        shop = cls(folder=folder, url=f"http://127.0.0.1:{free_port()}", settings=settings)
        shop.run("migrate", "--verbosity", "0")
        shop.demo = json.loads(shop.run("demo", "--json", "--base-url", shop.url))
        shop.go()
        return shop

    def go(self) -> None:
        """Server and worker run, for the first time or again. Raises AssertionError with the log."""
        self.process = self._spawn("-m", "config.demo.run", self.url.rpartition(":")[2])
        self._wait_until_it_answers()

    def run(self, *manage_args: str) -> str:
        """What `manage.py <manage_args>` prints. Raises AssertionError with its errors where it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *manage_args],
            cwd=ROOT,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"manage.py {' '.join(manage_args)} failed:\n{done.stdout}{done.stderr}"
        return done.stdout

    def python(self, code: str) -> str:
        """What a script prints that runs inside the project, on the shop's own database."""
        return self.run("shell", "--no-imports", "--command", code)

    def api(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        """A call of the /v3 API with the demo brand's key: `api("GET", "/containers/ML-1")`."""
        bearer = {"Authorization": f"Bearer {self.demo['livstick']['key']}"}
        url = self.demo["livstick"]["base_url"] + path
        return requests.request(method, url, headers=bearer, timeout=30, **kwargs)

    def new_container(self, language: str = "en", **fields: Any) -> NewGift:
        """Opens a container; `fields` are the API's: `crid`, `email`, `receiverEmail`, `additionalData`."""
        body = {
            "crid": f"TEST-{uuid.uuid4().hex[:8]}",
            "email": "alice@example.com",
            "language": language,
            "additionalData": {"senderFirstName": "Alice", "receiverFirstName": "Bob"},
            **fields,
        }
        made = self.api("POST", "/containers", json=body)
        assert made.status_code == 201, made.text
        return self._gift(made.json())

    def _gift(self, made: dict[str, Any]) -> NewGift:
        crid = requests.utils.quote(made["crid"], safe="")
        watch = self.api("GET", f"/containers/{crid}/url")
        assert watch.status_code == 200, watch.text
        return NewGift(
            crid=made["crid"],
            urid=made["urid"],
            edit_key=made["editKey"],
            state=made["state"],
            recording_url=made["links"]["recordingUrl"],
            preview_url=made["links"]["previewUrl"],
            watch_url=watch.json()["url"],
        )

    def allow_origin(self, origin: str) -> None:
        """Lets pages of `origin` use the demo brand's recording endpoints."""
        self.python(
            "from gifting.models import Brand\n"
            "brand = Brand.objects.get(slug='maison-lune')\n"
            f"brand.widget_origins = sorted({{*brand.widget_origins, {origin!r}}})\n"
            "brand.save()"
        )

    def log(self) -> str:
        """The end of what server and worker said."""
        return self._log_file.read_text(errors="replace")[-6000:]

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=STOP_SECONDS)

    def _environment(self) -> dict[str, str]:
        """Nothing of the test run's own settings; empty values also win over a `.env` file."""
        own = {name: environ[name] for name in KEPT if name in environ}
        empty = dict.fromkeys(["REDIS_URL", "EMAIL_URL", "S3_BUCKET"], "")
        return {
            **own,
            **empty,
            "DEMO": "1",
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.folder / 'db.sqlite3'}",
            "PUBLIC_BASE_URL": self.url,
            "PYTHONUNBUFFERED": "1",
            **self.settings,
        }

    @property
    def _log_file(self) -> Path:
        return self.folder / "processes.log"

    def _spawn(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self._log_file.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def _wait_until_it_answers(self) -> None:
        try:
            wait_for(lambda: _answers(self.url) or self._is_dead())
            assert not self._is_dead()
        except AssertionError:
            self.stop()
            raise AssertionError(f"The shop did not start.\n{self.log()}") from None

    def _is_dead(self) -> bool:
        return self.process is None or self.process.poll() is not None


def wait_for(fact: Callable[[], object], *, seconds: float = START_SECONDS) -> None:
    """Returns as soon as `fact()` is true. Raises AssertionError where that takes too long."""
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, "This took too long."
        time.sleep(0.05)


def free_port() -> int:
    """A port nobody listens on now."""
    for port in random.sample(PORTS, 200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("No free port was found.")


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).status_code < 500
    except requests.ConnectionError:
        return False
