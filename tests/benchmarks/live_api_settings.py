"""The project, with the bare views of `live_api_urls` and a rate limit that is counted but never reached."""

from config.settings import *  # noqa: F403
from config.settings import LIVESTREAM

ROOT_URLCONF = "tests.benchmarks.live_api_urls"
LIVESTREAM = {**LIVESTREAM, "RATE_LIMIT_PER_MINUTE": 10_000_000}
