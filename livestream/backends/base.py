"""The port to wherever livestreams live. Contract C (seed 002) in Python's words."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from livestream.errors import Unauthorized

STATUSES = ("idle", "active", "paused", "replay", "completed", "expired")


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
    """A livestream; `products` is empty in lists. `status` is one of STATUSES.

    `scheduled_at` is None where the account does not say. `raw` is the document.
    """

    id: str
    status: str
    scheduled_at: datetime | None
    event_name: str
    event_description: str
    products: tuple[ProductFacts, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaylistPage:
    """`before` is what the next page is asked with; empty on the last page.

    `unread`: how many livestreams of this page were in a form that we do not know.
    """

    streams: tuple[StreamFacts, ...]
    before: str
    unread: int = 0


class LiveBackend(ABC):
    """Every call raises NotFound, AccessDenied, Invalid, NotLive, NotEndable, ProductsUnknown or
    NothingPinned as the API would, VendorUnavailable where trying again may help, and VendorRejected for any
    other refusal.
    """

    can_listen = False  # whether it pushes news to us, and can prove that they are its own

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

    def check_push(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Did the account send this? The names of `headers` are lower case. Raises Unauthorized."""
        raise Unauthorized("Nobody pushes here.")

    def is_news(self, body: bytes) -> bool:
        """Whether a push may change what was mirrored. Raises Invalid where it is no push of the account."""
        return False
