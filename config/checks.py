"""System checks of a deployment."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@register()
def secret_key_is_set(**kwargs: Any) -> list[CheckMessage]:
    """On a public address the key must come from the environment, so that every machine has the same one."""
    public = urlsplit(settings.PUBLIC_BASE_URL).hostname not in LOOPBACK
    if not public or settings.DEBUG or settings.SECRET_KEY_IS_SET:
        return []
    return [
        Error(
            "SECRET_KEY is not set, and PUBLIC_BASE_URL is not this machine's own address.",
            hint="Put SECRET_KEY=<50 random characters> into the environment or into .env.",
            id="config.E001",
        )
    ]
