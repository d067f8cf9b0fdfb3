"""A real encoder sends to a real nginx with the documented configuration; server and worker are real, too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from config.demo.run import ROOT
from tests.browser.running import free_port, wait_for
from tests.gifting.serving import Project, once_is_enough
from tests.livestream.films import length
from tests.livestream.rtmp.servers import MediaServer, Sender, media_server, needs_nginx_and_ffmpeg
from tests.livestream.rtmp.shows import Show, worker

pytestmark = [once_is_enough, needs_nginx_and_ffmpeg]
SECONDS = 40


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, str, MediaServer]]:
    """Project, site and media server."""
    folder = tmp_path_factory.mktemp("live")
    media, ports = folder / "media-server", (free_port(), free_port())
    media.mkdir()
    hls = f"http://127.0.0.1:{ports[1]}/hls"
    project = Project.make(folder, HLS_BASE_URL=hls, RECORDINGS_DIR=str(media / "recordings"))
    with (
        project.serve() as site,
        media_server(media, site=site.url, ports=ports) as server,
        worker(project),
    ):
        yield project, site.url, server


@pytest.fixture
def server(place: tuple[Project, str, MediaServer]) -> MediaServer:
    return place[2]


@pytest.fixture
def show(place: tuple[Project, str, MediaServer]) -> Show:
    return Show.make(place[0], place[1])


@pytest.fixture
def sender(show: Show, server: MediaServer) -> Iterator[Sender]:
    """On air."""
    sender = Sender(server, show.public_id, show.key)
    wait_for(lambda: show.status == "active", seconds=SECONDS)
    yield sender
    sender.stop()


def plays(show: Show) -> bool:
    """Is there a live playlist, where viewers are told to look?"""
    answer = requests.get(show.state()["player"]["src"], timeout=30)
    return answer.status_code == 200 and ".ts" in answer.text


@pytest.mark.parametrize("key", ["wrong", ""])
def test_a_wrong_key_is_refused(show: Show, server: MediaServer, key: str) -> None:
    sender = Sender(server, show.public_id, key)
    wait_for(lambda: not sender.is_sending, seconds=SECONDS)
    assert sender.process.returncode != 0
    assert show.status == "idle"
    assert not (server.folder / "hls" / show.public_id).exists()


def test_the_key_is_no_stream_name(show: Show, server: MediaServer) -> None:
    sender = Sender(server, show.key, show.key)
    wait_for(lambda: not sender.is_sending, seconds=SECONDS)
    assert show.status == "idle"


def test_a_show_from_its_first_picture_to_its_replay(show: Show, server: MediaServer, tmp_path: Path) -> None:
    first = Sender(server, show.public_id, show.key)
    wait_for(lambda: show.status == "active", seconds=SECONDS)
    wait_for(lambda: plays(show), seconds=SECONDS)
    first.stop()
    wait_for(lambda: show.status == "paused", seconds=SECONDS)
    wait_for(lambda: "frame.jpg" in show.state()["player"]["poster"], seconds=SECONDS)
    assert show.load(show.state()["player"]["poster"], tmp_path / "frame.jpg").read_bytes()[:2] == b"\xff\xd8"

    second = Sender(server, show.public_id, show.key)
    wait_for(lambda: show.status == "active", seconds=SECONDS)
    wait_for(lambda: plays(show), seconds=SECONDS)
    show.end()
    wait_for(lambda: not second.is_sending, seconds=SECONDS)
    wait_for(lambda: show.state()["player"]["src"], seconds=SECONDS)

    replay = show.load(show.state()["player"]["src"], tmp_path / "replay.mp4")
    parts = sorted((server.folder / "recordings").glob(f"{show.public_id}-*.flv"))
    assert len(parts) == 2
    assert abs(length(replay) - sum(map(length, parts))) < 0.5
    assert show.key not in server.names()


def test_no_access_log_is_written_where_the_key_would_be() -> None:
    documented = (ROOT / "docs" / "nginx" / "rtmp.conf").read_text()
    outside_of_servers = documented[: documented.index("server {")]
    assert "access_log off;" in outside_of_servers


def test_a_broken_line_is_a_pause(show: Show, sender: Sender) -> None:
    sender.break_off()
    wait_for(lambda: show.status == "paused", seconds=SECONDS)


def test_who_is_on_air_is_not_pushed_out(show: Show, sender: Sender, server: MediaServer) -> None:
    second = Sender(server, show.public_id, show.key)
    wait_for(lambda: not second.is_sending, seconds=SECONDS)
    assert sender.is_sending
    assert show.status == "active"


def test_where_the_project_does_not_answer_nobody_goes_on_air(tmp_path: Path) -> None:
    with media_server(tmp_path, site=f"http://127.0.0.1:{free_port()}") as alone:
        sender = Sender(alone, "76AhvW", "any")
        wait_for(lambda: not sender.is_sending, seconds=SECONDS)
        assert not list((tmp_path / "hls").iterdir())


def test_a_project_that_restarts_in_the_middle_loses_no_encoder(
    show: Show, place: tuple[Project, str, MediaServer], tmp_path: Path
) -> None:
    log = tmp_path / "logs" / "error.log"
    with place[0].serve() as site, media_server(tmp_path, site=site.url) as server:
        sender = Sender(server, show.public_id, show.key)
        wait_for(lambda: show.status == "active", seconds=SECONDS)
        site.kill()
        wait_for(lambda: log.read_text().count("Connection refused") > 2, seconds=SECONDS)
        assert sender.is_sending
        sender.stop()
