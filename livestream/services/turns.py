"""One at a time: what a hosted account was told last must be what stands here."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.core.cache import BaseCache, caches

from livestream.conf import conf
from livestream.errors import VendorUnavailable

log = logging.getLogger(__name__)
PAUSE_SECONDS = 0.05


@contextmanager
def turn(name: str, *, seconds: float) -> Iterator[None]:
    """Nobody else is in a turn of this name, which takes up to `seconds`; a killed one ends by itself.

    Raises VendorUnavailable where others take as long. Without a cache that answers nobody waits.
    """
    name, mine = f"livestream.turn.{name}", uuid4().hex
    _wait(name, mine, seconds=seconds)
    try:
        yield
    finally:
        _ask(lambda cache: cache.get(name) == mine and cache.delete(name))


def _wait(name: str, mine: str, *, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while _ask(lambda cache: cache.add(name, mine, 2 * seconds)) is False:
        if time.monotonic() > ends:
            raise VendorUnavailable(
                "Another order for this livestream is still on its way, try again in a moment."
            )
        time.sleep(PAUSE_SECONDS)


def _ask(question: Callable[[BaseCache], Any]) -> Any:
    try:
        return question(caches[conf().CACHE])
    except Exception:  # Every cache backend has errors of its own, and none may stop a show.
        log.warning("The cache does not answer: orders to hosted accounts do not wait for each other.")
        return None
