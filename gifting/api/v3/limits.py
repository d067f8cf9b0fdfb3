"""The rate limit of a key: a fixed window of one minute, counted in the cache."""

import logging
from datetime import datetime

from django.core.cache import caches

from gifting.conf import conf
from gifting.errors import RateLimited
from gifting.models import ApiKey

log = logging.getLogger(__name__)
WINDOW = 60  # seconds


def spend(key: ApiKey, *, now: datetime) -> None:
    """Count one call of the key. Raises RateLimited where this minute's are used up."""
    limit = conf().RATE_LIMIT_PER_MINUTE
    if not limit:
        return
    minute, second = divmod(int(now.timestamp()), WINDOW)
    if _count(f"gifting.v3.{key.pk}.{minute}") > limit:
        raise RateLimited(
            f"More than {limit} calls in a minute. Wait until the next one.", retry_after=WINDOW - second
        )


def _count(name: str) -> int:
    """The calls of this window with this one; 0 where the cache is down: a limit must not stop the shop."""
    cache = caches[conf().CACHE]
    try:
        try:
            return cache.incr(name)
        except ValueError:  # The first call of the window; of several at once, one adds.
            return 1 if cache.add(name, 1, WINDOW) else cache.incr(name)
    except Exception:  # Every cache backend has errors of its own.
        log.warning("The rate limit is not enforced: the cache does not answer.", exc_info=True)
        return 0
