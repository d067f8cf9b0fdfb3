"""Makes an OAuth application for a channel and prints its credentials, once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from livestream.errors import LivestreamError
from livestream.services import applications


class Command(BaseCommand):
    """`create_oauth_app CHANNEL [--name NAME] [--redirect-uri URI ...] [--public]`: the client id and, on the
    next line, the secret go to standard output.
    """

    help = "Make an OAuth application for a channel. Its secret is printed once and cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("channel", help="The channel's short name, such as atelier-nord.")
        parser.add_argument("--name", default="", help="What it is for, as the admin shows it.")
        parser.add_argument(
            "--redirect-uri",
            action="append",
            default=[],
            metavar="URI",
            help="Where users come back to after they allowed it; may be given several times.",
        )
        parser.add_argument(
            "--public", action="store_true", help="It runs where it cannot keep a secret, so it gets none."
        )

    def handle(
        self, *, channel: str, name: str, redirect_uri: list[str], public: bool, **options: Any
    ) -> None:
        try:
            made = applications.create(
                channel=applications.find_channel(channel),
                name=name,
                redirect_uris=redirect_uri,
                is_public=public,
                now=timezone.now(),
            )
        except LivestreamError as exc:
            raise CommandError(exc.message) from None
        self.stdout.write(made.application.client_id)
        if made.client_secret:
            self.stderr.write("Keep the secret now: it is stored as a hash and cannot be shown again.")
            self.stdout.write(made.client_secret)
