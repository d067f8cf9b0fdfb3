"""Drives the viewers of `fanout_watch.c`: how fast they connect, and how soon an event reaches them."""

import array
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from config.demo.run import end_with_parent

SOURCE = Path(__file__).with_name("fanout_watch.c")
PAUSE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fanout:
    """Milliseconds from before the call that publishes until a viewer has read the event."""

    p50: float
    p99: float
    lost: int
    connects_per_second: float
    bytes_per_viewer: float


def build(folder: Path) -> Path | None:
    """The program; None where there is no C compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return None
    program = folder / "fanout_watch"
    subprocess.run([compiler, "-O2", "-o", str(program), str(SOURCE)], check=True)
    return program


def allow_many_files() -> None:
    """For this process and all that it starts."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def measure(
    program: Path,
    folder: Path,
    *,
    port: int,
    paths: Sequence[str],
    marker: str,
    publish: Callable[[int], None],
    events: int,
    memory: Callable[[], int],
) -> Fanout:
    """`publish(n)` sends the n-th event; `memory()` tells what the server holds, in bytes."""
    before = memory()
    with _viewers(program, folder, port=port, paths=paths, marker=marker, events=events) as viewers:
        assert viewers.stdout
        word, seconds = viewers.stdout.readline().split()
        assert word == "ready"
        sleep(1)
        grown = memory() - before
        starts = [_publish(publish, number) for number in range(events)]
        assert viewers.stdout.readline() == "done\n"
    times = array.array("d", (folder / "times").read_bytes())
    return _summary(times, starts, viewers=len(paths), seconds=float(seconds), grown=grown)


def _publish(publish: Callable[[int], None], number: int) -> float:
    started = monotonic()
    publish(number)
    sleep(PAUSE)
    return started


def _summary(
    times: Sequence[float], starts: Sequence[float], *, viewers: int, seconds: float, grown: int
) -> Fanout:
    taken = sorted(1000 * (read - starts[place // viewers]) for place, read in enumerate(times) if read)
    return Fanout(
        p50=taken[len(taken) // 2],
        p99=taken[len(taken) * 99 // 100],
        lost=len(times) - len(taken),
        connects_per_second=viewers / seconds,
        bytes_per_viewer=grown / viewers,
    )


@contextmanager
def _viewers(
    program: Path, folder: Path, *, port: int, paths: Sequence[str], marker: str, events: int
) -> Iterator[subprocess.Popen[str]]:
    (folder / "paths").write_text("".join(f"{path}\n" for path in paths))
    command = [str(program), str(port), str(events), marker, str(folder / "paths"), str(folder / "times")]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=sys.stderr, text=True, preexec_fn=end_with_parent
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
