"""Uploads and video ranges over HTTP, against bare views on one server; the wait when a recording ends."""

import statistics
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from itertools import repeat
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from tests.benchmarks.table import Row
from tests.gifting.serving import CHUNK, URL, Gift, Project, encoded

MB = 1_000_000
BATCH, ROUNDS, FILMS = 40, 8, 7
SECONDS, CHUNK_BYTES_PER_SECOND = 30, 310_000
VIDEO_BYTES = 50 * MB
MIN_UPLOAD, MIN_RANGE, MAX_WAIT_MS = 0.5, 0.8, 300
STORE_VIDEO = """
from django.core.files import File
from django.utils import timezone
from gifting.models import Recording, VideoContainer
from gifting.services import links
gift, now = VideoContainer.objects.get(urid={urid!r}), timezone.now()
recording = Recording(container=gift, state="ready", due_at=now, created_at=now, ready_at=now)
with open({path!r}, "rb") as file:
    recording.video.save("video.mp4", File(file))
print(links.media_links(recording).video)
"""
Headers = dict[str, str]
Call = Callable[[], Any]
Calls = Callable[[], Iterable[Call]]


def rows() -> list[Row]:
    """Figures of this machine now: one server process, one connection, SQLite."""
    with tempfile.TemporaryDirectory(prefix="giftcast-bench-") as name:
        folder = Path(name)
        project = Project.make(folder, DJANGO_SETTINGS_MODULE="tests.benchmarks.uploads_settings")
        gift, path = project.new_gift(), folder / "streamed"
        path.write_bytes(bytes(VIDEO_BYTES))
        video = project.python(STORE_VIDEO.format(urid=gift.urid, path=str(path))).strip()
        with project.serve() as server:
            client = Client(server.url)
            return [_upload_row(client, gift), _range_row(client, video), _wait_row(client, gift)]


class Client:
    """One connection that stays open."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.connection = HTTPConnection(str(parts.hostname), parts.port, timeout=60)

    def send(self, method: str, path: str, body: bytes = b"", headers: Headers | None = None) -> HTTPResponse:
        """Raises AssertionError for anything but a success."""
        self.connection.request(method, path, body, headers or {})
        response = self.connection.getresponse()
        content = response.read()
        assert response.status < 300, (response.status, content)
        return response


def _upload_row(client: Client, gift: Gift) -> Row:
    body = bytes(MB)
    return _row(
        "upload in chunks of 1 MB (tus); against a bare view that appends to a file",
        ours=lambda: _chunks(client, gift, body),
        reference=lambda: repeat(lambda: client.send("POST", "/bare/append", body), BATCH),
        aim=MIN_UPLOAD,
    )


def _chunks(client: Client, gift: Gift, body: bytes) -> Iterator[Call]:
    """The chunks of one upload."""
    path = _create(client, gift)
    for number in range(BATCH):
        yield partial(_patch, client, path, number * MB, body)


def _range_row(client: Client, video: str) -> Row:
    offsets = [number * 7919 for number in range(BATCH)]
    return _row(
        "video in ranges of 1 MB; against a bare view that streams them",
        ours=lambda: (partial(client.send, "GET", video, headers=_range(first)) for first in offsets),
        reference=lambda: (partial(client.send, "GET", f"/bare/stream/{first}/{MB}") for first in offsets),
        aim=MIN_RANGE,
    )


def _range(first: int) -> Headers:
    return {"Range": f"bytes={first}-{first + MB - 1}"}


def _row(name: str, *, ours: Calls, reference: Calls, aim: float) -> Row:
    """Both in turn, one MB a call, so that a busy moment hits both; of each the best tenth counts."""
    times: tuple[list[float], list[float]] = [], []
    for _ in range(ROUNDS):
        for kept, calls in zip(times, (ours, reference), strict=True):
            kept += [_timed(call) for call in calls()]
    one, other = (1 / statistics.quantiles(kept, n=10)[0] for kept in times)
    return Row(
        name=name,
        ours=f"{one:.0f} MB/s",
        reference=f"{other:.0f} MB/s",
        ratio=one / other,
        aim=f">= {aim}",
        met=one / other >= aim,
    )


def _timed(call: Call) -> float:
    started = perf_counter()
    call()
    return perf_counter() - started


def _wait_row(client: Client, gift: Gift) -> Row:
    """The widget says livstickRecorded when the answer to the last chunk is there."""
    wait = statistics.median(_last_chunk(client, gift) for _ in range(FILMS)) * 1000
    return Row(
        name=f"from the last chunk of a {SECONDS} s recording to livstickRecorded",
        ours=f"{wait:.0f} ms",
        reference="",
        ratio=None,
        aim=f"< {MAX_WAIT_MS} ms",
        met=wait < MAX_WAIT_MS,
    )


def _last_chunk(client: Client, gift: Gift) -> float:
    path, body = _create(client, gift), bytes(CHUNK_BYTES_PER_SECOND)
    for second in range(SECONDS - 1):
        _patch(client, path, second * len(body), body)
    started = perf_counter()
    _patch(client, path, (SECONDS - 1) * len(body), body, {"Upload-Length": str(SECONDS * len(body))})
    return perf_counter() - started


def _create(client: Client, gift: Gift) -> str:
    headers = {
        "Tus-Resumable": "1.0.0",
        "X-Edit-Key": gift.edit_key,
        "Upload-Defer-Length": "1",
        "Upload-Metadata": encoded(urid=gift.urid),
    }
    return str(client.send("POST", URL, headers=headers).headers["Location"])


def _patch(client: Client, path: str, offset: int, body: bytes, more: Headers | None = None) -> None:
    always = {"Tus-Resumable": "1.0.0", "Content-Type": CHUNK, "Upload-Offset": str(offset)}
    client.send("PATCH", path, body, {**always, **(more or {})})
