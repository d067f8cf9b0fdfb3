"""Sending: the note, and bodies of all kinds."""

from typing import Any
from urllib.parse import quote

import pytest
from pytest_django import Settings

from gifting.models import GiftPack, StickerPack
from tests.wire.app import App, assert_code, assert_done

pytestmark = pytest.mark.django_db


def note() -> str:
    return GiftPack.objects.get().note


@pytest.fixture(autouse=True)
def _pack(stuart: StickerPack) -> None:
    """There is something to send."""


def test_a_gift_needs_no_note(app: App) -> None:
    assert_done(app.send("Alice", "Bob"))
    assert note() == ""


def test_a_note_comes_in_the_query(app: App) -> None:
    assert_done(app.send("Alice", "Bob", query="?note=" + quote("Für dich 🎁 & mich")))
    assert note() == "Für dich 🎁 & mich"


def test_a_note_comes_in_the_body(app: App) -> None:
    assert_done(app.send("Alice", "Bob", body={"note": "Für dich 🎁", "more": 1}))
    assert note() == "Für dich 🎁"


def test_the_note_in_the_body_counts_where_there_are_two(app: App) -> None:
    app.send("Alice", "Bob", query="?note=query", body={"note": "body"})
    assert note() == "body"


@pytest.mark.parametrize("body", [b"", b"{}", b'{"note": null}', b'{"note": ""}', b" {} "])
def test_a_body_may_say_nothing(app: App, body: bytes) -> None:
    assert_done(app.send("Alice", "Bob", body=body))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("a\nb\r\nc\td", "a b c d"),
        ("a\x00b\x07c\x1b[31m\x7f\x9b", "abc[31m"),
        ("  a   b  ", "a b"),
        ("\n", ""),
        ("x" * 200, "x" * 200),
        ("🎁" * 200, "🎁" * 200),
        ("x" * 200 + "\n\x00 ", "x" * 200),
    ],
)
def test_a_note_is_one_line_without_control_characters(app: App, said: str, kept: str) -> None:
    assert_done(app.send("Alice", "Bob", body={"note": said}))
    assert note() == kept


@pytest.mark.parametrize("said", ["x" * 201, "🎁" * 201, "x" * 60_000])
def test_a_note_has_at_most_two_hundred_characters(app: App, said: str) -> None:
    assert_code(app.send("Alice", "Bob", body={"note": said}), 400, "2000")
    assert_code(app.send("Alice", "Bob", query=f"?note={quote(said)}"), 400, "2000")
    assert not GiftPack.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b"1",
        b"\xff",
        b'{"note": 1}',
        b'{"note": []}',
        b'{"note": "\\ud800"}',
        b'{"note": "a", "note": "b"}',
        b'{"note": NaN}',
        b"[" * 60_000,
        b'{"note": "' + b"x" * 70_000 + b'"}',
    ],
)
def test_a_body_that_is_no_note_is_an_invalid_parameter(app: App, body: bytes) -> None:
    assert_code(app.send("Alice", "Bob", body=body), 400, "2000")
    assert not GiftPack.objects.exists()


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_body_that_is_no_json_is_not_read(app: App, content_type: str) -> None:
    response = app.call("POST", "/v1/gift/118/Alice/Bob?note=mine", b"note=yours", content_type)
    assert response.status_code == (200 if content_type else 400)


def test_a_gift_expires_after_the_days_of_the_setting(app: App, settings: Settings) -> None:
    settings.GIFTING = {"GIFT_PACK_EXPIRES_DAYS": 30}
    app.send("Alice", "Bob")
    gift = GiftPack.objects.get()
    assert gift.expires_at
    assert (gift.expires_at - gift.sent_at).days == 30


def test_a_gift_does_not_expire_without_the_setting(app: App) -> None:
    app.send("Alice", "Bob")
    assert GiftPack.objects.get().expires_at is None


def test_whose_time_was_up_makes_room_before_it_is_swept(app: App, settings: Settings, now: Any) -> None:
    settings.GIFTING = {"GIFT_PACK_EXPIRES_DAYS": 30}
    app.send("Alice", "Bob")
    GiftPack.objects.update(expires_at=now)
    assert_done(app.send("Carol", "Bob"))
    assert list(GiftPack.objects.order_by("pk").values_list("sender", "state")) == [
        ("Alice", "expired"),
        ("Carol", "sent"),
    ]


def test_the_body_of_a_confirmation_is_not_read(app: App) -> None:
    app.send("Alice", "Bob")
    assert_done(app.call("PUT", "/v1/gift/118/Alice/Bob", b"{"))
