"""Pages of a playlist: newest first, each once, and which questions are refused."""

from datetime import datetime
from typing import Any

import pytest

from livestream.ids import LARGEST, Kind, encode
from livestream.models import Channel, LiveStream, Playlist
from tests.wire.live import NEW, OLD, Api, assert_error

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(channel: Channel, now: datetime) -> Playlist:
    """25 livestreams, and others that are in no playlist."""
    playlist = Playlist.objects.create(channel=channel, name="Many")
    rows = [
        LiveStream(
            channel=channel, event_name=f"Show {n}", scheduled_at=now, created_at=now, stream_key=str(n)
        )
        for n in range(50)
    ]
    for row in LiveStream.objects.bulk_create(rows)[::2]:
        playlist.entries.create(stream=row)
    return playlist


def ids(page: Any) -> list[str]:
    return [stream["id"] for stream in page["live_streams"]]


def all_ids(playlist: Playlist) -> list[str]:
    numbers = playlist.entries.order_by("-stream_id").values_list("stream_id", flat=True)
    return [encode(Kind.STREAM, number) for number in numbers]


@pytest.mark.parametrize("family", [OLD, NEW])
@pytest.mark.parametrize("size", [1, 7, 10, 24, 25, 100])
def test_following_the_pages_shows_each_livestream_once_newest_first(
    api: Api, many: Playlist, family: str, size: int
) -> None:
    found, page = [], api.playlist(many.public_id, f"?page_size={size}", family).json()
    found += ids(page)
    while page["paging"]:
        assert page["paging"]["next"].startswith(f"{family}/playlists/{many.public_id}/videos?before_id=")
        page = api.call("GET", page["paging"]["next"]).json()
        found += ids(page)
    assert found == all_ids(many)


def test_a_page_has_ten_livestreams_unless_asked_otherwise(api: Api, many: Playlist) -> None:
    assert ids(api.playlist(many.public_id).json()) == all_ids(many)[:10]


def test_the_last_page_has_no_next(api: Api, many: Playlist) -> None:
    page = api.playlist(many.public_id, "?page_size=25").json()
    assert (len(ids(page)), page["paging"]) == (25, {})


def test_an_empty_playlist_is_one_empty_page(api: Api, channel: Channel) -> None:
    empty = Playlist.objects.create(channel=channel, name="Empty")
    assert api.playlist(empty.public_id).json() == {"live_streams": [], "paging": {}}


def test_before_id_is_an_id_or_a_number(api: Api, many: Playlist) -> None:
    third = many.entries.order_by("-stream_id")[2].stream
    for before in (third.public_id, str(third.pk), f"00{third.pk}"):
        page = api.playlist(many.public_id, f"?before_id={before}&page_size=2").json()
        assert ids(page) == all_ids(many)[3:5]


def test_before_id_need_not_be_in_the_playlist(api: Api, many: Playlist) -> None:
    between = many.entries.order_by("-stream_id")[2].stream_id + 1
    page = api.playlist(many.public_id, f"?before_id={encode(Kind.STREAM, between)}&page_size=1").json()
    assert ids(page) == all_ids(many)[2:3]


@pytest.mark.parametrize("before", [LARGEST, LARGEST + 1, 9_999_999_999_999_999_999])
def test_before_a_very_large_number_is_everything(api: Api, many: Playlist, before: int) -> None:
    assert ids(api.playlist(many.public_id, f"?before_id={before}").json()) == all_ids(many)[:10]


def test_before_the_first_is_nothing(api: Api, many: Playlist) -> None:
    for before in ("0", "1"):
        page = api.playlist(many.public_id, f"?before_id={before}").json()
        assert page == {"live_streams": [], "paging": {}}


@pytest.mark.parametrize("size", ["0", "101", "-1", "ten", "", "1.5", "1e1", "٣", "9" * 5000, "%00", "10 "])
def test_a_wrong_page_size_is_refused(api: Api, many: Playlist, size: str) -> None:
    sentence = "page_size must be a whole number from 1 to 100"
    assert_error(api.playlist(many.public_id, f"?page_size={size}"), 400, sentence)


@pytest.mark.parametrize("before", ["", "x", "-1", "1.5", "٣", "9" * 20, "9" * 5000, "%00", "%ED%A0%80"])
def test_a_wrong_before_id_is_refused(api: Api, many: Playlist, before: str) -> None:
    sentence = "before_id must be the id of a livestream or a number"
    assert_error(api.playlist(many.public_id, f"?before_id={before}"), 400, sentence)


def test_the_id_of_another_thing_is_no_before_id(api: Api, many: Playlist) -> None:
    sentence = "before_id must be the id of a livestream or a number"
    product = encode(Kind.PRODUCT, 4711)
    assert_error(api.playlist(many.public_id, f"?before_id={product}"), 400, sentence)


def test_other_parameters_are_ignored(api: Api, many: Playlist) -> None:
    assert api.playlist(many.public_id, "?test_mode=false&since_id=x").status_code == 200


@pytest.mark.parametrize("size", [100, 5])
def test_pages_of_the_same_playlist_do_not_show_what_is_taken_out(
    api: Api, many: Playlist, size: int
) -> None:
    gone = many.entries.order_by("-stream_id")[0]
    gone.delete()
    assert gone.stream.public_id not in ids(api.playlist(many.public_id, f"?page_size={size}").json())
