"""Erases everything that is held on a person."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gifting.dto import Actor, ActorKind
from gifting.services import privacy

ACTOR = Actor(ActorKind.STAFF, "manage.py")


class Command(BaseCommand):
    """`erase_person ADDRESS [--dry-run] [--yes]`: asks before it erases."""

    help = "Erase every gift on which a mail address is the giver's or the receiver's, with its video."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="The person's mail address.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be erased.")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *, address: str, dry_run: bool, yes: bool, **options: Any) -> None:
        held = privacy.look_up(address)
        self.stdout.write(f"Gifts: {held.gifts}. Pushes from carriers: {held.pushes}.")
        self._mention(held.accounts)
        if dry_run or not (held.gifts or held.pushes):
            return
        if not yes:
            self._ask()
        erased = privacy.erase_person(address=address, actor=ACTOR, now=timezone.now())
        self.stdout.write("Erased. " + _left(erased.files_left))

    def _mention(self, accounts: tuple[str, ...]) -> None:
        if accounts:
            names = ", ".join(accounts)
            self.stdout.write(f"Ask these hosted accounts to erase what they hold, too: {names}.")

    def _ask(self) -> None:
        if not sys.stdin.isatty():
            raise CommandError("Nothing was erased: there is nobody to ask here. Give --yes to erase.")
        if input("Erase all of it for good? Type yes: ").strip().lower() != "yes":
            raise CommandError("Nothing was erased.")


def _left(files: int) -> str:
    if not files:
        return "Nothing is left in the storage."
    return f"The storage still has files of {files} videos; the worker removes them as soon as it answers."
