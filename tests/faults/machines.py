"""PostgreSQL and Redis servers of a test's own, to be stopped and started again in the middle."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import redis

from config.demo.run import end_with_parent
from tests.browser.running import free_port, wait_for

SYSTEM_USER = "postgres"
FAST = ["-c", "fsync=off", "-c", "unix_socket_directories=", "-c", "max_connections=40"]


@dataclass(slots=True, kw_only=True)
class Machine:
    """A server process on a port that stays the same."""

    port: int
    url: str
    command: list[str]
    answers: Callable[[], bool]
    user: str | None = None
    last_word: signal.Signals = signal.SIGKILL
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Returns once it answers."""
        wait_for(self._runs, seconds=60)

    def _runs(self) -> bool:
        """Started once more where it found what its predecessor had left behind, and gave up."""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                self.command,
                user=self.user,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=end_with_parent,
            )
        return self.answers()

    def kill(self) -> None:
        """At once: every connection breaks, no request is finished."""
        if self.process:
            self.process.send_signal(self.last_word)
            self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()


@contextmanager
def postgres(folder: Path) -> Iterator[Machine]:
    """An empty cluster. Skips the test where no server is installed."""
    tools = _postgres_tools()
    user = SYSTEM_USER if os.geteuid() == 0 else None
    data = folder / "postgres"
    data.mkdir()
    if user:
        _let_in(folder, data, user)
    init = [str(tools / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8"]
    subprocess.run(init, user=user, cwd=data, check=True, capture_output=True)
    port = free_port()
    url = f"postgres://postgres@127.0.0.1:{port}/postgres"
    command = [str(tools / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", *FAST]
    server = Machine(port=port, url=url, command=command, answers=_answers(url), user=user)
    server.last_word = signal.SIGQUIT  # Its "immediate shutdown", which also ends what it started.
    with _running(server) as machine:
        yield machine


def _postgres_tools() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = found[-1] if found else Path(shutil.which("initdb") or "")
    if not initdb.name:
        pytest.skip("PostgreSQL's server programs are not installed.")
    return initdb.parent


def _let_in(folder: Path, data: Path, user: str) -> None:
    """The server refuses to run as root, and its user must reach the folder."""
    shutil.chown(data, user)
    data.chmod(0o700)
    for above in [folder, *folder.parents]:
        with suppress(PermissionError):
            above.chmod(above.stat().st_mode | 0o011)


def _answers(url: str) -> Callable[[], bool]:
    def ask() -> bool:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    return ask


@contextmanager
def redis_server(folder: Path) -> Iterator[Machine]:
    """An empty Redis that keeps nothing: whatever was queued is lost with it. Skips where there is none."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed.")
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with _running(Machine(port=port, url=url, command=command, answers=lambda: _pongs(url))) as machine:
        yield machine


def _pongs(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@contextmanager
def _running(machine: Machine) -> Iterator[Machine]:
    machine.start()
    try:
        yield machine
    finally:
        machine.kill()
