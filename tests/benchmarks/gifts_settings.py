"""The project, with the bare views of `gifts_urls` and a rate limit that is counted but never reached."""

from config.settings import *  # noqa: F403
from config.settings import GIFTING

ROOT_URLCONF = "tests.benchmarks.gifts_urls"
GIFTING = {**GIFTING, "RATE_LIMIT_PER_MINUTE": 10_000_000, "GIFT_PACK_EXPIRES_DAYS": 30}
