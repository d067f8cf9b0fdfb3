"""Erases everything that is held on a person."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gifting.dto import Actor, ActorKind
from gifting.errors import Invalid
from gifting.management.commands.create_api_key import find_brand
from gifting.models import Brand
from gifting.services import pack_persons, privacy

ACTOR = Actor(ActorKind.STAFF, "manage.py")


class Command(BaseCommand):
    """`erase_person ADDRESS [--dry-run] [--yes]`: asks before it erases.

    `erase_person --pack-user ID --brand SLUG` does it for a user of gift packs.
    """

    help = (
        "Erase every gift on which a mail address is the giver's or the receiver's, with its video; "
        "or with --pack-user the user id and the notes of gift packs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_person(parser)
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be erased.")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *, dry_run: bool, yes: bool, **options: Any) -> None:
        address, pack_user = person_of(options)
        if pack_user:
            self._erase_pack_user(*pack_user, dry_run=dry_run, yes=yes)
        else:
            self._erase(address, dry_run=dry_run, yes=yes)

    def _erase(self, address: str, *, dry_run: bool, yes: bool) -> None:
        held = privacy.look_up(address)
        self.stdout.write(f"Gifts: {held.gifts}. Pushes from carriers: {held.pushes}.")
        self._mention(held.accounts)
        if dry_run or not (held.gifts or held.pushes):
            return
        if not yes:
            self._ask()
        erased = privacy.erase_person(address=address, actor=ACTOR, now=timezone.now())
        self.stdout.write("Erased. " + _left(erased.files_left))

    def _erase_pack_user(self, brand: Brand, user: str, *, dry_run: bool, yes: bool) -> None:
        try:
            held = pack_persons.look_up(brand=brand, user=user)
        except Invalid as exc:
            raise CommandError(exc.message) from exc
        facts = f"Gift packs sent: {held.sent}, received: {held.received}."
        self.stdout.write(f"{facts} Packs that the user has or wishes for: {held.packs}.")
        self._mention((held.account,) if held.account else ())
        if dry_run or not held.is_any:
            return
        if not yes:
            self._ask()
        pack_persons.erase(brand=brand, user=user)
        self.stdout.write("Erased.")

    def _mention(self, accounts: tuple[str, ...]) -> None:
        if accounts:
            names = ", ".join(accounts)
            self.stdout.write(f"Ask these hosted accounts to erase what they hold, too: {names}.")

    def _ask(self) -> None:
        if not sys.stdin.isatty():
            raise CommandError("Nothing was erased: there is nobody to ask here. Give --yes to erase.")
        if input("Erase all of it for good? Type yes: ").strip().lower() != "yes":
            raise CommandError("Nothing was erased.")


def add_person(parser: ArgumentParser) -> None:
    """Whose data: by mail address, or by the user id of gift packs, which belongs to a brand."""
    parser.add_argument("address", nargs="?", default="", help="The person's mail address.")
    parser.add_argument("--pack-user", default="", metavar="ID", help="Instead: a user id of gift packs.")
    parser.add_argument("--brand", default="", metavar="SLUG", help="The brand whose user that is.")


def person_of(options: dict[str, Any]) -> tuple[str, tuple[Brand, str] | None]:
    """The address, or brand and user. Raises CommandError where it is not one of them."""
    address, user, slug = options["address"], options["pack_user"], options["brand"]
    if bool(address) == bool(user) or bool(user) != bool(slug):
        raise CommandError("Give a mail address, or --pack-user ID with --brand SLUG.")
    return address, (find_brand(slug), user) if user else None


def _left(files: int) -> str:
    if not files:
        return "Nothing is left in the storage."
    return f"The storage still has files of {files} videos; the worker removes them as soon as it answers."
