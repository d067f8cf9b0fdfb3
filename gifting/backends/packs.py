"""The port to wherever gift packs live. Contract B (seed 001) in Python's words."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from gifting.errors import Invalid

Item = TypeVar("Item")
LIMIT, LIMIT_MAX = 20, 50
PAGE_MAX = 2_147_483_647


@dataclass(frozen=True, slots=True, kw_only=True)
class StickerFacts:
    """One picture of a pack."""

    pk: int
    image_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFacts:
    """A pack. `is_downloaded` and `is_wished` are those of the user who was named, else False.

    `price` is as shown (Free, $0.99), and empty where it is not told; lists tell no `stickers`.
    """

    number: int
    name: str
    image_url: str
    category: str
    keywords: str
    is_animated: bool
    is_new: bool
    artist: str
    language: str
    is_downloaded: bool
    is_wished: bool
    price: str = ""
    stickers: Sequence[StickerFacts] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPack:
    """A gift in the list of a user, whose flags the pack has. None and empty: not told.

    `pk` is its own key where it lives here: by that it can be taken back.
    """

    pack: PackFacts
    sender: str
    receiver: str
    is_confirmed: bool
    sent_at: datetime | None
    confirmed_at: datetime | None
    note: str = ""
    expires_at: datetime | None = None
    pk: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """Some items of a list, newest first; `total` is the length of the whole list."""

    items: Sequence[Item]
    total: int


class GiftPackBackend(ABC):
    """User ids are any text of 1 to 190 characters, `number` is a packageId. Pages count from 1, `limit` is
    at most 50. Every call raises Invalid for anything else, VendorUnavailable where trying again may help,
    and VendorRejected for any other refusal of a vendor.
    """

    @abstractmethod
    def send(self, number: int, *, sender: str, receiver: str, note: str = "") -> None:
        """One user gives a pack to another. Raises PackUnknown, SameUser, AlreadyGiven.

        After VendorUnavailable the gift may be there all the same: then sending again is AlreadyGiven.
        """

    @abstractmethod
    def confirm(self, number: int, *, sender: str, receiver: str) -> None:
        """The receiver accepts; a second time changes nothing. Raises PackUnknown, SameUser, GiftUnknown,
        GiftOver.
        """

    @abstractmethod
    def sent(self, user: str, *, page: int = 1, limit: int = LIMIT) -> Page[GivenPack]:
        """What the user sent, without what expired or was revoked."""

    @abstractmethod
    def received(self, user: str, *, page: int = 1, limit: int = LIMIT) -> Page[GivenPack]:
        """What the user was sent, confirmed or not, without what expired or was revoked."""

    @abstractmethod
    def packs(self, *, page: int = 1, limit: int = LIMIT, user: str = "") -> Page[PackFacts]:
        """The catalogue."""

    @abstractmethod
    def pack(self, number: int, *, user: str = "") -> PackFacts:
        """A pack with its stickers, also one that left the catalogue. Raises PackUnknown."""


def check_number(number: int) -> None:
    """Raises Invalid for what can be no packageId."""
    if number < 1:
        raise Invalid("packageId must be a whole number from 1.", fields={"packageId": "Is not a number."})


def check_page(page: int, limit: int) -> None:
    """Raises Invalid for a page that no list has, and for one that is too long."""
    for name, said, highest in (("pageNumber", page, PAGE_MAX), ("limit", limit, LIMIT_MAX)):
        if not 1 <= said <= highest:
            words = f"{name} must be a whole number from 1 to {highest}."
            raise Invalid(words, fields={name: "Is out of range."})
