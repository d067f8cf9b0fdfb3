"""The port to wherever livestreams live. Contract C (seed 002) in Python's words."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """A variant. `price_text` is formatted for people."""

    id: str
    name: str
    price: Decimal
    price_text: str
    ext_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """A picture by its address."""

    id: str
    src: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFacts:
    """A product with its pictures and units, in their order."""

    id: str
    name: str
    description: str
    currency: str
    images: tuple[ImageFacts, ...] = ()
    units: tuple[UnitFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFacts:
    """A livestream; `products` is empty in lists. `status` is one of the seed's six words."""

    id: str
    status: str
    scheduled_at: datetime
    event_name: str
    event_description: str
    products: tuple[ProductFacts, ...] = ()
    raw: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistPage:
    """`before` is what the next page is asked with; empty on the last page."""

    streams: tuple[StreamFacts, ...]
    before: str


class LiveBackend(ABC):
    """Every call raises NotFound, AccessDenied, Invalid, NotLive, NotEndable, ProductsUnknown or
    NothingPinned as the API would, VendorUnavailable where trying again may help, and VendorRejected for any
    other refusal.
    """

    @abstractmethod
    def fetch(self, stream: str) -> StreamFacts:
        """A livestream with its products."""

    @abstractmethod
    def playlist(self, playlist: str, *, page_size: int = 10, before: str = "") -> PlaylistPage:
        """One page of a playlist, newest first."""

    @abstractmethod
    def pin(self, stream: str, product_ids: Sequence[str]) -> list[str]:
        """Replace the pinned set; the ids that are pinned now."""

    @abstractmethod
    def unpin(self, stream: str, product_ids: Sequence[str]) -> list[str]:
        """Take products away; the ids that were pinned and no longer are."""

    @abstractmethod
    def end(self, stream: str) -> None:
        """End the show for good."""
