"""Server, events and worker side by side: none outlives the others."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from config.demo.run import ROOT, run
from tests.browser.running import free_port, wait_for

STOPS_WITHIN = 30


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[psutil.Popen]:
    """A runner whose server listens. What it says is in `tmp_path / "log"`."""
    port = free_port()
    own = {"VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}", "REDIS_URL": ""}
    environment = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-m", "config.demo.run", str(port)]
    with (tmp_path / "log").open("wb") as log:
        process = psutil.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    wait_for(lambda: _listens(port) and len(process.children()) == 3)
    yield process
    with suppress(psutil.NoSuchProcess):
        process.terminate()
        process.wait(STOPS_WITHIN)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _child(runner: psutil.Popen, word: str) -> psutil.Process:
    return next(child for child in runner.children() if word in " ".join(child.cmdline()))


@pytest.mark.parametrize(
    ("name", "word"), [("server", "granian"), ("events", "uvicorn"), ("worker", "qcluster")]
)
def test_where_one_dies_everything_stops_loudly(
    runner: psutil.Popen, tmp_path: Path, name: str, word: str
) -> None:
    family = runner.children(recursive=True)
    _child(runner, word).kill()
    assert runner.wait(STOPS_WITHIN) == 1
    assert f"the {name} with status -9" in (tmp_path / "log").read_text()
    assert psutil.wait_procs(family, timeout=STOPS_WITHIN)[1] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_all_stop_when_asked(runner: psutil.Popen, number: int) -> None:
    family = runner.children(recursive=True)
    runner.send_signal(number)
    assert runner.wait(STOPS_WITHIN) == 0
    assert psutil.wait_procs(family, timeout=STOPS_WITHIN)[1] == []


def test_a_port_that_is_taken_is_named_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=f"Port {port} is taken.* make demo PORT="):
            run(port)
