"""Drives the viewers of `fanout_watch.c`: how fast they connect, and how soon an event reaches them."""

import array
import resource
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import psutil

from config.demo.run import end_with_parent

SOURCE = Path(__file__).with_name("fanout_watch.c")
PAUSE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fanout:
    """Milliseconds from before the call that publishes until a viewer has read the event, and of that call
    itself; microseconds of CPU in the process with the sockets, for each viewer and event.
    """

    p50: float
    p99: float
    call: float
    cpu: float
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
    pid: int,
) -> Fanout:
    """`publish(n)` sends the n-th event; `pid` is the process with the sockets."""
    server = psutil.Process(pid)
    before = server.memory_full_info().pss
    with _viewers(program, folder, port=port, paths=paths, marker=marker, events=events) as viewers:
        assert viewers.stdout
        word, seconds = viewers.stdout.readline().split()
        assert word == "ready"
        sleep(1)
        grown = server.memory_full_info().pss - before
        spent = sum(server.cpu_times()[:2])
        calls = [_publish(publish, number) for number in range(events)]
        assert viewers.stdout.readline() == "done\n"
        spent = sum(server.cpu_times()[:2]) - spent
    times = array.array("d", (folder / "times").read_bytes())
    taken = _milliseconds(times, [started for started, _ended in calls], viewers=len(paths))
    return Fanout(
        p50=taken[len(taken) // 2],
        p99=taken[len(taken) * 99 // 100],
        call=statistics.median(1000 * (ended - started) for started, ended in calls),
        cpu=1e6 * spent / len(times),
        lost=len(times) - len(taken),
        connects_per_second=len(paths) / float(seconds),
        bytes_per_viewer=grown / len(paths),
    )


def _publish(publish: Callable[[int], None], number: int) -> tuple[float, float]:
    """When the call began and ended."""
    started = monotonic()
    publish(number)
    ended = monotonic()
    sleep(PAUSE)
    return started, ended


def _milliseconds(times: Sequence[float], starts: Sequence[float], *, viewers: int) -> list[float]:
    """Of every viewer and event, the shortest first."""
    return sorted(1000 * (read - starts[place // viewers]) for place, read in enumerate(times) if read)


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
