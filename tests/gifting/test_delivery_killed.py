"""Kill -9 at every step of a delivery: in real processes, on a database of their own."""

import json
import subprocess
import sys
from pathlib import Path

from config.demo.run import ROOT
from tests.gifting.serving import Project, once_is_enough

pytestmark = once_is_enough


def test_a_delivery_that_is_killed_at_any_step_is_finished_once(tmp_path: Path) -> None:
    project = Project.make(tmp_path)
    environment = {**project.environment(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-m", "tests.gifting.delivering"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["problems"] == []
    assert found["steps"] > 30
