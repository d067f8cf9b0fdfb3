"""What a host's own settings must not break."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.test import Client, RequestFactory

from gifting.api.chunk import Chunk
from gifting.models import Brand, VideoContainer
from gifting.services import links

LOGIN = "django.contrib.auth.middleware.LoginRequiredMiddleware"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/widget/assets/widget.latest.js", 200),
        ("GET", "/widget/containers/{urid}", 401),
        ("OPTIONS", "/widget/uploads", 204),
        ("HEAD", "/widget/uploads/unknown", 404),
        ("GET", "/v3/containers/unknown", 401),
        ("GET", "/v1/gift/send/9937", 401),
        ("GET", "/packs/1/none.png", 404),
    ],
)
def test_machines_need_no_login_in_a_host_that_asks_people_for_one(
    client: Client, container: VideoContainer, settings: Any, method: str, path: str, status: int
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, LOGIN]
    headers = {"Tus-Resumable": "1.0.0"}
    assert client.generic(method, path.format(urid=container.urid), headers=headers).status_code == status


def test_a_storage_that_asks_whether_it_can_seek_takes_a_chunk() -> None:
    """The storage for S3 does, before it reads."""
    chunk = Chunk(RequestFactory().patch("/", b"abc"), limit=3, checksum=None)
    file = File(chunk)  # type: ignore[arg-type]
    assert (file.seekable(), file.read()) == (False, b"abc")


@pytest.mark.parametrize(
    "sender", ["Lune, Paris <gifts@lune.example>", "Maison Lune", "a@x.example, b@x.example"]
)
def test_a_sender_that_no_mail_server_takes_is_refused(brand: Brand, sender: str) -> None:
    brand.mail_sender = sender
    with pytest.raises(ValidationError):
        brand.full_clean()


@pytest.mark.parametrize(
    "sender", ["gifts@lune.example", "Lune <gifts@lune.example>", '"Lune, Paris" <a@lune.example>']
)
def test_a_sender_with_or_without_a_name_is_taken(brand: Brand, sender: str) -> None:
    brand.mail_sender = sender
    brand.full_clean()
    assert brand.mail_sender == sender


def test_the_link_of_a_poster_does_not_open_the_video(
    client: Client, container: VideoContainer, record: Any
) -> None:
    recording = record(container).recording
    recording.video.save("video.mp4", ContentFile(b"film"))
    found = links.media_links(recording)
    borrowed = found.poster.replace("poster.jpg", "video.mp4")
    assert [client.get(path).status_code for path in (found.video, borrowed)] == [200, 404]
