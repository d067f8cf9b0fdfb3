"""Imports sticker packs from a CSV file, or their pictures from a ZIP file or a folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gifting.errors import GiftingError
from gifting.management.commands.create_api_key import find_brand
from gifting.models import Brand
from gifting.services import pack_images, pack_imports
from gifting.services.pack_imports import Imported


class Command(BaseCommand):
    """`import_packs PATH --brand SLUG [--skip-bad]`: the same as the admin's import page."""

    help = (
        "Import sticker packs from a CSV file, or their pictures from a ZIP file or a folder "
        "with files such as 118/main.png."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", type=Path, help="A CSV file; or a ZIP or a folder with a folder for each pack."
        )
        parser.add_argument("--brand", required=True, help="The brand's short name, such as maison-lune.")
        parser.add_argument(
            "--skip-bad", action="store_true", help="Import what is right, leave out the rest."
        )

    def handle(self, *, path: Path, brand: str, skip_bad: bool, **options: Any) -> None:
        try:
            result = _import(path, find_brand(brand), skip_bad=skip_bad)
        except GiftingError as exc:
            raise CommandError(exc.message) from exc
        except OSError as exc:
            raise CommandError(f"{path} cannot be read: {exc.strerror}.") from exc
        for problem in result.problems:
            self.stderr.write(f"{problem.where}: {problem.why}")
        if not result.saved:
            raise CommandError("Nothing was imported. Correct these, or use --skip-bad.")
        self.stdout.write(f"added: {result.added}, changed: {result.changed}")


def _import(path: Path, brand: Brand, *, skip_bad: bool) -> Imported:
    if path.is_dir():
        return pack_images.import_folder(brand=brand, folder=path, skip_bad=skip_bad)
    with path.open("rb") as file:
        if path.suffix.lower() == ".zip":
            return pack_images.import_zip(brand=brand, file=file, skip_bad=skip_bad)
        data = file.read(pack_imports.MAX_CSV_BYTES + 1)
    return pack_imports.import_csv(brand=brand, data=data, skip_bad=skip_bad, now=timezone.now())
