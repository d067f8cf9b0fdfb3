"""Videos and posters by signed link."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.core import signing
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage
from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import Client

from gifting.dto import Actor, ActorKind
from gifting.models import Recording, VideoContainer
from gifting.models.files import gift_storage
from gifting.services import containers, links, retention

pytestmark = pytest.mark.django_db

SHOP = Actor(ActorKind.SHOP)
FILM = bytes(number % 251 for number in range(700_000))  # Several blocks, and not a whole number of them.
POSTER = b"\xff\xd8\xff poster"
SIZE = len(FILM)


@pytest.fixture
def gift(
    new_container: Callable[..., VideoContainer], record: Callable[..., VideoContainer]
) -> VideoContainer:
    """A gift whose files exist."""
    gift = record(new_container())
    recording = gift.recording
    assert recording
    recording.video.name = gift_storage().save(f"gifts/{gift.urid}/video.mp4", ContentFile(FILM))
    recording.poster.name = gift_storage().save(f"gifts/{gift.urid}/poster.jpg", ContentFile(POSTER))
    recording.save()
    return gift


@pytest.fixture
def video(gift: VideoContainer) -> str:
    return media(gift).video


@pytest.fixture
def fetch(client: Client, video: str) -> Callable[..., Any]:
    """`fetch(range="bytes=0-")`: the video's answer to these headers."""

    def get(**headers: str) -> Any:
        return client.get(video, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return get


def media(gift: VideoContainer) -> links.MediaLinks:
    assert gift.recording
    return links.media_links(gift.recording)


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_the_whole_video_is_sent(fetch: Callable[..., Any]) -> None:
    response = fetch()
    assert response.status_code == 200
    assert body(response) == FILM
    assert response.headers["Content-Length"] == str(SIZE)


def test_the_poster_is_sent(client: Client, gift: VideoContainer) -> None:
    response = client.get(media(gift).poster)
    assert body(response) == POSTER
    assert response.headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Content-Type", "video/mp4"),
        ("Content-Disposition", "inline"),
        ("Accept-Ranges", "bytes"),
        ("Cache-Control", "private, max-age=3600"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Robots-Tag", "noindex"),
    ],
)
def test_what_is_said_about_the_video(fetch: Callable[..., Any], header: str, value: str) -> None:
    assert fetch().headers[header] == value


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-", slice(0, None)),
        ("bytes=0-1", slice(0, 2)),
        ("bytes=262100-600000", slice(262_100, 600_001)),
        ("bytes=699999-", slice(699_999, None)),
        ("bytes=5-9999999", slice(5, None)),
        ("bytes=-10", slice(-10, None)),
        ("bytes=-9999999", slice(0, None)),
    ],
)
def test_a_range_is_answered_with_that_part(fetch: Callable[..., Any], wanted: str, part: slice) -> None:
    response = fetch(range=wanted)
    start, end, _ = part.indices(SIZE)
    assert response.status_code == 206
    assert body(response) == FILM[part]
    assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert response.headers["Content-Length"] == str(end - start)


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", "bytes=9999999-99999999", "bytes=-0"])
def test_a_range_past_the_end_is_refused(fetch: Callable[..., Any], wanted: str) -> None:
    response = fetch(range=wanted)
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize("wanted", ["bytes=9-2", "nonsense", "bytes=0-1,4-5"])
def test_a_range_that_is_not_understood_gets_the_whole_video(fetch: Callable[..., Any], wanted: str) -> None:
    response = fetch(range=wanted)
    assert response.status_code == 200
    assert "Content-Range" not in response.headers
    assert body(response) == FILM


def test_a_range_of_the_same_version_is_sent(fetch: Callable[..., Any]) -> None:
    assert fetch(range="bytes=0-1", if_range=fetch().headers["ETag"]).status_code == 206


@pytest.mark.parametrize("version", ['"another"', "W/{etag}", "Fri, 20 Nov 2026 09:00:00 GMT"])
def test_a_range_of_another_version_gets_the_whole_video(fetch: Callable[..., Any], version: str) -> None:
    if_range = version.replace("{etag}", fetch().headers["ETag"])
    assert fetch(range="bytes=0-1", if_range=if_range).status_code == 200


def test_the_etag_is_strong_and_stays(fetch: Callable[..., Any]) -> None:
    etag = fetch().headers["ETag"]
    assert etag.startswith('"')
    assert fetch().headers["ETag"] == etag


def test_video_and_poster_have_different_etags(client: Client, gift: VideoContainer) -> None:
    etags = {client.get(path).headers["ETag"] for path in (media(gift).video, media(gift).poster)}
    assert len(etags) == 2


@pytest.mark.parametrize("known", ["{etag}", "W/{etag}", '"x", {etag}', "*"])
def test_a_known_version_is_not_sent_again(fetch: Callable[..., Any], known: str) -> None:
    etag = fetch().headers["ETag"]
    response = fetch(if_none_match=known.replace("{etag}", etag))
    assert response.status_code == 304
    assert response.headers["ETag"] == etag
    assert response.headers["Cache-Control"] == "private, max-age=3600"


def test_a_known_version_wins_over_a_range(fetch: Callable[..., Any]) -> None:
    response = fetch(if_none_match=fetch().headers["ETag"], range="bytes=0-1")
    assert response.status_code == 304


def test_head_says_the_same_without_the_bytes(client: Client, video: str) -> None:
    said = client.get(video).headers
    response = client.head(video)
    assert response.headers == said
    assert response.content == b""


def test_head_has_no_ranges(client: Client, video: str) -> None:
    response = client.head(video, headers={"range": "bytes=0-1"})
    assert response.status_code == 200
    assert response.headers["Content-Length"] == str(SIZE)


def test_saving_gives_the_file_a_name(client: Client, video: str) -> None:
    disposition = client.get(video + "?download").headers["Content-Disposition"]
    assert disposition == 'attachment; filename="Video message from Alice.mp4"'


def test_the_poster_is_saved_as_a_picture(client: Client, gift: VideoContainer) -> None:
    assert ".jpg" in client.get(media(gift).poster + "?download=1").headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("giver", "name"),
    [
        ("", 'filename="Video message.mp4"'),
        ('A/l\\i"c\ne', 'filename="Video message from Alic e.mp4"'),
        ("Zoë", "filename*=utf-8''Video%20message%20from%20Zo%C3%AB.mp4"),
        ("alice@example.com", 'filename="Video message.mp4"'),
    ],
)
def test_any_name_of_the_giver_makes_a_file_name(
    client: Client, gift: VideoContainer, video: str, giver: str, name: str
) -> None:
    gift.order.giver_name = giver
    gift.order.save()
    assert client.get(video + "?download").headers["Content-Disposition"] == f"attachment; {name}"


def test_one_query_opens_a_link(client: Client, video: str, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        client.get(video)


def friendly_404(client: Client, path: str) -> bool:
    response = client.get(path)
    return response.status_code == 404 and "This link has expired" in response.content.decode()


def test_a_link_expires(client: Client, video: str, settings) -> None:
    settings.GIFTING = {**settings.GIFTING, "MEDIA_URL_SECONDS": 0}
    assert friendly_404(client, video)


@pytest.mark.parametrize("token", ["1", "1:2:3", "abc", "%00", "1:1xUKW7:" + "a" * 43])
def test_a_forged_link_opens_nothing(client: Client, gift: VideoContainer, token: str) -> None:
    assert friendly_404(client, f"/media/{token}/video.mp4")


def test_the_link_of_one_video_does_not_open_another(
    client: Client, gift: VideoContainer, video: str
) -> None:
    pk = gift.recording_id
    assert friendly_404(client, video.replace(f"/{pk}:", f"/{pk + 1}:"))


def test_a_confirmation_link_opens_no_video(client: Client, gift: VideoContainer) -> None:
    token = signing.TimestampSigner(salt=links.CONFIRMATION_SALT).sign(str(gift.recording_id))
    assert friendly_404(client, f"/media/{token}/video.mp4")


@pytest.mark.parametrize("name", ["video.webm", "source", "poster.png", "video"])
def test_nothing_else_of_a_recording_can_be_had(client: Client, video: str, name: str) -> None:
    assert friendly_404(client, video.replace("video.mp4", name))


def test_a_cancelled_gift_is_switched_off_at_once(
    client: Client, gift: VideoContainer, video: str, now: datetime
) -> None:
    containers.cancel(container=gift, actor=SHOP, now=now)
    assert friendly_404(client, video)


def test_an_erased_gift_is_switched_off_at_once(
    client: Client, gift: VideoContainer, video: str, now: datetime
) -> None:
    staff = links.media_links(gift.recording, for_staff=True).video
    retention.erase_now(container=gift, actor=SHOP, now=now)
    assert friendly_404(client, video)
    assert friendly_404(client, staff)


@pytest.mark.parametrize("field", ["recalled_at", "hidden_at"])
def test_a_withdrawn_video_is_for_staff_only(
    client: Client, gift: VideoContainer, video: str, now: datetime, field: str
) -> None:
    VideoContainer.objects.filter(pk=gift.pk).update(**{field: now})
    assert friendly_404(client, video)
    assert friendly_404(client, media(gift).poster)
    assert client.get(links.media_links(gift.recording, for_staff=True).video).status_code == 200


@pytest.mark.parametrize("field", ["recalled_at", "hidden_at"])
def test_a_video_that_is_being_watched_is_withdrawn_within_seconds(
    client: Client, gift: VideoContainer, video: str, now: datetime, field: str
) -> None:
    leave(client.get(video))
    VideoContainer.objects.filter(pk=gift.pk).update(**{field: now})
    assert 0 < links.REMEMBERED_SECONDS <= 10
    cache.clear()  # which time does after so many seconds
    assert friendly_404(client, video)


def test_a_recording_that_is_not_ready_is_not_sent(client: Client, gift: VideoContainer, video: str) -> None:
    Recording.objects.update(state=Recording.State.QUEUED)
    assert friendly_404(client, video)


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_missing_file_is_a_404(client: Client, gift: VideoContainer, video: str, method: str) -> None:
    assert gift.recording
    gift_storage().delete(gift.recording.video.name)
    assert getattr(client, method)(video).status_code == 404


def test_only_reading_is_allowed(client: Client, video: str) -> None:
    assert client.post(video).status_code == 405


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The files that the storage opened."""
    files: list[Any] = []
    whole = FileSystemStorage.open

    def remember(*args: Any, **kwargs: Any) -> Any:
        files.append(whole(*args, **kwargs))
        return files[-1]

    monkeypatch.setattr(FileSystemStorage, "open", remember)
    return files


def leave(response: Any) -> None:
    """What a server does when the viewer is gone; the test keeps its database connection."""
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)


def test_a_viewer_who_leaves_holds_no_file_open(client: Client, video: str, opened: list[Any]) -> None:
    leave(client.get(video))
    assert [file.closed for file in opened] == [True]


def test_answers_without_a_body_hold_no_file_open(client: Client, video: str, opened: list[Any]) -> None:
    client.head(video)
    client.get(video, headers={"range": "bytes=9999999-"})
    assert [file.closed for file in opened] == [True, True]


def test_nginx_is_told_where_the_file_is(client: Client, gift: VideoContainer, video: str, settings) -> None:
    settings.GIFTING = {**settings.GIFTING, "MEDIA_DELIVERY": "accel", "MEDIA_ACCEL_PREFIX": "/inside/"}
    response = client.get(video + "?download", headers={"range": "bytes=0-1"})
    assert gift.recording
    assert response.headers["X-Accel-Redirect"] == f"/inside/{gift.recording.video.name}"
    assert response.headers["Content-Type"] == "video/mp4"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.status_code == 200


def test_nginx_gets_unusual_names_encoded(client: Client, gift: VideoContainer, video: str, settings) -> None:
    settings.GIFTING = {**settings.GIFTING, "MEDIA_DELIVERY": "accel"}
    Recording.objects.update(video="gifts/ü %/video.mp4")
    assert client.get(video).headers["X-Accel-Redirect"] == "/protected/gifts/%C3%BC%20%25/video.mp4"


@pytest.fixture
def elsewhere(settings, monkeypatch: pytest.MonkeyPatch) -> InMemoryStorage:
    """A storage that has addresses of its own, as an object store has."""
    settings.GIFTING = {**settings.GIFTING, "MEDIA_DELIVERY": "redirect"}
    storage = InMemoryStorage(base_url="https://bucket.example/")
    monkeypatch.setattr(Recording._meta.get_field("video"), "storage", storage)
    return storage


def test_a_storage_with_addresses_is_redirected_to(
    client: Client, elsewhere: InMemoryStorage, video: str
) -> None:
    response = client.get(video)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("https://bucket.example/gifts/")
    assert response.headers["Cache-Control"] == "private, no-store"


def test_saving_from_such_a_storage_still_gives_the_file_a_name(
    client: Client, elsewhere: InMemoryStorage, gift: VideoContainer, video: str
) -> None:
    assert gift.recording
    elsewhere.save(gift.recording.video.name, BytesIO(FILM))
    response = client.get(video + "?download")
    assert body(response) == FILM
    assert "Alice" in response.headers["Content-Disposition"]
