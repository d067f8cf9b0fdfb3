"""`docs/gift-packs.md`: its examples run, and it tells every call and every code."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gifting.api.gift import build, document
from gifting.models import GiftPack, StickerPack
from tests.wire.app import App

PAGE = Path(__file__).parents[2] / "docs" / "gift-packs.md"
CALLS = [
    (method.upper(), path)
    for path, methods in build.build_api().get_openapi_schema(path_prefix="/v1")["paths"].items()
    for method in methods
]


@pytest.fixture
def page() -> str:
    return PAGE.read_text()


@pytest.mark.parametrize("code", document.STATUS)
def test_every_code_is_told(page: str, code: str) -> None:
    assert f"| `{code}` | {document.STATUS[code]} |" in page


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_call_is_told(page: str, method: str, path: str) -> None:
    assert re.search(f"`{method} {re.escape(path)}[`?]", page)


@pytest.mark.skipif(shutil.which("curl") is None, reason="Needs curl: apt-get install curl.")
@pytest.mark.django_db(transaction=True)
def test_the_examples_run(page: str, app: App, stuart: StickerPack, live_server: Any) -> None:
    script = "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))
    environment = {"PATH": os.environ["PATH"], "GIFTCAST": live_server.url, "APIKEY": app.key, "PACK": "118"}
    run = subprocess.run(["bash", "-eu", "-c", script], env=environment, capture_output=True)
    assert run.returncode == 0, run.stdout + run.stderr
    gift = GiftPack.objects.get()
    assert (gift.state, gift.note) == (GiftPack.State.CONFIRMED, "For tomorrow")
