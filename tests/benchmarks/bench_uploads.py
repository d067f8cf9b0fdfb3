"""Uploads and video ranges over HTTP, against bare views on the same server; the wait at a recording's end."""

import statistics
import tempfile
from collections.abc import Callable
from http.client import HTTPConnection, HTTPResponse
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from tests.benchmarks.table import Row
from tests.gifting.serving import CHUNK, URL, Gift, Project, encoded

MB = 1_000_000
CHUNKS, RANGES, ROUNDS, FILMS = 40, 60, 7, 7
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
    ours, reference = _megabytes_per_second(
        lambda: _upload(client, gift, body), lambda: _append(client, body), CHUNKS
    )
    return Row(
        name="upload in chunks of 1 MB (tus); against a bare view that appends to a file",
        ours=f"{ours:.0f} MB/s",
        reference=f"{reference:.0f} MB/s",
        ratio=ours / reference,
        aim=f">= {MIN_UPLOAD}",
        met=ours / reference >= MIN_UPLOAD,
    )


def _upload(client: Client, gift: Gift, body: bytes) -> float:
    path = _create(client, gift)
    started = perf_counter()
    for number in range(CHUNKS):
        _patch(client, path, number * MB, body)
    return perf_counter() - started


def _append(client: Client, body: bytes) -> float:
    started = perf_counter()
    for _ in range(CHUNKS):
        client.send("POST", "/bare/append", body)
    return perf_counter() - started


def _range_row(client: Client, video: str) -> Row:
    offsets = count(0, 7919)

    def ranges() -> float:
        return _timed(lambda first: client.send("GET", video, headers=_range(first)), offsets)

    def bare() -> float:
        return _timed(lambda first: client.send("GET", f"/bare/stream/{first}/{MB}"), offsets)

    ours, reference = _megabytes_per_second(ranges, bare, RANGES)
    return Row(
        name="video in ranges of 1 MB; against a bare view that streams them",
        ours=f"{ours:.0f} MB/s",
        reference=f"{reference:.0f} MB/s",
        ratio=ours / reference,
        aim=f">= {MIN_RANGE}",
        met=ours / reference >= MIN_RANGE,
    )


def _range(first: int) -> Headers:
    return {"Range": f"bytes={first}-{first + MB - 1}"}


def _timed(read: Callable[[int], Any], offsets: "count[int]") -> float:
    started = perf_counter()
    for _ in range(RANGES):
        read(next(offsets) % (VIDEO_BYTES - MB))
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


def _megabytes_per_second(
    ours: Callable[[], float], reference: Callable[[], float], megabytes: int
) -> tuple[float, float]:
    """The best of several rounds in turn, so that a busy moment hits both."""
    pairs = [(ours(), reference()) for _ in range(ROUNDS)]
    return megabytes / min(one for one, _ in pairs), megabytes / min(other for _, other in pairs)
