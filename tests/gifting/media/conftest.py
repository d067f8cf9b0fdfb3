"""Small limits, and conversions through the public door."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gifting.dto import ConvertedVideo, MediaLimits
from gifting.media import sandbox
from tests import samples

Convert = Callable[..., ConvertedVideo]
LIMITS = MediaLimits(max_seconds=10, max_bytes=20_000_000, timeout_seconds=120, memory_mb=1024)


@pytest.fixture
def convert(tmp_path: Path) -> Convert:
    """`convert(sample, max_seconds=5)`: a conversion into a folder of the test's own."""

    def run(source: Path, **changes: Any) -> ConvertedVideo:
        return sandbox.convert(source, tmp_path, limits=replace(LIMITS, **changes))

    return run


@pytest.fixture(scope="session")
def gift(tmp_path_factory: pytest.TempPathFactory) -> ConvertedVideo:
    """What a browser's recording of two seconds becomes."""
    return sandbox.convert(samples.webm(), tmp_path_factory.mktemp("gift"), limits=LIMITS)
