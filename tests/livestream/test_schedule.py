"""What the clock does to livestreams."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from livestream import tasks
from livestream.models import LiveStream
from livestream.services import rehearsals, schedule, streams
from tests.livestream.conftest import STAFF
from tests.livestream.encoders import Encoder

Status = LiveStream.Status


def status(stream: LiveStream) -> str:
    stream.refresh_from_db()
    return stream.status


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


class TestExpiry:
    def test_a_show_that_never_began_expires_after_the_grace_time(self, stream: LiveStream) -> None:
        schedule.expire_idle(now=stream.scheduled_at + minutes(179))
        assert status(stream) == Status.IDLE
        schedule.expire_idle(now=stream.scheduled_at + minutes(180))
        assert status(stream) == Status.EXPIRED

    def test_what_began_does_not(self, live: LiveStream) -> None:
        schedule.expire_idle(now=live.scheduled_at + minutes(500))
        assert status(live) == Status.ACTIVE

    def test_what_is_being_rehearsed_waits(self, stream: LiveStream, now) -> None:
        rehearsals.begin(stream=stream, actor=STAFF, now=now)
        Encoder(stream).publish()
        schedule.expire_idle(now=stream.scheduled_at + minutes(500))
        assert status(stream) == Status.IDLE

    def test_the_journal_names_the_clock(self, stream: LiveStream) -> None:
        schedule.expire_idle(now=stream.scheduled_at + minutes(180))
        entry = stream.journal.last()
        assert entry is not None
        assert (entry.event, entry.actor) == ("expired", "system")


class TestReplayWindow:
    @pytest.fixture
    def replay(self, live: LiveStream, now: datetime) -> LiveStream:
        return streams.end(stream=live, actor=STAFF, now=now)

    def test_the_replay_completes_when_its_days_are_over(self, replay: LiveStream, now) -> None:
        schedule.complete_replays(now=now + timedelta(days=30, seconds=-1))
        assert status(replay) == Status.REPLAY
        schedule.complete_replays(now=now + timedelta(days=30))
        assert status(replay) == Status.COMPLETED

    def test_a_replay_without_an_end_has_none(self, live: LiveStream, now) -> None:
        live.channel.replay_days = 0
        live.channel.save()
        replay = streams.end(stream=live, actor=STAFF, now=now)
        schedule.complete_replays(now=now + timedelta(days=9999))
        assert status(replay) == Status.REPLAY


class TestPauses:
    @pytest.fixture
    def paused(self, live: LiveStream, now: datetime) -> LiveStream:
        return streams.move(stream=live, to=Status.PAUSED, actor=STAFF, now=now)

    def test_a_pause_never_ends_a_show_by_itself(self, paused: LiveStream, now) -> None:
        schedule.end_long_pauses(now=now + timedelta(days=30))
        assert status(paused) == Status.PAUSED

    def test_a_setting_may_end_it(self, paused: LiveStream, settings, now) -> None:
        settings.LIVESTREAM = {**settings.LIVESTREAM, "PAUSE_ENDS_AFTER_MINUTES": 15}
        schedule.end_long_pauses(now=now + minutes(14.9))
        assert status(paused) == Status.PAUSED
        schedule.end_long_pauses(now=now + minutes(15))
        assert status(paused) == Status.REPLAY

    def test_a_show_that_went_on_is_not_ended(self, paused: LiveStream, settings, now) -> None:
        settings.LIVESTREAM = {**settings.LIVESTREAM, "PAUSE_ENDS_AFTER_MINUTES": 15}
        streams.move(stream=paused, to=Status.ACTIVE, actor=STAFF, now=now + minutes(1))
        schedule.end_long_pauses(now=now + minutes(60))
        assert status(paused) == Status.ACTIVE


@pytest.mark.parametrize(
    ("before", "moment"),
    [("idle", "scheduled_at"), ("paused", "paused_at"), ("replay", "replay_until")],
)
def test_hosted_shows_follow_their_account(stream: LiveStream, settings, before: str, moment: str) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "PAUSE_ENDS_AFTER_MINUTES": 15}
    long_ago = timezone.now() - timedelta(days=9)
    LiveStream.objects.filter(pk=stream.pk).update(remote_id="abc", status=before, **{moment: long_ago})
    tasks.sweep()
    assert status(stream) == before


def test_the_sweep_does_it_all(new_stream: Callable[..., LiveStream], settings) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "PAUSE_ENDS_AFTER_MINUTES": 15}
    long_ago = timezone.now() - timedelta(days=9)
    found = [
        new_stream(status="idle", scheduled_at=long_ago),
        new_stream(status="paused", paused_at=long_ago),
        new_stream(status="replay", replay_until=long_ago),
    ]
    tasks.sweep()
    assert [status(one) for one in found] == ["expired", "replay", "completed"]


@pytest.fixture
def new_stream(stream: LiveStream) -> Callable[..., LiveStream]:
    """Another livestream of the channel, whatever it went through."""

    def make(**fields: Any) -> LiveStream:
        facts = {"event_name": "Other", "scheduled_at": stream.scheduled_at, **fields}
        return LiveStream.objects.create(channel=stream.channel, created_at=stream.created_at, **facts)

    return make


def test_what_is_not_due_costs_three_questions(
    new_stream: Callable[..., LiveStream], settings, django_assert_num_queries, now
) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "PAUSE_ENDS_AFTER_MINUTES": 15}
    for _ in range(5):
        new_stream()
    with django_assert_num_queries(3):
        schedule.expire_idle(now=now)
        schedule.end_long_pauses(now=now)
        schedule.complete_replays(now=now)
