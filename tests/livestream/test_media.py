"""How players get the replay, the picture of a pause and the chapters: in parts, and only in their time."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.http.response import HttpResponseBase
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from livestream.models import LiveStream, Product
from livestream.services import pins, streams
from livestream.views.ranges import BLOCK, Unsatisfiable, wanted
from tests.livestream.conftest import STAFF

FILM = bytes(range(256)) * 4
Status = LiveStream.Status


@pytest.fixture
def replay(live: LiveStream, recorded: Path, now) -> LiveStream:
    """Over, with a replay of 1,024 bytes."""
    live.replay_file.save("replay-1.mp4", ContentFile(FILM))
    return streams.end(stream=live, actor=STAFF, now=now)


def url(stream: LiveStream, name: str = "replay.mp4") -> str:
    return f"/live/{stream.public_id}/{name}"


def body(answer: HttpResponseBase) -> bytes:
    return b"".join(answer.streaming_content)


def test_the_whole_replay(replay: LiveStream, client: Client) -> None:
    answer = client.get(url(replay))
    assert (answer.status_code, answer["Content-Type"], answer["Accept-Ranges"]) == (
        200,
        "video/mp4",
        "bytes",
    )
    assert body(answer) == FILM


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-1", 0, 1),
        ("bytes=100-", 100, 1023),
        ("bytes=-24", 1000, 1023),
        ("bytes=1000-9999", 1000, 1023),
        ("bytes=-9999", 0, 1023),
    ],
)
def test_a_part(replay: LiveStream, client: Client, asked: str, first: int, last: int) -> None:
    answer = client.get(url(replay), headers={"Range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (206, f"bytes {first}-{last}/1024")
    assert answer["Content-Length"] == str(last - first + 1)
    assert body(answer) == FILM[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_part_that_is_not_there(replay: LiveStream, client: Client, asked: str) -> None:
    answer = client.get(url(replay), headers={"Range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */1024")


@pytest.mark.parametrize(
    "asked", ["bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,3-4", "lines=1-2", "bytes=x-"]
)
def test_what_is_no_range_is_ignored(replay: LiveStream, client: Client, asked: str) -> None:
    assert client.get(url(replay), headers={"Range": asked}).status_code == 200


@given(st.text(), st.integers(0, 10**12))
def test_whatever_is_asked_the_part_lies_in_the_file(text: str, size: int) -> None:
    try:
        part = wanted(f"bytes={text}", size=size)
    except Unsatisfiable:
        return
    assert part is None or 0 <= part.start <= part.end < size


def test_the_head_alone(replay: LiveStream, client: Client) -> None:
    answer = client.head(url(replay))
    assert (answer.status_code, answer["Content-Length"], answer.content) == (200, "1024", b"")


def test_what_the_browser_has_is_not_sent_again(replay: LiveStream, client: Client) -> None:
    etag = client.head(url(replay))["ETag"]
    assert client.get(url(replay), headers={"If-None-Match": etag}).status_code == 304


def test_a_part_of_another_version_is_of_no_use(replay: LiveStream, client: Client) -> None:
    etag = client.head(url(replay))["ETag"]
    asked = {"Range": "bytes=0-9"}
    assert client.get(url(replay), headers={**asked, "If-Range": etag}).status_code == 206
    assert client.get(url(replay), headers={**asked, "If-Range": '"older"'}).status_code == 200


def test_a_long_replay_goes_out_in_blocks(live: LiveStream, recorded: Path, client: Client, now) -> None:
    live.replay_file.save("replay-1.mp4", ContentFile(bytes(BLOCK * 3 + 1)))
    streams.end(stream=live, actor=STAFF, now=now)
    sizes = [len(block) for block in client.get(url(live)).streaming_content]
    assert sizes == [BLOCK, BLOCK, BLOCK, 1]


@pytest.mark.parametrize("status", [one for one in Status if one != Status.REPLAY])
def test_there_is_a_replay_only_in_its_time(replay: LiveStream, client: Client, status: str) -> None:
    LiveStream.objects.filter(pk=replay.pk).update(status=status)
    assert client.get(url(replay)).status_code == 404
    assert client.get(url(replay, "chapters.vtt")).status_code == 404


def test_a_replay_that_is_being_made_is_not_there(live: LiveStream, client: Client, now) -> None:
    streams.end(stream=live, actor=STAFF, now=now)
    assert client.get(url(live)).status_code == 404


def test_a_file_that_vanished_is_not_there(replay: LiveStream, client: Client) -> None:
    Path(replay.replay_file.path).unlink()
    assert client.get(url(replay)).status_code == 404


@pytest.mark.parametrize("name", ["replay.mp4", "frame.jpg", "chapters.vtt"])
def test_nobodys_livestream_is_not_there(db: None, client: Client, name: str) -> None:
    assert client.get(f"/live/W8DHRk/{name}").status_code == 404


def test_nginx_may_send_it(replay: LiveStream, client: Client, settings) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "MEDIA_DELIVERY": "accel"}
    answer = client.get(url(replay))
    assert (answer.content, answer["X-Accel-Redirect"]) == (b"", f"/protected/{replay.replay_file.name}")


def test_the_storage_may_send_it(replay: LiveStream, client: Client, settings) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "MEDIA_DELIVERY": "redirect"}
    assert client.get(url(replay))["Location"].endswith(replay.replay_file.name)


def test_the_picture_is_there_in_the_pause(live: LiveStream, recorded: Path, client: Client, now) -> None:
    live.frame.save("frame-1.jpg", ContentFile(b"\xff\xd8picture"))
    assert client.get(url(live, "frame.jpg")).status_code == 404
    streams.move(stream=live, to=Status.PAUSED, actor=STAFF, now=now)
    answer = client.get(url(live, "frame.jpg"))
    assert (answer["Content-Type"], body(answer)) == ("image/jpeg", b"\xff\xd8picture")


def test_the_chapters_are_a_track(live: LiveStream, products: list[Product], client: Client, now) -> None:
    pins.pin(stream=live, ids=[products[0].public_id], actor=STAFF, now=now)
    LiveStream.objects.filter(pk=live.pk).update(started_at=now.replace(year=now.year - 1))
    streams.end(stream=live, actor=STAFF, now=now.replace(year=now.year + 1))
    answer = client.get(url(live, "chapters.vtt"))
    assert answer["Content-Type"] == "text/vtt; charset=utf-8"
    assert answer.content.startswith(b"WEBVTT\n\n")
    assert b"\nScarf\n" in answer.content


def test_the_live_video_is_where_the_media_server_puts_it(live: LiveStream, client: Client, settings) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "HLS_BASE_URL": "https://live.example/hls/"}
    source = client.get(url(live, "state")).json()["player"]["src"]
    assert source == f"https://live.example/hls/{live.public_id}/index.m3u8"


def test_an_address_of_its_own_wins(live: LiveStream, client: Client, settings, now) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "HLS_BASE_URL": "https://live.example/hls"}
    streams.change(stream=live, actor=STAFF, now=now, live_url="https://cdn.example/x.m3u8")
    assert client.get(url(live, "state")).json()["player"]["src"] == "https://cdn.example/x.m3u8"


def test_the_key_is_in_no_address(live: LiveStream, client: Client, settings) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "HLS_BASE_URL": "https://live.example/hls"}
    assert live.stream_key not in client.get(url(live, "state")).content.decode()
