"""The bus that the settings name, one for the process."""

from functools import cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from livestream.bus.base import Bus
from livestream.conf import conf


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


def forget_bus(*, setting: str, **kwargs: Any) -> None:
    """Build it anew after a test or a host changed the settings."""
    if setting == "LIVESTREAM":
        get_bus.cache_clear()


setting_changed.connect(forget_bus, dispatch_uid="livestream.buses")
