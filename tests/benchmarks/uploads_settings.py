"""The project, with the bare views of `uploads_urls` beside it."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.uploads_urls"
