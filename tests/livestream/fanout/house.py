"""A live show in real processes: a database, a merchandiser's desk, and as many events servers as wanted."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import requests

from config.demo.run import ROOT, end_with_parent
from tests.browser.running import free_port, wait_for
from tests.gifting.serving import Project
from tests.livestream.fanout.watching import Page

STOP_SECONDS = 30


class Refused(Exception):
    """What a service of the desk raised, by its names."""


@dataclass(frozen=True, slots=True)
class Show:
    """As the desk's `new` tells it."""

    pk: int
    id: str
    products: list[str]


@dataclass(slots=True)
class Desk:
    """The process that pins. `seconds` is what the last command took there."""

    process: subprocess.Popen[str]
    seconds: float = 0

    def do(self, *command: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(command), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        self.seconds = answer["seconds"]
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["said"]

    def new(self) -> Show:
        return Show(**self.do("new"))


@dataclass(slots=True)
class Server:
    """One uvicorn process with viewers."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def watch(self, url: str, **options: Any) -> Page:
        """Connects a page to this process, whatever host the address names."""
        return Page(
            urlsplit(url)._replace(scheme="http", netloc=f"127.0.0.1:{self.port}").geturl(), **options
        )

    def says(self, sentence: str) -> None:
        """Waits until it has."""
        wait_for(lambda: sentence in self.log.read_text())

    def stop(self) -> None:
        """As a deployment does; returns once it has ended."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(STOP_SECONDS)

    @property
    def memory(self) -> int:
        """Bytes."""
        return int(psutil.Process(self.process.pid).memory_info().rss)


@dataclass(slots=True)
class House:
    """`settings` are environment variables, `livestream` overrides LIVESTREAM."""

    project: Project
    settings: dict[str, str] = field(default_factory=dict)
    livestream: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        with (self.project.folder / "desk.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.livestream.fanout.desk"],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                preexec_fn=end_with_parent,
            )
        try:
            yield Desk(process)
        finally:
            process.kill()
            process.wait()

    @contextmanager
    def serve(self, port: int = 0) -> Iterator[Server]:
        """An events process that answers."""
        port = port or free_port()
        where = ["--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
        log = self.project.folder / f"events-{port}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "uvicorn", *where, "config.asgi:application"],
                cwd=ROOT,
                env=self.environment(),
                stdout=output,
                stderr=output,
                preexec_fn=end_with_parent,
            )
        try:
            wait_for(lambda: answers(port) or process.poll() is not None)
            assert process.poll() is None, log.read_text()
            yield Server(port, process, log)
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)

    def environment(self) -> dict[str, str]:
        return {
            **self.project.environment(),
            "DJANGO_SETTINGS_MODULE": "tests.livestream.fanout.settings",
            "LOG_LEVEL": "WARNING",
            "LIVESTREAM": json.dumps(self.livestream),
            **self.settings,
        }


def answers(port: int) -> bool:
    try:
        return requests.options(f"http://127.0.0.1:{port}/live/events/x", timeout=5).status_code < 500
    except requests.ConnectionError:
        return False


REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
once_is_enough = pytest.mark.skipif(
    os.environ.get("DATABASE_URL", "").startswith("postgres"),
    reason="These processes have databases of their own, whichever the run has.",
)
