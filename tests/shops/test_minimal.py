"""Hosts of the apps: each runs in a process of its own, because models are built once per process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def manage(*arguments: str, settings: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "django", *arguments, "--settings", settings],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "command",
    [["check", "--fail-level", "WARNING"], ["makemigrations", "--check", "--dry-run"]],
    ids=["check", "makemigrations"],
)
@pytest.mark.parametrize("settings", ["tests.shops.minimal", "tests.shops.live", "tests.settings"])
def test_a_host_finds_nothing_to_complain_about(settings: str, command: list[str]) -> None:
    done = manage(*command, settings=settings)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("settings", ["tests.shops.minimal", "tests.shops.live"])
def test_the_smallest_host_migrates(settings: str, tmp_path: Path) -> None:
    done = manage("migrate", settings=settings, DB=str(tmp_path / "db.sqlite3"))
    assert done.returncode == 0, done.stderr
