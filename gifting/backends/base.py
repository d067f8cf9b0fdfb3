"""The port to wherever video gifts live. Contract A (seed 000) in Python's words."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gifting.dto import NewContainer


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedGift:
    """What opening gives: `urid` and `edit_key` start the widget."""

    crid: str
    urid: str
    state: str
    edit_key: str
    recording_url: str
    preview_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftFacts:
    """What is known of a gift. Facts that the backend does not tell, or that did not happen, are None."""

    opened: OpenedGift
    recorded_at: datetime | None = None
    activated_at: datetime | None = None
    delivered_at: datetime | None = None
    expires_at: datetime | None = None


class VideoGiftBackend(ABC):
    """Every call raises NotFound, Invalid, CridTaken or Locked as `/v3` would, VendorUnavailable where trying
    again may help, and VendorRejected for any other refusal.
    """

    @property
    @abstractmethod
    def widget_url(self) -> str:
        """The script that pages load to let the giver record."""

    @abstractmethod
    def open(self, request: NewContainer) -> OpenedGift:
        """Open a gift; the same request again gives the same one. Raises Invalid, CridTaken."""

    @abstractmethod
    def fetch(self, crid: str) -> GiftFacts:
        """Look at a gift. Raises NotFound."""

    @abstractmethod
    def change(self, crid: str, changes: Mapping[str, Any]) -> None:
        """Change a gift in the words of `PATCH /v3/containers/{crid}`. Raises NotFound, Invalid, Locked."""

    @abstractmethod
    def activate(self, crid: str) -> None:
        """Let the QR code show the message; a second time changes nothing. Raises NotFound, Locked."""

    @abstractmethod
    def watch_url(self, crid: str) -> str:
        """What the QR code says. Raises NotFound."""

    @abstractmethod
    def qr_code(self, crid: str) -> bytes:
        """A PNG of 300 x 300 pixels. Raises NotFound."""

    @abstractmethod
    def card(self, crid: str) -> bytes:
        """A PDF of one page. Raises NotFound."""
