"""What the recording widget reads and writes."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client

from gifting.models import Brand, JournalEntry, Recording, VideoContainer
from gifting.services import containers
from tests.conftest import SHOP

State = VideoContainer.State
Record = Callable[[VideoContainer], VideoContainer]


class Widget:
    """The widget's two calls for one gift."""

    def __init__(self, container: VideoContainer, client: Client) -> None:
        self.url = f"/widget/containers/{container.urid}"
        self.key = str(container.edit_key)
        self.client = client

    def get(self, **headers: str) -> HttpResponse:
        return self.client.get(self.url, headers={"X-Edit-Key": self.key, **headers})

    def document(self) -> dict[str, Any]:
        response = self.get()
        assert response.status_code == 200, response.content
        return response.json()

    def put(self, body: Any, **headers: str) -> HttpResponse:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"X-Edit-Key": self.key, **headers}
        kind = headers.pop("Content-Type", "application/json")
        return self.client.put(f"{self.url}/note", data, content_type=kind, headers=headers)


@pytest.fixture
def widget(container: VideoContainer, client: Client) -> Widget:
    return Widget(container, client)


def said(response: HttpResponse) -> tuple[int, str]:
    body = response.json()
    assert body["message"].endswith(".")
    return response.status_code, body["error"]


# -- the document --------------------------------------------------------------------------------------------


def test_a_new_gift_says_everything_that_the_widget_shows(widget: Widget, container: VideoContainer) -> None:
    assert widget.document() == {
        "urid": container.urid,
        "state": "recording_open",
        "canRecord": True,
        "lockedReason": None,
        "brand": {"name": "Maison Lune", "accentColor": "#a3293d", "logoUrl": None},
        "receiverName": "Bob",
        "note": "",
        "noteMax": 500,
        "maxSeconds": 60,
        "maxBytes": 300_000_000,
        "maxChunkBytes": 64_000_000,
        "language": "en",
        "recording": None,
        "previewUrl": f"https://lune.example/preview/{container.urid}",
    }


def test_it_is_never_cached(widget: Widget) -> None:
    assert widget.get()["Cache-Control"] == "no-store"


def test_the_logo_has_an_absolute_address(widget: Widget, brand: Brand) -> None:
    brand.logo.save("logo.png", ContentFile(b"png"))
    assert widget.document()["brand"]["logoUrl"] == "https://lune.example/brands/lune/logo"


def test_the_language_is_the_order_s_before_the_brand_s(
    new_container: Callable[..., VideoContainer], client: Client
) -> None:
    assert Widget(new_container(language="fr"), client).document()["language"] == "fr"


def test_a_ready_video_comes_with_links_that_open(
    widget: Widget, container: VideoContainer, record: Record
) -> None:
    record(container)
    found = widget.document()
    recording = found["recording"]
    assert (found["state"], recording["state"], recording["durationSeconds"]) == ("recorded", "ready", 3.0)
    assert recording["videoUrl"].startswith("https://lune.example/media/")
    assert recording["videoUrl"].endswith("/video.mp4")
    assert recording["posterUrl"].endswith("/poster.jpg")


@pytest.mark.parametrize("state", ["queued", "processing"])
def test_a_waiting_video_is_being_processed(
    widget: Widget, container: VideoContainer, now: datetime, state: str
) -> None:
    Recording.objects.create(container=container, state=state, due_at=now, created_at=now)
    assert widget.document()["recording"] == {
        "state": "processing",
        "refusal": None,
        "videoUrl": None,
        "posterUrl": None,
        "durationSeconds": None,
    }


@pytest.mark.parametrize("reason", Recording.Refusal.values)
def test_a_refused_video_says_why(
    widget: Widget, container: VideoContainer, now: datetime, reason: str
) -> None:
    refused = Recording.State.REFUSED
    Recording.objects.create(container=container, state=refused, refusal=reason, due_at=now, created_at=now)
    recording = widget.document()["recording"]
    assert (recording["state"], recording["refusal"]) == ("refused", reason)


def test_the_newest_video_is_the_one_that_counts(
    widget: Widget, container: VideoContainer, now: datetime, record: Record
) -> None:
    record(container)
    Recording.objects.create(container=container, state="failed", due_at=now, created_at=now)
    assert widget.document()["recording"]["state"] == "failed"


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State.RECORDING_OPEN, None),
        (State.PROCESSING, None),
        (State.RECORDED, None),
        (State.ACTIVATED, "activated"),
        (State.DELIVERED, "activated"),
        (State.EXPIRED, "expired"),
        (State.CANCELLED, "cancelled"),
    ],
)
def test_a_gift_with_a_message_can_be_changed_until_it_is_activated(
    widget: Widget, container: VideoContainer, record: Record, state: State, reason: str | None
) -> None:
    record(container)
    VideoContainer.objects.update(state=state)
    found = widget.document()
    assert (found["canRecord"], found["lockedReason"]) == (reason is None, reason)


def test_an_activated_gift_without_a_message_takes_one(
    widget: Widget, container: VideoContainer, now: datetime
) -> None:
    containers.activate(container=container, actor=SHOP, now=now)
    found = widget.document()
    assert (found["canRecord"], found["lockedReason"]) == (True, None)


def test_an_activated_gift_takes_no_second_while_the_first_is_processed(
    widget: Widget, container: VideoContainer, now: datetime
) -> None:
    containers.activate(container=container, actor=SHOP, now=now)
    Recording.objects.create(container=container, due_at=now, created_at=now)
    found = widget.document()
    assert (found["canRecord"], found["lockedReason"]) == (False, "activated")


def test_the_document_takes_two_queries(widget: Widget, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        widget.get()


# -- the note ------------------------------------------------------------------------------------------------


def test_a_note_is_kept_and_the_document_comes_back(widget: Widget, container: VideoContainer) -> None:
    response = widget.put({"note": "Happy birthday! 🎂", "alone": False})
    assert (response.status_code, response.json()["note"]) == (200, "Happy birthday! 🎂")
    container.refresh_from_db()
    assert (container.note, container.state) == ("Happy birthday! 🎂", State.RECORDING_OPEN)


def test_a_note_alone_is_the_whole_message(widget: Widget) -> None:
    assert widget.put({"note": "Happy birthday!", "alone": True}).json()["state"] == "recorded"


def test_alone_may_be_left_out(widget: Widget) -> None:
    assert widget.put({"note": "Hello"}).json()["state"] == "recording_open"


def test_the_journal_says_that_the_giver_wrote(widget: Widget) -> None:
    widget.put({"note": "Hello"})
    entry = JournalEntry.objects.get(event="note_written")
    assert (entry.actor, entry.detail) == ("giver", {"alone": False})


def test_a_note_of_a_locked_gift_stays(
    widget: Widget, container: VideoContainer, now: datetime, record: Record
) -> None:
    containers.activate(container=record(container), actor=SHOP, now=now)
    assert said(widget.put({"note": "Too late"})) == (409, "locked")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"note": "x" * 501}, "note"),
        ({"note": "  ", "alone": True}, "note"),
        ({"note": 7}, "note"),
        ({"note": None}, "note"),
        ({"alone": True}, "note"),
        ({"note": "\ud800"}, "note"),
        ({"note": "x", "alone": "perhaps"}, "alone"),
        ({"note": "x", "alone": []}, "alone"),
    ],
)
def test_a_bad_field_is_named(widget: Widget, body: Any, field: str) -> None:
    response = widget.put(body)
    assert said(response) == (400, "invalid")
    assert list(response.json()["fields"]) == [field]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"note"',
        b"\xff\xfe",
        b'{"note": NaN}',
        b'{"note": "a", "note": "b"}',
        b"[" * 60_000,
        b'{"note": ' * 6_000,
    ],
)
def test_garbage_is_refused(widget: Widget, body: bytes) -> None:
    assert said(widget.put(body)) == (400, "invalid")


def test_a_body_over_the_limit_is_refused(widget: Widget) -> None:
    assert said(widget.put({"note": "x" * 70_000})) == (413, "too_large")


def test_a_body_that_is_not_json_is_refused(widget: Widget) -> None:
    response = widget.put(b"note=Hello", **{"Content-Type": "application/x-www-form-urlencoded"})
    assert said(response) == (415, "unsupported_media_type")


# -- the key -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "wrong", "00000000-0000-4000-8000-000000000000", "\xe9\xff", "a" * 5000])
def test_a_wrong_key_opens_nothing(widget: Widget, key: str) -> None:
    widget.key = key
    assert said(widget.get()) == (401, "unauthorized")
    assert said(widget.put({"note": "x"})) == (401, "unauthorized")


def test_the_key_of_another_gift_opens_nothing(
    widget: Widget, new_container: Callable[..., VideoContainer]
) -> None:
    widget.key = str(new_container().edit_key)
    assert widget.get().status_code == 401


def test_the_key_may_be_in_capitals(widget: Widget) -> None:
    widget.key = widget.key.upper()
    assert widget.get().status_code == 200


@pytest.mark.parametrize("urid", ["0123456789", "short", "a\x00b", "é", "x" * 3000])
def test_an_unknown_gift_is_not_found(client: Client, db: None, urid: str) -> None:
    assert said(client.get(f"/widget/containers/{urid}")) == (404, "not_found")


def test_other_methods_are_refused(widget: Widget) -> None:
    assert said(widget.client.post(widget.url)) == (405, "method_not_allowed")
    assert said(widget.client.get(f"{widget.url}/note")) == (405, "method_not_allowed")


class TestWrongKeys:
    """Twenty a minute for one gift from one address."""

    @pytest.fixture(autouse=True)
    def _guessed(self, widget: Widget) -> None:
        for _ in range(20):
            assert widget.get(**{"X-Edit-Key": "wrong"}).status_code == 401

    def test_one_more_has_to_wait(self, widget: Widget) -> None:
        response = widget.get(**{"X-Edit-Key": "wrong"})
        assert said(response) == (429, "rate_limited")
        assert 1 <= int(response["Retry-After"]) <= 60

    def test_the_right_key_has_to_wait_too(self, widget: Widget) -> None:
        assert widget.get().status_code == 429

    def test_another_address_need_not_wait(self, widget: Widget) -> None:
        widget.client.defaults["REMOTE_ADDR"] = "203.0.113.7"
        assert widget.get().status_code == 200

    def test_another_gift_need_not_wait(
        self, widget: Widget, new_container: Callable[..., VideoContainer]
    ) -> None:
        assert Widget(new_container(), widget.client).get().status_code == 200


def test_a_cache_that_is_down_stops_nobody(widget: Widget, settings: Any) -> None:
    redis = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": redis, "LOCATION": "redis://127.0.0.1:1/0"}}
    assert widget.get().status_code == 200
    assert widget.get(**{"X-Edit-Key": "wrong"}).status_code == 401
