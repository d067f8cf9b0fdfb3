"""The widget's parts that need no page, run by the Node inside Playwright: nothing else to install."""

import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

SUITES = sorted(Path(__file__).parent.glob("*.test.mjs"))


@pytest.fixture(scope="session")
def node() -> str:
    return compute_driver_executable()[0]


@pytest.mark.parametrize("suite", SUITES, ids=lambda path: path.name.removesuffix(".test.mjs"))
def test_widget(suite: Path, node: str) -> None:
    run = subprocess.run([node, "--test", suite], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
