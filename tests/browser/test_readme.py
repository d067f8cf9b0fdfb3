"""The README's commands, run as printed against the running shop."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from tests.browser.running import ROOT, RunningShop

README = (ROOT / "README.md").read_text()
COMMANDS = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))
ELSEWHERE = "http://127.0.0.1:9"
STRICT_CURL = '#!/bin/sh\nexec /usr/bin/curl --fail-with-body "$@"\n'


@pytest.fixture(scope="module")
def printed(shop: RunningShop, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder and the output of one run; a command that fails, or an answer of 400 and more, ends it."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "manage.py").symlink_to(ROOT / "manage.py")
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (folder / ".venv/bin/python").chmod(0o755)
    (folder / "bin").mkdir()
    (folder / "bin/curl").write_text(STRICT_CURL)
    (folder / "bin/curl").chmod(0o755)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", COMMANDS.replace("http://127.0.0.1:8000", shop.url)],
        cwd=folder,
        env={
            **shop._environment(),
            "PUBLIC_BASE_URL": ELSEWHERE,
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def test_the_commands_open_a_container(printed: tuple[Path, str]) -> None:
    assert '"crid": "ORD-2026-1234"' in printed[1].replace('":"', '": "')


def test_the_commands_leave_the_shop_at_its_address(printed: tuple[Path, str]) -> None:
    assert f"{ELSEWHERE}/" not in printed[1]


def test_the_qr_code_holds_the_address_that_the_url_call_prints(printed: tuple[Path, str]) -> None:
    folder, output = printed
    assert zxingcpp.read_barcodes(Image.open(folder / "qrcode.png"))[0].text in output


def test_the_card_is_a_pdf(printed: tuple[Path, str]) -> None:
    assert (printed[0] / "card.pdf").read_bytes().startswith(b"%PDF-")


def test_the_container_is_activated_in_the_end(printed: tuple[Path, str]) -> None:
    assert '"activated"' in printed[1]
