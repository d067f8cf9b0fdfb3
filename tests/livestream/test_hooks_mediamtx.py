"""What MediaMTX asks and tells: the requests of its documentation, replayed."""

from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from livestream.models import Broadcast, LiveStream
from livestream.services import streams
from tests.livestream import films
from tests.livestream.conftest import STAFF

Status = LiveStream.Status
SECRET = "hook-secret"


@pytest.fixture(autouse=True)
def _secret(settings) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "HOOK_SECRET": SECRET}


def ask(stream: LiveStream, action: str = "publish", **facts: Any) -> int:
    """The question of `authMethod: http`."""
    question = {
        "user": "",
        "password": "",
        "token": "",
        "ip": "10.0.0.7",
        "action": action,
        "path": stream.public_id,
        "protocol": "rtmp",
        "id": "5f0b8c1e-0000-4000-8000-000000000000",
        "query": f"key={stream.stream_key}",
        **facts,
    }
    return Client().post("/live/hooks/mediamtx/auth", question, content_type="application/json").status_code


def tell(stream: LiveStream, event: str, *, secret: str = SECRET, **facts: str) -> HttpResponse:
    """What the documented curl lines send."""
    body = "&".join(f"{name}={value}" for name, value in {"path": stream.public_id, **facts}.items())
    form = "application/x-www-form-urlencoded"
    headers = {"Authorization": f"Bearer {secret}"}
    return Client().post(f"/live/hooks/mediamtx/{event}", body, content_type=form, headers=headers)


def status(stream: LiveStream) -> str:
    stream.refresh_from_db()
    return stream.status


def test_the_key_lets_in(stream: LiveStream) -> None:
    assert ask(stream) == 204
    assert status(stream) == Status.IDLE


def test_a_question_that_nests_too_deeply_is_refused_like_any_other(db: None) -> None:
    nested = "[" * 50_000
    answer = Client().post("/live/hooks/mediamtx/auth", nested, content_type="application/json")
    assert answer.status_code == 403


def test_the_key_may_be_the_password(stream: LiveStream) -> None:
    assert ask(stream, query="", password=stream.stream_key, protocol="webrtc") == 204


@pytest.mark.parametrize("query", ["", "key=wrong", "key=", "x" * 100, "\x00", "\ud800"])
def test_any_other_key_does_not(stream: LiveStream, query: str) -> None:
    assert ask(stream, query=query) == 403


def test_what_is_over_takes_no_encoder(live: LiveStream, now) -> None:
    streams.end(stream=live, actor=STAFF, now=now)
    assert ask(live) == 403


def test_of_two_encoders_the_second_is_refused(stream: LiveStream) -> None:
    tell(stream, "ready", source="one")
    assert ask(stream) == 403


def test_whoever_wants_may_look_at_what_is_on_air(stream: LiveStream) -> None:
    assert ask(stream, "read", query="") == 403
    tell(stream, "ready", source="one")
    assert ask(stream, "read", query="") == 204


@pytest.mark.parametrize("action", ["playback", "api", "metrics", "pprof", "", None])
def test_everything_else_is_nobodys(stream: LiveStream, action: str) -> None:
    tell(stream, "ready", source="one")
    assert ask(stream, action) == 403


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '{"action": "publish"}', '"publish"'])
def test_what_is_no_question_is_refused(db: None, body: str) -> None:
    answer = Client().post("/live/hooks/mediamtx/auth", body, content_type="application/json")
    assert answer.status_code == 403


def test_ready_is_on_air_and_not_ready_is_a_pause(stream: LiveStream) -> None:
    assert tell(stream, "ready", source="one").status_code == 204
    assert status(stream) == Status.ACTIVE
    assert tell(stream, "not_ready", source="one").status_code == 204
    assert status(stream) == Status.PAUSED


def test_ready_is_also_the_sign_of_life(stream: LiveStream) -> None:
    for _ in range(3):
        tell(stream, "ready", source="one")
    assert stream.broadcasts.get().heard_at is not None


def test_the_end_of_another_connection_pauses_nothing(stream: LiveStream) -> None:
    tell(stream, "ready", source="one")
    tell(stream, "not_ready", source="two")
    assert status(stream) == Status.ACTIVE


def test_a_segment_is_the_recording(stream: LiveStream, recorded: Path) -> None:
    tell(stream, "ready", source="one")
    tell(stream, "not_ready", source="one")
    folder = recorded / stream.public_id
    folder.mkdir()
    segment = folder / "2030-01-01_20-00-00-000000.mp4"
    segment.write_bytes(films.flv().read_bytes())
    assert tell(stream, "recorded", segment=str(segment)).status_code == 204
    assert stream.broadcasts.get().state == Broadcast.State.RECORDED


def test_a_segment_that_comes_late_belongs_to_what_ended(stream: LiveStream, recorded: Path) -> None:
    tell(stream, "ready", source="one")
    tell(stream, "not_ready", source="one")
    tell(stream, "ready", source="two")
    tell(stream, "recorded", segment=films.put(films.flv(), recorded, stream))
    assert [bool(one.source) for one in stream.broadcasts.all()] == [True, False]


@pytest.mark.parametrize("event", ["ready", "not_ready", "recorded"])
@pytest.mark.parametrize("secret", ["", "wrong", "hook-secre"])
def test_without_the_secret_nothing_is_believed(stream: LiveStream, event: str, secret: str) -> None:
    assert tell(stream, event, secret=secret, source="one").status_code == 403
    assert not stream.broadcasts.exists()


def test_a_host_without_a_secret_believes_nothing(stream: LiveStream, settings) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "HOOK_SECRET": ""}
    assert tell(stream, "ready", secret="", source="one").status_code == 403
