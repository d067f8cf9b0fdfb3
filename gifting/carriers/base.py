"""The port to whoever knows where a parcel is: carriers, and aggregators that speak for many of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from gifting.dto import ParcelStatus
from gifting.errors import Unsupported


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelNews:
    """One thing that happened to a parcel. `happened_at` is aware; `label` is the carrier's own sentence.

    Names, signatures and photos of receivers are never taken over.
    """

    code: str
    status: ParcelStatus
    happened_at: datetime
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A webhook call as it came in. The names of `headers` are lower case."""

    headers: Mapping[str, str]
    body: bytes


class Carrier:
    """Built from `GIFTING["CARRIERS"][alias]` with OPTIONS as keyword arguments; keeps no business state.

    `serves` are the words of `Shipment.Carrier` that it speaks for; one that names none and pushes (an
    aggregator) speaks for all.
    """

    serves: ClassVar[frozenset[str]] = frozenset()
    is_signed: ClassVar[bool] = False
    """Does a push prove who sent it? One that does not is a hint, confirmed by asking."""
    interval: ClassVar[timedelta] = timedelta(0)
    """The shortest time between two questions about one parcel."""
    per_day: int = 0
    """Questions a day (UTC) for all parcels together; 0: no limit."""
    spacing: ClassVar[timedelta] = timedelta(0)
    """The shortest time between any two questions."""

    @property
    def can_ask(self) -> bool:
        """Are there credentials to ask with?"""
        return False

    @property
    def can_listen(self) -> bool:
        """Is there a secret that pushes are checked against? Without one the endpoint does not exist."""
        return False

    def ask(self, code: str) -> list[ParcelNews]:
        """Everything known of a parcel, the oldest first.

        Raises ParcelUnknown, VendorUnavailable (ask again later) or VendorRejected (a person must look).
        """
        raise Unsupported(f"{type(self).__name__} cannot be asked.")

    def check_push(self, push: Push, *, now: datetime) -> str:
        """The event's key, at most 255 characters: the same for the same event.

        Raises Unauthorized for a wrong signature or secret, Invalid where the push has no proper form.
        """
        raise Unsupported(f"{type(self).__name__} does not push.")

    def read_push(self, body: bytes) -> list[ParcelNews]:
        """What a checked push says; an empty list where it says nothing of a parcel. Raises Invalid."""
        raise Unsupported(f"{type(self).__name__} does not push.")

    def shake_hands(self, body: bytes) -> bool:
        """Answer a checked push that asks for it before events flow. False where it asks for nothing.

        Raises VendorUnavailable or VendorRejected.
        """
        return False
