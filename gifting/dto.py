"""Frozen values that cross a border between packages: no models, no I/O."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class ActorKind(StrEnum):
    """Who can change a container."""

    API = "api"
    STAFF = "staff"
    GIVER = "giver"
    RECEIVER = "receiver"
    CARRIER = "carrier"
    WORKER = "worker"
    SHOP = "shop"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, as the journal writes it: `staff:alice`, `api:gc_3f9a1c`, `giver`."""

    kind: ActorKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContainer:
    """What a shop says when it opens a container (`POST /v3/containers`, the checkout, the admin)."""

    crid: str
    email: str
    receiver_email: str = ""
    language: str = ""
    additional_data: dict[str, Any]
    delivery: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardContent:
    """Everything that one printed card shows."""

    watch_url: str
    order_number: str
    brand_name: str
    accent_color: str
    card_text: str = ""
    giver_name: str = ""
    receiver_name: str = ""
    note: str = ""
    language: str = "en"
    logo: bytes = b""
    logo_type: str = "image/png"


class ParcelStatus(StrEnum):
    """Where a parcel is, whatever its carrier calls it."""

    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    PROBLEM = "problem"
    RETURNED = "returned"
    DELIVERED = "delivered"


class RefusalReason(StrEnum):
    """Why a file is not accepted as a gift video."""

    EMPTY = "empty"
    NOT_VIDEO = "not_video"
    NO_PICTURE = "no_picture"
    TRUNCATED = "truncated"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLimits:
    """What one conversion may take. Seconds, bytes and mebibytes."""

    max_seconds: int
    max_bytes: int
    timeout_seconds: int
    memory_mb: int
    max_height: int = 720


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedVideo:
    """The files that a conversion leaves; width and height are pixels as displayed."""

    video: Path
    poster: Path
    duration_ms: int
    width: int
    height: int
    size_bytes: int
