"""System checks of the livestream app. None touches the database or the network."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse

from livestream.bus.base import Bus
from livestream.conf import conf
from livestream.services.accounts import get_account
from livestream.services.buses import get_bus

SHARED = "Set REDIS_URL, or give LIVESTREAM['BUS'] another bus that reaches every process."


@register("livestream")
def bus_reaches_viewers(**kwargs: Any) -> list[CheckMessage]:
    """A change made in one process must reach the viewers of all."""
    try:
        bus = get_bus()
    except ImproperlyConfigured as exc:
        hint = "BACKEND is the path of a bus, and OPTIONS are the keywords of its class."
        return [Error(str(exc), hint=hint, id="livestream.E002")]
    return _memory_errors(bus)


def _memory_errors(bus: Bus) -> list[CheckMessage]:
    """An events server with an address of its own is another process as well."""
    is_alone = conf().PROCESSES <= 1 and not urlsplit(conf().EVENTS_URL).netloc
    if bus.is_across_processes or is_alone:
        return []
    problem = "Several processes are declared, and the bus reaches one: most viewers would see pins late."
    return [Error(problem, hint=SHARED, id="livestream.E001")]


@register("livestream")
def viewers_can_connect(**kwargs: Any) -> list[CheckMessage]:
    """Polling works, and is slower than events."""
    if conf().EVENTS_URL:
        return []
    return [
        Warning(
            "LIVESTREAM['EVENTS_URL'] is empty: pages ask every few seconds, and viewers see pins late.",
            hint="Serve config.asgi with uvicorn, and name the address of its events endpoint.",
            id="livestream.W001",
        )
    ]


@register("livestream")
def accounts_can_be_used(**kwargs: Any) -> list[CheckMessage]:
    """An account that cannot be built would be noticed only in the middle of a show."""
    return [error for alias in conf().BACKENDS for error in _account_errors(alias)]


def _account_errors(alias: str) -> list[CheckMessage]:
    try:
        get_account(alias)
    except ImproperlyConfigured as exc:
        hint = "BACKEND is the path of an account's class, and OPTIONS are its keywords."
        return [Error(str(exc), hint=hint, id="livestream.E003")]
    return []


@register("livestream")
def hooks_are_not_redirected(**kwargs: Any) -> list[CheckMessage]:
    """nginx-rtmp takes a redirect for a yes: whoever sends would be on air without a key."""
    try:
        path = reverse("livestream:rtmp_hook", args=["publish"]).lstrip("/")
    except NoReverseMatch:
        return []
    is_exempt = any(re.search(pattern, path) for pattern in settings.SECURE_REDIRECT_EXEMPT)
    if is_exempt or not settings.SECURE_SSL_REDIRECT:
        return []
    return [
        Error(
            "SECURE_SSL_REDIRECT redirects the hooks of media servers, which lets every encoder in.",
            hint='Add r"^live/hooks/" to SECURE_REDIRECT_EXEMPT.',
            id="livestream.E004",
        )
    ]
