"""Writes everything that is held on a person into a ZIP file."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gifting.errors import Unavailable
from gifting.services import exports

ONLY_MINE = 0o600


class Command(BaseCommand):
    """`export_person ADDRESS --output person.zip`: `person.json`, and the videos beside it."""

    help = "Write a ZIP file with everything that is held on a mail address: data as JSON, and the videos."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="The person's mail address.")
        parser.add_argument("--output", required=True, type=Path, help="The ZIP file to write; a new one.")

    def handle(self, *, address: str, output: Path, **options: Any) -> None:
        try:
            with _new_file(output) as target:
                gifts = exports.export_archive(address=address, target=target, now=timezone.now())
        except Unavailable as exc:
            output.unlink()
            raise CommandError(exc.message) from exc
        self.stdout.write(f"Gifts: {gifts}. Written to {output}, readable by you alone.")


def _new_file(path: Path) -> IO[bytes]:
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_MINE), "wb")
    except OSError as exc:
        raise CommandError(f"{path} cannot be made: {exc.strerror}. Give the name of a new file.") from exc
