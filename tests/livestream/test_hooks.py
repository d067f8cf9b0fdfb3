"""What nginx-rtmp tells of an encoder, and what becomes of the show."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from livestream.bus.base import Message
from livestream.bus.memory import MemoryBus
from livestream.errors import BusUnavailable
from livestream.models import Broadcast, Channel, JournalEntry, LiveStream
from livestream.services import ingest, rehearsals, streams
from tests.livestream.conftest import STAFF
from tests.livestream.encoders import Encoder, told

Status = LiveStream.Status


@pytest.fixture
def encoder(stream: LiveStream) -> Encoder:
    return Encoder(stream)


@pytest.fixture
def broken_database() -> AbstractContextManager[None]:
    """In its block no statement reaches the database."""

    def fail(*statement: object) -> None:
        raise OperationalError("The server closed the connection.")

    return connection.execute_wrapper(fail)


def status(stream: LiveStream) -> str:
    stream.refresh_from_db()
    return stream.status


def events(stream: LiveStream) -> list[str]:
    return list(stream.journal.values_list("event", flat=True))[1:]


def test_sending_makes_the_show_active(encoder: Encoder, stream: LiveStream) -> None:
    assert encoder.publish() == 204
    assert status(stream) == Status.ACTIVE
    assert stream.is_on_air


def test_a_drop_is_a_pause(encoder: Encoder, stream: LiveStream) -> None:
    encoder.publish()
    assert encoder.publish_done() == 204
    assert status(stream) == Status.PAUSED
    assert not stream.is_on_air


def test_sending_again_goes_on(encoder: Encoder, stream: LiveStream) -> None:
    encoder.publish()
    encoder.publish_done()
    Encoder(stream, 2).publish()
    assert status(stream) == Status.ACTIVE
    assert stream.broadcasts.count() == 2


def test_the_journal_tells_it_all(encoder: Encoder, stream: LiveStream) -> None:
    encoder.publish()
    encoder.publish_done()
    Encoder(stream, 2).publish()
    assert events(stream) == ["on_air", "started", "off_air", "paused", "on_air", "resumed"]


@pytest.mark.parametrize("key", ["wrong", " ", "%00", "ключ"])
@pytest.mark.parametrize("event", ["publish", "update", "publish_done", "record_done"])
def test_a_wrong_key_does_nothing(live: LiveStream, encoder: Encoder, key: str, event: str) -> None:
    encoder.publish()
    encoder.key = key
    answer = encoder.tell(event)
    assert (answer.status_code, answer.content) == (403, b"")
    assert status(live) == Status.ACTIVE


def test_the_key_of_another_show_does_nothing(stream: LiveStream, channel: Channel, now) -> None:
    other = streams.create(channel=channel, event_name="Other", scheduled_at=now, actor=STAFF, now=now)
    assert Encoder(stream, key=other.stream_key).publish() == 403


def test_no_key_does_nothing(stream: LiveStream) -> None:
    assert told("publish", {"name": stream.public_id}).status_code == 403


@pytest.mark.parametrize("name", ["", "nothing", "W8DHRk", "%2e%2e", "\x00", "x" * 5000])
def test_what_is_nobodys_name_is_refused_like_a_wrong_key(db: None, name: str) -> None:
    answer = told("publish", {"name": name, "key": "x"})
    assert (answer.status_code, answer.content) == (403, b"")


def test_the_key_is_no_name(stream: LiveStream) -> None:
    facts = {"name": stream.stream_key, "key": stream.stream_key}
    assert told("publish", facts).status_code == 403


def test_other_events_and_methods_are_not_there(db: None) -> None:
    assert told("play", {}).status_code == 404
    assert Client().get("/live/hooks/rtmp/publish").status_code == 405


def test_a_body_without_end_is_refused(stream: LiveStream) -> None:
    assert Encoder(stream, arguments="&x=" + "y" * 100_000).publish() == 403


def test_a_thousand_arguments_are_refused(stream: LiveStream) -> None:
    assert Encoder(stream, arguments="&x=" * 2000).publish() == 403


def test_arguments_of_the_address_do_not_replace_the_servers_words(
    stream: LiveStream, channel: Channel, now
) -> None:
    other = streams.create(channel=channel, event_name="Other", scheduled_at=now, actor=STAFF, now=now)
    Encoder(stream, arguments=f"&name={other.public_id}&clientid=9").publish()
    assert stream.broadcasts.get().client == "1"


@pytest.mark.parametrize("over", [Status.REPLAY, Status.COMPLETED, Status.EXPIRED])
def test_what_is_over_takes_no_encoder(encoder: Encoder, stream: LiveStream, over: str) -> None:
    LiveStream.objects.filter(pk=stream.pk).update(status=over)
    assert encoder.publish() == 403
    assert not Broadcast.objects.exists()


def test_the_end_sends_the_encoder_away(encoder: Encoder, stream: LiveStream, now) -> None:
    encoder.publish()
    assert encoder.update() == 204
    streams.end(stream=stream, actor=STAFF, now=now)
    assert encoder.update() == 403
    encoder.publish_done()
    assert status(stream) == Status.REPLAY
    assert not stream.is_on_air


def test_a_hosted_show_takes_no_encoder(encoder: Encoder, stream: LiveStream) -> None:
    LiveStream.objects.filter(pk=stream.pk).update(remote_id="abc")
    assert encoder.publish() == 403


def test_of_two_encoders_the_second_is_refused(encoder: Encoder, stream: LiveStream) -> None:
    encoder.publish()
    assert Encoder(stream, 2).publish() == 403
    assert encoder.update() == 204


def test_the_refused_encoders_end_pauses_nothing(encoder: Encoder, stream: LiveStream) -> None:
    encoder.publish()
    second = Encoder(stream, 2)
    second.publish()
    second.publish_done()
    assert status(stream) == Status.ACTIVE


def test_telling_twice_changes_nothing(encoder: Encoder, stream: LiveStream) -> None:
    encoder.publish()
    encoder.publish_done()
    version = LiveStream.objects.get(pk=stream.pk).version
    assert encoder.publish_done() == 204
    assert LiveStream.objects.get(pk=stream.pk).version == version


def test_a_server_that_restarted_counts_from_one_again(encoder: Encoder, stream: LiveStream) -> None:
    encoder.publish()
    assert Encoder(stream, 1).publish() == 204
    assert [one.ended_at is None for one in stream.broadcasts.all()] == [False, True]
    assert status(stream) == Status.ACTIVE


def test_the_next_encoder_takes_over_from_one_that_fell_silent(encoder: Encoder, stream: LiveStream) -> None:
    encoder.publish()
    stream.broadcasts.update(heard_at=timezone.now() - timedelta(seconds=61))
    assert Encoder(stream, 2).publish() == 204
    encoder.publish_done()
    assert status(stream) == Status.ACTIVE


def test_an_encoder_that_is_never_heard_of_is_replaced_after_a_while(
    encoder: Encoder, stream: LiveStream
) -> None:
    encoder.publish()
    stream.broadcasts.update(started_at=timezone.now() - timedelta(seconds=61))
    assert Encoder(stream, 2).publish() == 204


def test_silence_is_a_pause(encoder: Encoder, stream: LiveStream) -> None:
    encoder.publish()
    encoder.update()
    ingest.stop_silent(now=timezone.now() + timedelta(seconds=59))
    assert status(stream) == Status.ACTIVE
    ingest.stop_silent(now=timezone.now() + timedelta(seconds=61))
    assert status(stream) == Status.PAUSED


def test_a_server_that_never_tells_of_its_encoders_is_not_silent(
    encoder: Encoder, stream: LiveStream
) -> None:
    encoder.publish()
    ingest.stop_silent(now=timezone.now() + timedelta(hours=2))
    assert status(stream) == Status.ACTIVE


def test_an_encoder_that_was_taken_for_gone_goes_on_in_its_broadcast(
    encoder: Encoder, stream: LiveStream
) -> None:
    encoder.publish()
    encoder.update()
    ingest.stop_silent(now=timezone.now() + timedelta(seconds=61))
    assert encoder.update() == 204
    assert status(stream) == Status.ACTIVE
    assert stream.broadcasts.get().ended_at is None


def test_an_encoder_we_never_heard_of_is_on_air_at_its_first_update(
    encoder: Encoder, stream: LiveStream
) -> None:
    assert encoder.update() == 204
    assert status(stream) == Status.ACTIVE


def test_updates_of_players_mean_nothing(stream: LiveStream) -> None:
    facts = {"name": stream.public_id, "call": "update_play"}
    assert told("update", facts).status_code == 204
    assert status(stream) == Status.IDLE


def test_a_new_key_sends_whoever_has_the_old_one_away(encoder: Encoder, stream: LiveStream, now) -> None:
    encoder.key = stream.stream_key
    encoder.publish()
    ingest.renew_key(stream=stream, actor=STAFF, now=now)
    stream.refresh_from_db()
    assert encoder.key != stream.stream_key
    assert encoder.update() == 403
    assert encoder.publish_done() == 204
    assert status(stream) == Status.PAUSED
    assert encoder.publish() == 403
    assert Encoder(stream, 2).publish() == 204


def test_a_new_key_is_in_the_journal_without_its_letters(stream: LiveStream, now) -> None:
    entry = ingest.renew_key(stream=stream, actor=STAFF, now=now).journal.last()
    assert entry is not None
    assert (entry.event, entry.actor, entry.detail) == ("key_renewed", "staff:maria", {})


class TestRehearsal:
    @pytest.fixture
    def rehearsed(self, stream: LiveStream, now) -> LiveStream:
        return rehearsals.begin(stream=stream, actor=STAFF, now=now)

    def test_the_public_sees_nothing(self, rehearsed: LiveStream, encoder: Encoder) -> None:
        assert encoder.publish() == 204
        assert status(rehearsed) == Status.IDLE
        assert rehearsed.is_on_air
        assert rehearsed.broadcasts.get().is_rehearsal

    def test_a_drop_leaves_the_show_idle(self, rehearsed: LiveStream, encoder: Encoder) -> None:
        encoder.publish()
        encoder.publish_done()
        assert status(rehearsed) == Status.IDLE
        assert not rehearsed.is_on_air

    def test_an_encoder_that_goes_on_after_the_rehearsal_is_not_shown(
        self, rehearsed: LiveStream, encoder: Encoder, now
    ) -> None:
        encoder.publish()
        rehearsals.finish(stream=rehearsed, actor=STAFF, now=now)
        assert encoder.update() == 204
        assert status(rehearsed) == Status.IDLE

    def test_a_show_that_begins_in_the_middle_has_a_broadcast_of_its_own(
        self, rehearsed: LiveStream, encoder: Encoder
    ) -> None:
        encoder.publish()
        rehearsed.broadcasts.update(started_at=timezone.now() - timedelta(seconds=100))
        streams.move(stream=rehearsed, to=Status.ACTIVE, actor=STAFF, now=timezone.now())
        encoder.update()
        rehearsal, show = rehearsed.broadcasts.all()
        assert (rehearsal.is_rehearsal, rehearsal.ended_at) == (True, show.started_at)
        assert not show.is_rehearsal
        assert 100_000 <= show.skip_ms < 110_000

    def test_also_where_the_encoder_stops_before_it_is_heard_of(
        self, rehearsed: LiveStream, encoder: Encoder, now
    ) -> None:
        encoder.publish()
        streams.move(stream=rehearsed, to=Status.ACTIVE, actor=STAFF, now=timezone.now())
        encoder.publish_done()
        assert status(rehearsed) == Status.PAUSED
        assert [one.is_rehearsal for one in rehearsed.broadcasts.all()] == [True, False]


class BrokenBus(MemoryBus):
    """Carries nothing."""

    def publish(self, messages: Sequence[Message]) -> None:
        raise BusUnavailable


@pytest.mark.django_db(transaction=True)
def test_a_broken_bus_keeps_nobody_off_the_air(encoder: Encoder, stream: LiveStream, settings) -> None:
    bus = {"BACKEND": f"{__name__}.BrokenBus"}
    settings.LIVESTREAM = {**settings.LIVESTREAM, "BUS": bus}
    assert encoder.publish() == 204
    assert status(stream) == Status.ACTIVE


def test_a_fault_of_ours_lets_nobody_on_air(encoder: Encoder, broken_database) -> None:
    with broken_database:
        assert encoder.publish() == 503


def test_a_fault_of_ours_sends_nobody_away(encoder: Encoder, broken_database) -> None:
    encoder.publish()
    with broken_database:
        assert encoder.update() == 204


def test_the_key_is_in_no_journal(encoder: Encoder, stream: LiveStream) -> None:
    encoder.publish()
    encoder.publish_done()
    written = " ".join(f"{entry.actor} {entry.detail}" for entry in JournalEntry.objects.all())
    assert stream.stream_key not in written
    assert stream.stream_key not in str(list(Broadcast.objects.values()))
