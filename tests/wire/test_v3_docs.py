"""`docs/api-v3.md`: its examples run, and it tells every call and every error."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gifting.api.v3 import document, examples
from tests.wire.shop import CALLS, Shop

PAGE = Path(__file__).parents[2] / "docs" / "api-v3.md"


@pytest.fixture
def page() -> str:
    return PAGE.read_text()


@pytest.mark.parametrize("code", examples.ERRORS)
def test_every_error_is_told(page: str, code: str) -> None:
    assert f"| {document.STATUS[code]} | `{code}` |" in page


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_call_is_told(page: str, method: str, path: str) -> None:
    assert f"`{method} {path.replace('ORD-2026-1234', '{crid}')}`" in page


@pytest.mark.skipif(shutil.which("curl") is None, reason="Needs curl: apt-get install curl.")
@pytest.mark.django_db(transaction=True)
def test_the_examples_run(page: str, shop: Shop, live_server: Any, tmp_path: Path) -> None:
    script = "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))
    environment = {"PATH": os.environ["PATH"], "GIFTCAST": live_server.url, "KEY": shop.key}
    run = subprocess.run(["bash", "-eu", "-c", script], cwd=tmp_path, env=environment, capture_output=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert (tmp_path / "qrcode.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "card.pdf").read_bytes().startswith(b"%PDF")
    assert shop.get("#1001").json()["state"] == "activated"
