"""The rate limit of an application: a fixed window of one minute, counted in the cache."""

import logging
from datetime import datetime

from django.core.cache import caches

from livestream.conf import conf
from livestream.errors import RateLimited

log = logging.getLogger(__name__)
WINDOW = 60  # seconds


def spend(client_id: str, *, now: datetime) -> None:
    """Count one call of the application. Raises RateLimited where this minute's are used up."""
    limit = conf().RATE_LIMIT_PER_MINUTE
    if not limit:
        return
    minute, second = divmod(int(now.timestamp()), WINDOW)
    if _count(f"livestream.api.{client_id}.{minute}") > limit:
        raise RateLimited(
            f"More than {limit} calls in a minute, wait until the next one", retry_after=WINDOW - second
        )


def _count(name: str) -> int:
    """One more of `name`: how many there are now, 0 where the cache is down."""
    try:
        cache = caches[conf().CACHE]
        try:
            return cache.incr(name)
        except ValueError:  # The first of the window; of several at once, one adds.
            return 1 if cache.add(name, 1, WINDOW) else cache.incr(name)
    except Exception:  # Every cache backend has errors of its own, and none may stop a show.
        log.warning("The cache does not answer: the rate limit is not enforced for now.", exc_info=True)
        return 0
