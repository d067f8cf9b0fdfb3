"""The sample shop as an app: there when DEMO says so, migrated, and honest about its dangers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from config.demo.checks import demo_is_private
from config.demo.run import ROOT

RESOLVE = "from django.urls import resolve; print(resolve('/').url_name)"


def test_without_demo_there_is_no_sample_shop(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", RESOLVE]
    environment = {
        **os.environ,
        "DEMO": "0",
        "VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert "Resolver404" in done.stderr


@pytest.mark.django_db
def test_the_sample_shops_tables_are_migrated() -> None:
    call_command("makemigrations", "demo", check_changes=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    ("base_url", "ids"),
    [("http://127.0.0.1:8000", []), ("http://[::1]:8000", []), ("https://lune.example", ["demo.W001"])],
)
def test_a_demo_at_a_public_address_is_warned_about(
    settings: Settings, base_url: str, ids: list[str]
) -> None:
    settings.PUBLIC_BASE_URL = base_url
    assert [warning.id for warning in demo_is_private()] == ids
