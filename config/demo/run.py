"""`python -m config.demo.run PORT`: server, events and worker. Where one ends, the others are stopped."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
THREADS = 4
STOP_SECONDS = 10
Processes = dict[str, subprocess.Popen[bytes]]


def run(port: int) -> None:
    """Serves until Ctrl-C or SIGTERM. Raises SystemExit where the port is taken or one ends by itself.

    Viewers connect to the port behind it, or to the next one that is free, unless EVENTS_URL says where.
    """
    if _is_taken(port):
        raise SystemExit(f"Port {port} is taken. Choose another one: make demo PORT={port + 1}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    events = _free_after(port)
    _name_events(events)
    processes = {
        "server": _start(*_server(port)),
        "events": _start(*_events(events)),
        "worker": _start("manage.py", "qcluster"),
    }
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        raise SystemExit(_who_ended(processes))
    except KeyboardInterrupt:
        return
    finally:
        _stop(processes)


def end_with_parent() -> None:
    """For a child, before exec: Linux ends it when its parent is killed (PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _server(port: int) -> list[str]:
    where = ["--host", HOST, "--port", str(port)]
    size = ["--workers", "1", "--blocking-threads", str(THREADS)]
    return ["-m", "granian", "--interface", "wsgi", "--no-ws", *where, *size, "config.wsgi:application"]


def _events(port: int) -> list[str]:
    where = ["--host", HOST, "--port", str(port)]
    return ["-m", "uvicorn", *where, "--log-level", "warning", "--no-access-log", "config.asgi:application"]


def _name_events(port: int) -> None:
    """Tell every process where viewers connect, and where changes go."""
    url = f"http://{HOST}:{port}/live/events/"
    os.environ.setdefault("EVENTS_URL", url)
    os.environ.setdefault("EVENTS_PUBLISH_URL", f"{url}-publish")


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    """In a session of its own: Ctrl-C reaches this process alone, which then stops all in good order."""
    command = [sys.executable, *arguments]
    return subprocess.Popen(  # noqa: S603  (commands of our own)
        command, cwd=ROOT, start_new_session=True, preexec_fn=end_with_parent
    )


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _free_after(port: int) -> int:
    return next(other for other in range(port + 1, port + 100) if not _is_taken(other))


def _who_ended(processes: Processes) -> str:
    ended = {name: process.returncode for name, process in processes.items() if process.poll() is not None}
    facts = ", ".join(f"the {name} with status {status}" for name, status in ended.items())
    return f"Stopped, because one of them ended by itself: {facts}. Its last words are above."


def _stop(processes: Processes) -> None:
    """Each leader stops its own children. What is left after a while, or has lost its leader, is killed."""
    for process in processes.values():
        process.terminate()
    for process in processes.values():
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    run(int(sys.argv[1]))
