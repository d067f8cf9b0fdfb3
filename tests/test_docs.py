"""What the code names, the documentation explains."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from gifting import conf as gifting_conf
from gifting.services.reasons import Reason
from livestream import conf as livestream_conf

ROOT = Path(__file__).parent.parent
DOCS = "\n".join(path.read_text() for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
LIVE_SETTINGS = (ROOT / "docs/live-settings.md").read_text()
SOURCES = {
    path: path.read_text()
    for app in ("gifting", "livestream", "config")
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
}
CHECK_IDS = sorted(
    {found for text in SOURCES.values() for found in re.findall(r'id="(\w+\.[EW]\d{3})"', text)}
)
COMMANDS = sorted(path.stem for path in SOURCES if path.parent.name == "commands" and path.stem != "__init__")
CONFIG = "\n".join(text for path, text in SOURCES.items() if path.parent == ROOT / "config")
VARIABLES = sorted(set(re.findall(r'env\.\w+\(\s*"([A-Z_0-9]+)"', CONFIG)))


@pytest.mark.parametrize("name", [field.name for field in fields(gifting_conf.Conf)])
def test_every_setting_of_gifting_is_documented(name: str) -> None:
    assert f"`{name}`" in DOCS


@pytest.mark.parametrize("name", [field.name for field in fields(livestream_conf.Conf)])
def test_every_setting_of_livestream_is_documented(name: str) -> None:
    assert f"| `{name}` |" in LIVE_SETTINGS


@pytest.mark.parametrize("name", VARIABLES)
def test_every_environment_variable_is_documented(name: str) -> None:
    assert f"`{name}`" in DOCS


@pytest.mark.parametrize("check_id", CHECK_IDS)
def test_every_check_is_documented(check_id: str) -> None:
    assert f"`{check_id}`" in DOCS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert f"manage.py {command}" in DOCS


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_for_attention_is_documented(reason: Reason) -> None:
    assert f"`{reason}`" in DOCS
