"""Tells what does not answer, and which gifts need a person."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone

from gifting.services import attention, health
from gifting.services.reasons import ADVICE, Reason


class Command(BaseCommand):
    """`gifting_health [--json] [--strict]`: exit code 1 where a part fails."""

    help = "Check database, broker, storage and jobs, and count the gifts that need attention."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")
        parser.add_argument("--strict", action="store_true", help="Fail also where a gift needs attention.")

    def handle(self, *, strict: bool, **options: Any) -> None:
        now = timezone.now()
        report = health.report(now=now)
        counts = _counts(report)
        self.stdout.write(_as_json(report, counts) if options["json"] else _as_text(report, counts))
        if not health.is_ok(report):
            raise CommandError("Not everything answers: see above.")
        if strict and counts:
            raise CommandError("There are gifts that need attention: see above.")


def _counts(report: health.Report) -> dict[Reason, int]:
    """Without a database there is nothing to count."""
    try:
        return attention.counts(now=timezone.now()) if report["database"].is_ok else {}
    except Error:
        return {}


def _as_json(report: health.Report, counts: dict[Reason, int]) -> str:
    facts = {"carriers": health.connected(), "attention": counts}
    return json.dumps({**health.as_json(report), **facts})


def _as_text(report: health.Report, counts: dict[Reason, int]) -> str:
    parts = [f"{name}: {said.problem or 'ok'}" for name, said in report.items()]
    parts += [
        f"carrier {alias}: {', '.join(ways) or 'no credentials'}"
        for alias, ways in health.connected().items()
    ]
    if not counts:
        return "\n".join([*parts, "Everything is moving."])
    return "\n".join([*parts, "Needs attention:", *(_line(*one) for one in counts.items())])


def _line(reason: Reason, count: int) -> str:
    return f"{attention.shown(count):>4}  {ADVICE[reason].title}: {ADVICE[reason].then}"
