"""`docs/api-live.md`: its examples run, and it tells every call and every status."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from livestream.api import build, errors
from livestream.models import LiveStream, Product
from tests.wire.live import READ, WRITE

PAGE = Path(__file__).parents[2] / "docs" / "api-live.md"
CALLS = [
    (method.upper(), path)
    for path, methods in build.build_api().get_openapi_schema(path_prefix="/api")["paths"].items()
    for method in methods
]


@pytest.fixture
def page() -> str:
    return PAGE.read_text()


@pytest.mark.parametrize("status", sorted({*errors.WIRE.values()}))
def test_every_status_is_told(page: str, status: int) -> None:
    assert f"\n| {status} | " in page


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_call_is_told_with_its_scope(page: str, method: str, path: str) -> None:
    assert f"| `{method} {path}` | `{READ if method == 'GET' else WRITE}` |" in page


@pytest.mark.skipif(shutil.which("curl") is None, reason="Needs curl: apt-get install curl.")
@pytest.mark.django_db(transaction=True)
def test_the_examples_run(
    page: str, known: dict[str, str], live: LiveStream, products: list[Product], live_server: Any
) -> None:
    script = "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))
    environment = {
        "PATH": os.environ["PATH"],
        "GIFTCAST": live_server.url,
        "STREAM": live.public_id,
        "PRODUCT": products[0].public_id,
        **{name.upper(): value for name, value in known.items()},
    }
    run = subprocess.run(["bash", "-eu", "-c", script], env=environment, capture_output=True)
    assert run.returncode == 0, run.stdout + run.stderr
    live.refresh_from_db()
    assert live.status == "replay"
    assert live.pins.get().unpinned_at is not None
