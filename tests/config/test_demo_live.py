"""The sample show: a channel with a livestream in each status, and a video that never ends."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from config.demo import live_shows, live_video
from config.demo.live_shows import ACTOR, LUNE, Live, ensure_channel, ensure_live
from livestream.models import Channel, LiveStream
from livestream.services import chapters, streams
from tests.config.conftest import BASE

Status = LiveStream.Status
NOON = datetime.fromtimestamp(1_800_000_000, UTC)


@pytest.fixture
def channel(db: None) -> Channel:
    return ensure_channel(slug=LUNE, base_url=BASE)


@pytest.fixture
def shown(channel: Channel) -> Live:
    return ensure_live(channel=channel, now=timezone.now())


def parts(now: datetime) -> list[str]:
    return [line for line in live_video.live_playlist(now).splitlines() if line.endswith(".ts")]


def head(now: datetime, name: str) -> int:
    lines = live_video.live_playlist(now).splitlines()
    return next(int(line.split(":")[1]) for line in lines if line.startswith(f"#EXT-X-{name}:"))


def test_there_is_a_show_in_each_status(shown: Live) -> None:
    assert sorted(shown.streams) == sorted(LiveStream.Status)


def test_a_second_run_changes_nothing(channel: Channel, shown: Live) -> None:
    assert ensure_live(channel=channel, now=timezone.now()) == shown


def test_a_show_that_somebody_ended_is_kept_and_another_is_made(channel: Channel, shown: Live) -> None:
    active = channel.streams.get(status=LiveStream.Status.ACTIVE)
    streams.end(stream=active, actor=ACTOR, now=timezone.now())
    assert ensure_live(channel=channel, now=timezone.now()).streams["active"] != shown.streams["active"]


def test_what_staff_wrote_about_a_product_stays(channel: Channel, shown: Live) -> None:
    channel.products.filter(ext_id="tea").update(name="Our best tea")
    ensure_live(channel=channel, now=timezone.now())
    assert channel.products.get(ext_id="tea").name == "Our best tea"


def test_the_replay_has_its_products_at_their_moments(channel: Channel, shown: Live) -> None:
    replay = channel.streams.get(status=LiveStream.Status.REPLAY)
    found = sorted({chapter.start_ms for chapter in chapters.chapters(replay)})
    assert found == [1_000, 7_000, 13_000]


def test_the_live_playlist_moves_on_by_one_part_every_two_seconds() -> None:
    assert parts(NOON + timedelta(seconds=2))[:-1] == parts(NOON)[1:]


def test_everybody_gets_the_same_playlist_at_the_same_moment() -> None:
    assert live_video.live_playlist(NOON) == live_video.live_playlist(NOON + timedelta(seconds=1))


@pytest.mark.parametrize("later", range(0, 40, 2))
def test_seams_that_left_the_playlist_are_counted(later: int) -> None:
    now = NOON + timedelta(seconds=later)
    left = head(now, "MEDIA-SEQUENCE")
    assert head(now, "DISCONTINUITY-SEQUENCE") == len(range(0, left, live_video.SEGMENTS))


def test_a_show_that_was_ended_is_seen_again_as_long_as_it_was(
    client: Client, channel: Channel, shown: Live
) -> None:
    active = channel.streams.get(status=LiveStream.Status.ACTIVE)
    ended = streams.end(stream=active, actor=ACTOR, now=active.started_at + timedelta(minutes=10))
    answer = client.get(ended.replay_url.removeprefix(BASE)).content.decode()
    assert answer.count(".ts") * live_video.SEGMENT_SECONDS == 600
    assert answer.endswith("#EXT-X-ENDLIST\n")


def test_a_show_that_did_not_begin_has_nothing_to_be_seen_again(client: Client, shown: Live) -> None:
    assert client.get(f"/shop/live/video/replay-{shown.streams['idle']}.m3u8").status_code == 404


def test_the_page_of_the_shop_embeds_the_show_on_air(client: Client, shown: Live) -> None:
    page = client.get("/shop/live/").content.decode()
    assert f'data-stream="{shown.streams["active"]}"' in page


def test_a_show_that_pauses_stays_on_the_page_of_the_shop(
    client: Client, channel: Channel, shown: Live
) -> None:
    active = channel.streams.get(status=Status.ACTIVE)
    streams.move(stream=active, to=Status.PAUSED, actor=ACTOR, now=timezone.now())
    assert f'data-stream="{active.public_id}"' in client.get("/shop/live/").content.decode()


def test_where_no_show_is_live_the_page_says_how_to_get_one(
    client: Client, channel: Channel, shown: Live
) -> None:
    streams.end(stream=channel.streams.get(status=Status.ACTIVE), actor=ACTOR, now=timezone.now())
    page = client.get("/shop/live/").content.decode()
    assert "manage.py demo --base-url http://testserver<" in page


def test_the_video_is_there(client: Client, shown: Live) -> None:
    answer = client.get(f"/shop/live/video/{parts(timezone.now())[0]}")
    assert b"".join(answer.streaming_content)[:1] == b"\x47"


@pytest.mark.parametrize("name", ["..", "part99.ts", "replay.mp4", "%2e%2e%2fdb.sqlite3", "draft"])
def test_nothing_else_is_served(client: Client, shown: Live, name: str) -> None:
    assert client.get(f"/shop/live/video/{name}").status_code == 404


def test_a_channel_in_another_place_is_moved(channel: Channel, shown: Live) -> None:
    moved = ensure_channel(slug=LUNE, base_url="http://127.0.0.1:9999")
    ensure_live(channel=moved, now=timezone.now())
    assert moved.streams.get(status=LiveStream.Status.ACTIVE).live_url.startswith("http://127.0.0.1:9999/")


def test_each_show_has_a_story() -> None:
    assert live_shows.SHOWS.keys() == set(LiveStream.Status)
