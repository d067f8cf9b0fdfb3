"""The project, with the bare views of `v3_urls` and a rate limit that is counted but never reached."""

from config.settings import *  # noqa: F403
from config.settings import GIFTING

ROOT_URLCONF = "tests.benchmarks.v3_urls"
GIFTING = {**GIFTING, "RATE_LIMIT_PER_MINUTE": 10_000_000}
