"""A conversion runs in a process of its own, which can take no more than it may and never stays behind."""

import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from gifting.dto import ConvertedVideo
from gifting.errors import MediaFailed
from gifting.media import sandbox
from tests import samples
from tests.gifting.media.conftest import LIMITS, Convert

PATIENCE_SECONDS = 60
PARENT = """
import json, sys
from pathlib import Path
from gifting.dto import MediaLimits
from gifting.media.sandbox import convert
convert(Path(sys.argv[1]), Path(sys.argv[2]), limits=MediaLimits(**json.loads(sys.argv[3])))
"""


def confined_child(parent: psutil.Process) -> psutil.Process:
    """The conversion that `parent` runs, once the last of its limits is set."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for child in parent.children():
            if child.rlimit(psutil.RLIMIT_AS)[0] == LIMITS.memory_mb * 1024 * 1024:
                return child
    raise AssertionError("no conversion was started")


@pytest.fixture
def child(convert: Convert) -> Iterator[psutil.Process]:
    """A conversion that stands still until the test has looked at it."""
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(convert, samples.webm())
        child = confined_child(psutil.Process())
        child.suspend()
        yield child
        child.kill()
        with pytest.raises(MediaFailed):
            running.result()


def test_a_conversion_that_takes_too_long_is_stopped(convert: Convert) -> None:
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(convert, samples.webm(), timeout_seconds=1)
        child = confined_child(psutil.Process())
        child.suspend()
        with pytest.raises(MediaFailed, match="1 s"):
            running.result()
    assert not child.is_running()


def test_memory_time_files_and_core_dumps_are_limited(child: psutil.Process) -> None:
    limits = [psutil.RLIMIT_AS, psutil.RLIMIT_CPU, psutil.RLIMIT_FSIZE, psutil.RLIMIT_CORE]
    soft = [child.rlimit(limit)[0] for limit in limits]
    assert soft == [1024 * 1024 * 1024, 120 * (os.cpu_count() or 1), 26_000_000, 0]


def test_the_child_is_told_no_secrets(child: psutil.Process) -> None:
    assert child.environ().keys() == {"PATH", "LANG", "PYTHONPATH", "MALLOC_ARENA_MAX"}


def test_the_child_leads_a_process_group_of_its_own(child: psutil.Process) -> None:
    assert os.getpgid(child.pid) == child.pid


def test_the_child_knows_nothing_of_django(child: psutil.Process) -> None:
    assert not [file.path for file in child.memory_maps() if "django" in file.path]


def test_a_conversion_that_needs_too_much_memory_fails(convert: Convert) -> None:
    with pytest.raises(MediaFailed):
        convert(samples.webm(), memory_mb=200)


def test_want_of_memory_is_not_blamed_on_the_video(convert: Convert) -> None:
    large = samples.mp4(seconds=1, width=4096, height=4096, rate=2, audio=False, picture="color=blue")
    with pytest.raises(MediaFailed):
        convert(large, memory_mb=200)


def test_a_failure_leaves_no_file(convert: Convert, tmp_path: Path) -> None:
    with pytest.raises(MediaFailed):
        convert(samples.webm(), memory_mb=200)
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_is_not_there_is_a_failure(convert: Convert, tmp_path: Path) -> None:
    with pytest.raises(MediaFailed):
        convert(tmp_path / "gone.webm")


def test_a_conversion_ends_with_the_worker_that_asked_for_it(tmp_path: Path) -> None:
    arguments = [str(samples.webm(seconds=9)), str(tmp_path), json.dumps(asdict(LIMITS))]
    worker = psutil.Popen([sys.executable, "-c", PARENT, *arguments])
    child = confined_child(worker)
    worker.kill()
    psutil.wait_procs([worker, child], timeout=PATIENCE_SECONDS)
    assert not (tmp_path / sandbox.POSTER_NAME).exists()  # what it would have made last


def test_a_conversion_leaves_no_process(gift: ConvertedVideo) -> None:
    assert [child for child in psutil.Process().children() if "gifting.media" in child.cmdline()] == []


def test_code_beside_the_upload_is_never_run(convert: Convert, tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('run')")
    assert convert(samples.webm(seconds=1, width=160, height=120)).duration_ms > 0
