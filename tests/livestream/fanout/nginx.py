"""A real nginx with what docs/live-production.md says, on ports of a test's own."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from config.demo.run import ROOT, end_with_parent
from tests.browser.running import free_port, wait_for
from tests.livestream.fanout.house import answers

MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
TEMPORARY = "".join(
    f"{name}_temp_path {{folder}}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)
FRAME = """\
{modules}
daemon off;
worker_processes 1;
{user}
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 12000; }}
http {{
    access_log off;
    {temporary}
    {beside}
    server {{
        listen 127.0.0.1:{port};
        {inside}
    }}
}}
"""


@dataclass(slots=True)
class Nginx:
    """`publish` is the port of the publisher."""

    port: int
    publish: int
    command: list[str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=end_with_parent
        )
        wait_for(lambda: answers(self.port) or (self.process and self.process.poll() is not None))
        assert self.process.poll() is None

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(20)

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """It accepts connections, and answers nothing."""
        assert self.process
        workers = psutil.Process(self.process.pid).children()
        for worker in workers:
            worker.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for worker in workers:
                worker.send_signal(signal.SIGCONT)


@contextmanager
def nginx(folder: Path, *, events: int = 0) -> Iterator[Nginx]:
    """With viewers of its own (nchan), or in front of the events process on the port `events`."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None or not (events or MODULE.exists()):
        pytest.skip("nginx with nchan is not installed.")
    server = Nginx(port=free_port(), publish=free_port(), command=[])
    text = configuration(server, folder, events=events)
    (folder / "nginx.conf").write_text(text)
    server.command = [program, "-e", str(folder / "start.log"), "-c", str(folder / "nginx.conf")]
    server.start()
    try:
        yield server
    finally:
        server.stop()


def configuration(server: Nginx, folder: Path, *, events: int) -> str:
    beside, inside = _documented(", with nchan" if not events else "")
    beside = beside.replace("127.0.0.1:8102", f"127.0.0.1:{server.publish}")
    beside = beside.replace("127.0.0.1:8101", f"127.0.0.1:{events}")
    return FRAME.format(
        modules=f"load_module {MODULE};" if not events else "",
        user="user root;" if os.geteuid() == 0 else "",
        folder=folder,
        temporary=TEMPORARY.format(folder=folder),
        beside=beside,
        inside=inside,
        port=server.port,
    )


def _documented(which: str) -> tuple[str, str]:
    """What goes beside the server block, and what inside."""
    blocks = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs/live-production.md").read_text(), re.DOTALL)
    return tuple(
        _only(blocks, f"# {place} the server {{ }} of production{which}\n") for place in ("beside", "inside")
    )


def _only(blocks: list[str], first: str) -> str:
    (found,) = [block for block in blocks if block.startswith(first)]
    return found
