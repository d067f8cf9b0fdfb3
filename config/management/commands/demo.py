"""`manage.py demo`: sample data, and where to find it."""

import json
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from config.demo import brands, report
from config.demo.setup import set_up


class Command(BaseCommand):
    """Sample data for any installation that has no brands of its own; the shop's pages need DEMO=1."""

    help = "Create or refresh the sample data, and print the login, the API keys and the addresses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")
        parser.add_argument(
            "--base-url",
            default=settings.PUBLIC_BASE_URL,
            help="Where the server is reached; without it PUBLIC_BASE_URL.",
        )

    def handle(self, *, base_url: str, **options: Any) -> None:
        _refuse_old_tables()
        _refuse_foreign_brands()
        demo = set_up(base_url=_checked(base_url), now=timezone.now())
        said = json.dumps(report.as_json(demo), indent=2) if options["json"] else report.as_text(demo)
        self.stdout.write(said)


def _refuse_old_tables() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("The database is not up to date. Run manage.py migrate, then this command again.")


def _refuse_foreign_brands() -> None:
    """Nobody wants a sample login beside real gifts by accident."""
    if not settings.DEMO and brands.others_exist():
        raise CommandError(
            "This database has brands of its own. Set DEMO=1 if sample data and its login belong beside them."
        )


def _checked(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise CommandError(f"{base_url!r} is no base URL: it must look like http://127.0.0.1:8000.")
    return base_url.rstrip("/")
