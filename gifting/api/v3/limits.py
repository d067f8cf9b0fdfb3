"""The rate limit of a key: a fixed window of one minute, counted in the cache."""

from datetime import datetime

from gifting.conf import conf
from gifting.errors import RateLimited
from gifting.models import ApiKey
from gifting.services import cache

WINDOW = 60  # seconds


def spend(key: ApiKey, *, now: datetime) -> None:
    """Count one call of the key. Raises RateLimited where this minute's are used up."""
    limit = conf().RATE_LIMIT_PER_MINUTE
    if not limit:
        return
    minute, second = divmod(int(now.timestamp()), WINDOW)
    if cache.count(f"gifting.v3.{key.pk}.{minute}", seconds=WINDOW) > limit:
        raise RateLimited(
            f"More than {limit} calls in a minute. Wait until the next one.", retry_after=WINDOW - second
        )
