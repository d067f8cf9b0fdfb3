"""Makes an API key for a brand and prints it, once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gifting.models import ApiKey, Brand
from gifting.services import keys


class Command(BaseCommand):
    """`create_api_key BRAND [--name NAME] [--kind KIND]`: only the key goes to standard output."""

    help = "Make an API key for a brand. It is printed once and cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("brand", help="The brand's short name, such as maison-lune.")
        parser.add_argument("--name", default="", help="What the key is for, as the admin shows it.")
        parser.add_argument(
            "--kind", default=ApiKey.Kind.VIDEOS, choices=ApiKey.Kind.values, help="Which API the key opens."
        )

    def handle(self, *, brand: str, name: str, kind: str, **options: Any) -> None:
        found = find_brand(brand)
        _key, clear = keys.create_key(brand=found, name=_checked(name), kind=kind, now=timezone.now())
        self.stderr.write("Keep this key now: it is stored as a digest and cannot be shown again.")
        self.stdout.write(clear)


def find_brand(slug: str) -> Brand:
    """The brand with this short name. Raises CommandError that names the known ones."""
    try:
        return Brand.objects.get(slug=slug)
    except Brand.DoesNotExist:
        known = ", ".join(Brand.objects.order_by("slug").values_list("slug", flat=True))
        hint = f"Known brands: {known}." if known else "There are no brands yet: add one in the admin."
        raise CommandError(f"There is no brand {slug!r}. {hint}") from None


def _checked(name: str) -> str:
    if len(name) > 80:
        raise CommandError("The name is too long: at most 80 characters.")
    return name
