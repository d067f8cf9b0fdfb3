"""Bearer tokens: kept until shortly before they end; one thread fetches while the others wait for it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from threading import Lock

from livestream.errors import VendorError

MARGIN_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A token, and for how many seconds it is good."""

    token: str = field(repr=False)
    seconds: float


class Tokens:
    """The tokens of one account. `clock` counts seconds, from whenever."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._token, self._ends = "", 0.0
        self._fetched = 0
        self._failure: VendorError | None = None

    def get(self, fetch: Callable[[], Grant], *, refused: str = "") -> str:
        """A token that is still good, and not the one that was `refused`.

        Whoever waited while `fetch` failed for somebody else gets the same VendorError.
        """
        seen = self._fetched
        with self._lock:
            if self._token and self._token != refused and self._clock() < self._ends:
                return self._token
            if self._failure and self._fetched != seen:
                raise self._failure
            return self._fetch(fetch)

    def _fetch(self, fetch: Callable[[], Grant]) -> str:
        self._token, self._failure = "", None
        try:
            asked_at = self._clock()
            grant = fetch()
        except VendorError as exc:
            self._failure = exc
            raise
        finally:
            self._fetched += 1
        # A token may be good for less than the margin: then half of its time is used.
        self._ends = asked_at + grant.seconds - min(MARGIN_SECONDS, grant.seconds / 2)
        self._token = grant.token
        return grant.token


@cache
def tokens_of(base_url: str, client_id: str, client_secret: str) -> Tokens:
    """Those of an account in this process, however often its backend is built."""
    return Tokens()
