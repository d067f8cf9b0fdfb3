"""The shared cache: a help, never a condition. Where it does not answer, work goes on without it."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import BaseCache, caches

from gifting.conf import conf

log = logging.getLogger(__name__)
Value = TypeVar("Value")


def count(name: str, *, seconds: int) -> int:
    """One more of `name` in its window of `seconds`: how many there are now, 0 where the cache is down."""

    def add(cache: BaseCache) -> int:
        try:
            return cache.incr(name)
        except ValueError:  # The first of the window; of several at once, one adds.
            return 1 if cache.add(name, 1, seconds) else cache.incr(name)

    return int(_ask(add) or 0)


def counted(name: str) -> int:
    """How many there are in this window; 0 where the cache is down."""
    return int(_ask(lambda cache: cache.get(name)) or 0)


def remember(name: str, make: Callable[[], Value], *, seconds: int) -> Value:
    """What `make` returned within the last `seconds`. What it raises is not kept."""
    kept: Value | None = _ask(lambda cache: cache.get(name))
    if kept is None:
        kept = make()
        _ask(lambda cache: cache.set(name, kept, seconds))
    return kept


def _ask(question: Callable[[BaseCache], Any]) -> Any:
    try:
        return question(caches[conf().CACHE])
    except Exception:  # Every cache backend has errors of its own, and none may stop a shop or a giver.
        log.warning("The cache does not answer: the rate limit is not enforced for now.", exc_info=True)
        return None
