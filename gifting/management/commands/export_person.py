"""Writes everything that is held on a person into a ZIP file."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gifting.errors import Invalid, Unavailable
from gifting.management.commands.erase_person import add_person, person_of
from gifting.models import Brand
from gifting.services import exports

ONLY_MINE = 0o600


class Command(BaseCommand):
    """`export_person ADDRESS --output person.zip`: `person.json`, and the videos beside it.

    `export_person --pack-user ID --brand SLUG --output person.zip` does it for a user of gift packs.
    """

    help = (
        "Write a ZIP file with everything that is held on a mail address: data as JSON, and the videos; "
        "or with --pack-user what is held on a user of gift packs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_person(parser)
        parser.add_argument("--output", required=True, type=Path, help="The ZIP file to write; a new one.")

    def handle(self, *, output: Path, **options: Any) -> None:
        person = person_of(options)
        try:
            with _new_file(output) as target:
                gifts = _export(*person, target)
        except (Invalid, Unavailable) as exc:
            output.unlink()
            raise CommandError(exc.message) from exc
        self.stdout.write(f"Gifts: {gifts}. Written to {output}, readable by you alone.")


def _export(address: str, pack_user: tuple[Brand, str] | None, target: IO[bytes]) -> int:
    now = timezone.now()
    if pack_user is None:
        return exports.export_archive(address=address, target=target, now=now)
    brand, user = pack_user
    return exports.export_pack_user(brand=brand, user=user, target=target, now=now)


def _new_file(path: Path) -> IO[bytes]:
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_MINE), "wb")
    except OSError as exc:
        raise CommandError(f"{path} cannot be made: {exc.strerror}. Give the name of a new file.") from exc
