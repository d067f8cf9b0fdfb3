"""The bus that the settings name, one for the process, and the address that viewers connect to."""

from functools import cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from livestream.bus.base import Bus, topic
from livestream.conf import conf
from livestream.dto import Audience
from livestream.ids import Kind, encode
from livestream.services import tickets


@cache
def get_bus() -> Bus:
    """Raises ImproperlyConfigured where the settings name none that works."""
    spec = conf().BUS
    try:
        bus = import_string(spec["BACKEND"])(**spec.get("OPTIONS", {}))
    except (KeyError, ImportError, TypeError, ValueError) as exc:
        raise ImproperlyConfigured(f"LIVESTREAM['BUS']: {exc}") from exc
    if not isinstance(bus, Bus):
        raise ImproperlyConfigured(f"LIVESTREAM['BUS']: {spec['BACKEND']} is no bus.")
    return bus


def events_url(*, stream: int, audience: Audience) -> str:
    """What a page of the livestream with this row number connects to; empty where it has to poll.

    Good for as long as a ticket is: the page asks for a new one when it is refused.
    """
    base = conf().EVENTS_URL
    if not base:
        return ""
    if get_bus().has_own_viewers:
        return base + get_bus().address(topic(stream, audience))
    ticket = tickets.issue(stream=stream, audience=audience)
    return f"{base}{encode(Kind.STREAM, stream)}?ticket={ticket}"


def forget_bus(*, setting: str, **kwargs: Any) -> None:
    """Build it anew after a test or a host changed the settings."""
    if setting == "LIVESTREAM":
        get_bus.cache_clear()


setting_changed.connect(forget_bus, dispatch_uid="livestream.buses")
