"""nginx with the documented configuration, and encoders that send to it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from config.demo.run import ROOT, end_with_parent
from tests.browser.running import free_port, wait_for

MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
FFMPEG = shutil.which("ffmpeg")
needs_nginx_and_ffmpeg = pytest.mark.skipif(
    not (NGINX and FFMPEG and MODULE.exists()),
    reason="nginx, libnginx-mod-rtmp and ffmpeg are not all installed.",
)
DOCUMENTED = ("rtmp.conf", "updates.conf", "hls.conf")
# What an administrator has already; the documented files are included where the documentation says.
MAIN = """
load_module {module};
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/logs/error.log;
events {{ }}
http {{
    access_log {folder}/logs/access.log;
    include updates.conf;
    server {{ listen 127.0.0.1:{port}; include hls.conf; }}
}}
include rtmp.conf;
"""


@dataclass(frozen=True, slots=True)
class MediaServer:
    """`folder` has `hls`, `recordings` and `logs`."""

    folder: Path
    rtmp_url: str
    hls_url: str

    def names(self) -> str:
        """Every name and every text that it made: what visitors, or readers of logs, could see."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        texts = [path.read_text() for path in files if path.suffix in (".m3u8", ".log")]
        return "\n".join([*map(str, files), *texts])


@contextmanager
def media_server(folder: Path, *, site: str, ports: tuple[int, int] | None = None) -> Iterator[MediaServer]:
    """Runs until the block ends. `site` is where the project answers."""
    rtmp_port, http_port = ports or (free_port(), free_port())
    for name in ("hls", "recordings", "logs"):
        (folder / name).mkdir(exist_ok=True)
    _configure(folder, site=site, rtmp_port=rtmp_port, http_port=http_port)
    log = folder / "logs" / "error.log"
    command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(log)]
    process = subprocess.Popen(command, preexec_fn=end_with_parent)
    server = MediaServer(folder, f"rtmp://127.0.0.1:{rtmp_port}/live", f"http://127.0.0.1:{http_port}/hls")
    try:
        wait_for(lambda: _answers(server.hls_url) or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


def _configure(folder: Path, *, site: str, rtmp_port: int, http_port: int) -> None:
    user = "user root;" if os.geteuid() == 0 else ""
    main = MAIN.format(module=MODULE, user=user, folder=folder, port=http_port)
    (folder / "nginx.conf").write_text(main)
    changes = {
        "listen 1935;": f"listen 127.0.0.1:{rtmp_port};",
        "127.0.0.1:8103": f"127.0.0.1:{free_port()}",
        "http://127.0.0.1:8100": site,
        "/var/lib/giftcast": str(folder),
        "notify_update_timeout 5s;": "notify_update_timeout 1s;",
    }
    for name in DOCUMENTED:
        text = (ROOT / "docs" / "nginx" / name).read_text()
        for before, after in changes.items():
            text = text.replace(before, after)
        (folder / name).write_text(text)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).status_code == 404
    except requests.ConnectionError:
        return False


class Sender:
    """An encoder: moving pictures and a tone, sent as fast as they are shown, until it is stopped."""

    def __init__(self, server: MediaServer, name: str, key: str) -> None:
        picture = ["-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25"]
        sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"]
        codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25"]
        codecs += ["-pix_fmt", "yuv420p", "-c:a", "aac", "-t", "60", "-f", "flv"]
        address = f"{server.rtmp_url}/{name}?key={key}"
        self.process = subprocess.Popen(
            [str(FFMPEG), "-nostdin", "-loglevel", "error", *picture, *sound, *codecs, address],
            stderr=subprocess.DEVNULL,
            preexec_fn=end_with_parent,
        )

    @property
    def is_sending(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """As somebody who presses the button."""
        self.process.terminate()
        self.process.wait(timeout=30)

    def break_off(self) -> None:
        """As a line that is cut."""
        self.process.kill()
        self.process.wait(timeout=30)
