"""The sample shop's system check."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from config.checks import LOOPBACK


@register()
def demo_is_private(**kwargs: Any) -> list[CheckMessage]:
    """The demo shows its mails and its admin login to whoever comes."""
    if urlsplit(settings.PUBLIC_BASE_URL).hostname in LOOPBACK:
        return []
    return [
        Warning(
            "DEMO is on at a public address: everybody can read the mails and log in to the admin.",
            hint="Unset DEMO, or let only people in whom you trust.",
            id="demo.W001",
        )
    ]
