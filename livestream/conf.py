"""The app's settings: one frozen dataclass, filled from `settings.LIVESTREAM`, read late."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

DELIVERIES = ("stream", "accel", "redirect")


def _memory_bus() -> dict[str, Any]:
    return {"BACKEND": "livestream.bus.memory.MemoryBus"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conf:
    """Every setting with its default; `docs/settings.md` explains each."""

    PUBLIC_BASE_URL: str = ""
    STORAGE: str = "default"
    CACHE: str = "default"
    PROCESSES: int = 1
    RATE_LIMIT_PER_MINUTE: int = 600
    MAX_BODY_BYTES: int = 65_536
    BUS: Mapping[str, Any] = field(default_factory=_memory_bus)
    BUS_TIMEOUT_SECONDS: float = 2.0
    EVENTS_URL: str = "/live/events/"
    TICKET_SECONDS: int = 21_600
    CONNECTIONS_PER_TICKET: int = 6
    VIEWER_QUEUE: int = 16
    HEARTBEAT_SECONDS: float = 15.0
    SAMPLE_SECONDS: int = 10
    BACKENDS: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    VENDOR_TIMEOUT_SECONDS: int = 10
    MIRROR_MINUTES: int = 10
    HLS_JS_URL: str = ""
    EXPIRE_GRACE_MINUTES: int = 180
    PAUSE_ENDS_AFTER_MINUTES: int = 0
    REMINDER_MINUTES: int = 15
    MAX_RECORDING_BYTES: int = 20_000_000_000
    RECORDINGS_DIR: str = ""
    RECORDING_WAIT_MINUTES: int = 5
    REPLAY_TIMEOUT_SECONDS: int = 3600
    HLS_BASE_URL: str = ""
    HOOK_SECRET: str = ""
    ENCODER_SILENT_SECONDS: int = 60
    MEDIA_DELIVERY: str = "stream"
    MEDIA_ACCEL_PREFIX: str = "/protected/"
    JOB_LEASE_SECONDS: int = 330
    JOB_MAX_ATTEMPTS: int = 5
    RECEIPT_DAYS: int = 30
    FIGURES_DAYS: int = 400

    def __post_init__(self) -> None:
        if self.MEDIA_DELIVERY not in DELIVERIES:
            known = ", ".join(DELIVERIES)
            raise ImproperlyConfigured(f"LIVESTREAM['MEDIA_DELIVERY'] must be one of {known}.")


@cache
def conf() -> Conf:
    """The settings in force. Never call it at import time."""
    raw: Mapping[str, Any] = getattr(settings, "LIVESTREAM", {})
    if unknown := raw.keys() - {known.name for known in fields(Conf)}:
        raise ImproperlyConfigured(f"Unknown LIVESTREAM keys: {', '.join(sorted(unknown))}.")
    return Conf(**raw)


def forget_conf(*, setting: str, **kwargs: Any) -> None:
    """Read the settings again after a test or a host changed them."""
    if setting == "LIVESTREAM":
        conf.cache_clear()


setting_changed.connect(forget_conf, dispatch_uid="livestream.conf")
