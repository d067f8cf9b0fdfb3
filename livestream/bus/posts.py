"""Posts to machines of our own: connections are kept, and time is limited."""

import time
from collections.abc import Mapping
from functools import partial

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError

from livestream.conf import conf
from livestream.errors import BusUnavailable

MOST_CONNECTIONS = 32


class Refused(BusUnavailable):
    """Nobody listens at this address."""


class Deadline:
    """What is left of BUS_TIMEOUT_SECONDS for everything that one call sends."""

    def __init__(self) -> None:
        self._ends = time.monotonic() + conf().BUS_TIMEOUT_SECONDS

    def share(self, of: int = 1) -> float:
        """Seconds for the next of so many things still to do. Raises BusUnavailable where time is up."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise BusUnavailable
        return left / of


class Posts:
    """Keeps its connections; any number of threads may share it."""

    def __init__(self) -> None:
        self._pools = urllib3.PoolManager(maxsize=MOST_CONNECTIONS, retries=False)

    def send(
        self,
        method: str,
        url: str,
        *,
        seconds: float,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """The body of a 2xx answer. Raises Refused, or BusUnavailable with the reason as its cause."""
        ask = partial(self._pools.request, method, url, headers=headers, timeout=seconds, redirect=False)
        try:
            try:
                answer = ask(body=body or None)
            except ProtocolError:  # a kept connection that was closed just now
                answer = ask(body=body or None)
        except NewConnectionError as exc:
            raise Refused from exc
        except HTTPError as exc:
            raise BusUnavailable from exc
        if not 200 <= answer.status < 300:
            raise BusUnavailable from RuntimeError(f"Status {answer.status}")
        return answer.data
