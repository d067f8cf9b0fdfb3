"""Tells what does not answer, and what of live shopping needs a person."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone

from livestream.services import attention, health
from livestream.services.attention import TITLES, Reason


class Command(BaseCommand):
    """`livestream_health [--json] [--strict]`: exit code 1 where a part fails."""

    help = "Check database, broker, storage, bus and jobs, and count what of live shopping needs attention."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")
        parser.add_argument(
            "--strict", action="store_true", help="Fail also where something needs attention."
        )

    def handle(self, *, strict: bool, **options: Any) -> None:
        report = health.report(now=timezone.now())
        counts = _counts(report)
        self.stdout.write(_as_json(report, counts) if options["json"] else _as_text(report, counts))
        if not health.is_ok(report):
            raise CommandError("Not everything answers: see above.")
        if strict and counts:
            raise CommandError("Something needs attention: see above.")


def _counts(report: health.Report) -> dict[Reason, int]:
    """Without a database there is nothing to count."""
    try:
        return {} if report["database"].problem else attention.counts()
    except Error:
        return {}


def _as_json(report: health.Report, counts: dict[Reason, int]) -> str:
    return json.dumps({**health.as_json(report), "attention": counts})


def _as_text(report: health.Report, counts: dict[Reason, int]) -> str:
    parts = [f"{name}: {said.problem or 'ok'}" for name, said in report.items()]
    if not counts:
        return "\n".join([*parts, "Nothing needs attention."])
    lines = [f"{count:>4}  {TITLES[reason]}" for reason, count in counts.items()]
    return "\n".join([*parts, "Needs attention:", *lines])
