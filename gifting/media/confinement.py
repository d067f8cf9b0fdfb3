"""What a conversion may take from the machine: set by its own process, before it reads a hostile byte."""

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

from gifting.dto import MediaLimits

RESULT_BYTES_PER_SECOND = 1_000_000  # above the encoder's ceiling of 5 Mbit/s and its sound
RESULT_MARGIN_BYTES = 16_000_000
PR_SET_PDEATHSIG = 1
STATUS = Path("/proc/self/status")
MEBIBYTE = 1024 * 1024


def confine(limits: MediaLimits, *, parent: int) -> None:
    """Bound memory, processor time, file size and life. `parent` is the process that waits for this one."""
    _die_with(parent)
    _bound(resource.RLIMIT_CORE, 0)
    _bound(resource.RLIMIT_FSIZE, limits.max_seconds * RESULT_BYTES_PER_SECOND + RESULT_MARGIN_BYTES)
    # All threads count, so the wall clock is the limit that is met first. SIGXCPU says what happened.
    _bound(resource.RLIMIT_CPU, limits.timeout_seconds * (os.cpu_count() or 1), spare=1)
    _bound(resource.RLIMIT_AS, limits.memory_mb * MEBIBYTE)


def unused_memory(limits: MediaLimits) -> int:
    """Bytes of the allowance that were free when this process was at its largest."""
    peak = next((line for line in _status() if line.startswith("VmPeak:")), "VmPeak: 0 kB")
    return limits.memory_mb * MEBIBYTE - int(peak.split()[1]) * 1024


def _status() -> list[str]:
    return STATUS.read_text().splitlines() if STATUS.exists() else []


def _bound(what: int, value: int, *, spare: int = 0) -> None:
    _, ceiling = resource.getrlimit(what)
    hard = value + spare if ceiling == resource.RLIM_INFINITY else min(value + spare, ceiling)
    resource.setrlimit(what, (min(value, hard), hard))


def _die_with(parent: int) -> None:
    if sys.platform != "linux":
        return  # the limit on processor time ends an orphan there
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        sys.exit(1)
