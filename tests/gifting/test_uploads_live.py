"""Uploads over real connections to real server processes, by hand and by the clients that the world uses."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from playwright._impl._driver import compute_driver_executable
from tusclient.client import TusClient

from tests.gifting.serving import CHUNK, Gift, Project, Server, encoded, once_is_enough

pytestmark = once_is_enough
JAVASCRIPT = Path(__file__).parent / "tus_js"
BODY = Random(7).randbytes(3_000_000)
PATIENCE_SECONDS = 20


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project.make(tmp_path_factory.mktemp("uploads"))


@pytest.fixture(scope="module")
def server(project: Project) -> Iterator[Server]:
    with project.serve() as running:
        yield running


@pytest.fixture(scope="module")
def gift(project: Project) -> Gift:
    return project.new_gift()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "gift.webm"
    path.write_bytes(BODY)
    return path


@pytest.fixture(scope="module")
def node() -> list[str]:
    """Node with tus-js-client beside it."""
    npm = shutil.which("npm")
    installed = npm and subprocess.run(
        [npm, "install", "--no-package-lock", "--no-audit", "--no-fund"], cwd=JAVASCRIPT, capture_output=True
    )
    if not installed or installed.returncode:
        words = "tus-js-client is not there: npm is missing or could not install it."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(words)
    return [compute_driver_executable()[0], "upload.mjs"]


def kept(project: Project, url: str) -> bytes:
    """The bytes of an upload as they lie in storage."""
    folder = project.folder / "media" / "uploads" / url.rpartition("/")[2]
    return b"".join(part.read_bytes() for part in sorted(folder.iterdir()))


def create(server: Server, gift: Gift, length: int = len(BODY)) -> str:
    """The URL of a new upload."""
    headers = {
        "Tus-Resumable": "1.0.0",
        "X-Edit-Key": gift.edit_key,
        "Upload-Length": str(length),
        "Upload-Metadata": encoded(urid=gift.urid),
    }
    response = requests.post(f"{server.url}/widget/uploads", headers=headers, timeout=PATIENCE_SECONDS)
    assert response.status_code == 201, response.text
    return urljoin(server.url, response.headers["Location"])


def patch(url: str, offset: int, body: Any) -> requests.Response:
    headers = {"Tus-Resumable": "1.0.0", "Content-Type": CHUNK, "Upload-Offset": str(offset)}
    return requests.patch(url, body, headers=headers, timeout=PATIENCE_SECONDS)


def offset(url: str) -> int:
    response = requests.head(url, headers={"Tus-Resumable": "1.0.0"}, timeout=PATIENCE_SECONDS)
    assert response.status_code == 200
    return int(response.headers["Upload-Offset"])


def begin_patch(url: str, declared: int, sent: bytes) -> socket.socket:
    """A connection in the middle of a chunk."""
    parts = urlsplit(url)
    head = [
        f"PATCH {parts.path} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Tus-Resumable: 1.0.0",
        f"Content-Type: {CHUNK}",
        "Upload-Offset: 0",
        f"Content-Length: {declared}",
    ]
    connection = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE_SECONDS)
    connection.sendall("\r\n".join([*head, "", ""]).encode() + sent)
    return connection


def wait_for(url: str, expected: int) -> int:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := offset(url)) != expected and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


# -- connections that break, processes that die --------------------------------------------------------------


def test_what_arrived_before_the_connection_broke_is_kept(
    project: Project, server: Server, gift: Gift
) -> None:
    url = create(server, gift)
    begin_patch(url, len(BODY), BODY[:1_300_000]).close()
    assert wait_for(url, 1_300_000) == 1_300_000
    assert patch(url, 1_300_000, BODY[1_300_000:]).status_code == 204
    assert kept(project, url) == BODY


def test_any_process_takes_the_next_chunk(project: Project, server: Server, gift: Gift) -> None:
    url = create(server, gift)
    with project.serve() as other:
        for number, start in enumerate(range(0, len(BODY), 500_000)):
            base = (server, other)[number % 2].url
            response = patch(urljoin(base, urlsplit(url).path), start, BODY[start : start + 500_000])
            assert response.status_code == 204, response.text
    assert kept(project, url) == BODY


def test_a_server_that_is_killed_in_the_middle_loses_nothing_it_confirmed(
    project: Project, gift: Gift
) -> None:
    with project.serve() as doomed:
        url = create(doomed, gift)
        assert patch(url, 0, BODY[:1_000_000]).status_code == 204
        connection = begin_patch(url, len(BODY), BODY[1_000_000:1_500_000])
        doomed.kill()
        connection.close()
    with project.serve() as successor:
        url = urljoin(successor.url, urlsplit(url).path)
        assert offset(url) == 1_000_000
        assert patch(url, 1_000_000, BODY[1_000_000:]).headers["Upload-Offset"] == str(len(BODY))
    assert kept(project, url) == BODY


def test_a_chunk_without_a_declared_size_is_read_to_its_end(
    project: Project, server: Server, gift: Gift
) -> None:
    url = create(server, gift)
    pieces = iter([BODY[:1000], BODY[1000:]])
    assert patch(url, 0, pieces).headers["Upload-Offset"] == str(len(BODY))
    assert kept(project, url) == BODY


def test_a_chunk_without_a_declared_size_stops_at_the_limit(server: Server, gift: Gift) -> None:
    url = create(server, gift, length=1000)
    try:
        status = patch(url, 0, iter([BODY])).status_code
    except requests.ConnectionError:  # The server may hang up before it was sent everything.
        status = 413
    assert (status, offset(url)) == (413, 0)


def test_a_chunk_that_is_too_large_is_refused_before_it_is_read(server: Server, gift: Gift) -> None:
    url = create(server, gift, length=1000)
    with begin_patch(url, 100_000_000, b"") as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="This system does not tell peaks of memory."
)
def test_large_chunks_do_not_fill_the_memory(server: Server, gift: Gift) -> None:
    url = create(server, gift, length=60_000_000 + len(BODY))
    patch(url, 0, BODY)
    before = server.peak_memory
    assert patch(url, len(BODY), bytes(60_000_000)).status_code == 204
    assert server.peak_memory - before < 20_000_000


# -- tuspy ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("checksum", [False, True])
def test_tuspy_uploads(project: Project, server: Server, gift: Gift, file: Path, checksum: bool) -> None:
    client = TusClient(f"{server.url}/widget/uploads", {"X-Edit-Key": gift.edit_key})
    metadata = {"urid": gift.urid}
    uploader = client.uploader(str(file), metadata=metadata, chunk_size=700_000, upload_checksum=checksum)
    uploader.upload()
    assert kept(project, uploader.url) == BODY


def test_tuspy_resumes(project: Project, server: Server, gift: Gift, file: Path) -> None:
    client = TusClient(f"{server.url}/widget/uploads", {"X-Edit-Key": gift.edit_key})
    metadata = {"urid": gift.urid}
    first = client.uploader(str(file), metadata=metadata, chunk_size=500_000)
    first.upload(stop_at=1_500_000)
    resumed = client.uploader(str(file), url=first.url, chunk_size=500_000)
    assert resumed.offset == 1_500_000
    resumed.upload()
    assert kept(project, first.url) == BODY


# -- tus-js-client -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"options": {"chunkSize": 800_000}},
        {"options": {"uploadDataDuringCreation": True, "chunkSize": 800_000}},
        {"options": {"overridePatchMethod": True, "chunkSize": 800_000}},
        {"stream": True, "options": {"uploadLengthDeferred": True, "chunkSize": 800_000}},
        {"dropAt": 1_000_000},
        {"dropAt": 1_000_000, "options": {"chunkSize": 700_000}},
    ],
    ids=["whole", "chunks", "with-creation", "override", "deferred", "dropped-whole", "dropped-chunks"],
)
def test_tus_js_client_uploads(
    project: Project, server: Server, gift: Gift, file: Path, node: list[str], how: dict[str, Any]
) -> None:
    endpoint = f"{server.url}/widget/uploads"
    said = {"endpoint": endpoint, "urid": gift.urid, "editKey": gift.edit_key, "path": str(file), **how}
    done = subprocess.run(
        [*node, json.dumps(said)], cwd=JAVASCRIPT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert kept(project, done.stdout.strip()) == BODY
