"""The app's settings: one frozen dataclass, filled from `settings.GIFTING`, read late."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

DELIVERIES = ("stream", "accel", "redirect")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conf:
    """Every setting with its default; `docs/settings.md` explains each."""

    PUBLIC_BASE_URL: str = ""
    STORAGE: str = "default"
    CACHE: str = "default"
    RATE_LIMIT_PER_MINUTE: int = 600
    MAX_BODY_BYTES: int = 65_536
    MAX_VIDEO_SECONDS: int = 60
    MAX_UPLOAD_BYTES: int = 300_000_000
    MAX_CHUNK_BYTES: int = 64_000_000
    UPLOAD_EXPIRES_HOURS: int = 24
    MEDIA_URL_SECONDS: int = 3600
    MEDIA_DELIVERY: str = "stream"
    MEDIA_ACCEL_PREFIX: str = "/protected/"
    TRANSCODE_TIMEOUT_SECONDS: int = 300
    TRANSCODE_MEMORY_MB: int = 2048
    JOB_LEASE_SECONDS: int = 330
    JOB_MAX_ATTEMPTS: int = 5
    PROCESSES: int = 1
    CARRIERS: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    BACKENDS: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    PACK_BACKENDS: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    VENDOR_TIMEOUT_SECONDS: int = 10
    TRACKING_DAYS: int = 45
    RECEIPT_DAYS: int = 30
    UNSHIPPED_DAYS: int = 7
    SILENT_DAYS: int = 5
    INVITATION_REMINDER_HOURS: int = 24
    ERASURE_WARNING_DAYS: int = 14
    HEALTH_LATE_MINUTES: int = 15
    GIFT_PACK_EXPIRES_DAYS: int = 0
    GIFT_PACK_COUNTERPARTS: int = 200
    GIFT_PACK_NOTICE_URL: str = ""
    GIFT_PACK_NOTICE_SECRET: str = ""
    GIFT_PACK_NOTICE_MAIL: str = ""

    def __post_init__(self) -> None:
        if self.MEDIA_DELIVERY not in DELIVERIES:
            known = ", ".join(DELIVERIES)
            raise ImproperlyConfigured(f"GIFTING['MEDIA_DELIVERY'] must be one of {known}.")


@cache
def conf() -> Conf:
    """The settings in force. Never call it at import time."""
    raw: Mapping[str, Any] = getattr(settings, "GIFTING", {})
    if unknown := raw.keys() - {known.name for known in fields(Conf)}:
        raise ImproperlyConfigured(f"Unknown GIFTING keys: {', '.join(sorted(unknown))}.")
    return Conf(**raw)


def forget_conf(*, setting: str, **kwargs: Any) -> None:
    """Read the settings again after a test or a host changed them."""
    if setting == "GIFTING":
        conf.cache_clear()


setting_changed.connect(forget_conf, dispatch_uid="gifting.conf")
