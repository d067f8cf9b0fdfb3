"""What a media server recorded: which files are taken, what is found in them, what happens in trouble."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from livestream import tasks
from livestream.errors import IllegalMove
from livestream.models import Broadcast, Channel, LiveStream
from livestream.services import recordings, rehearsals, streams
from tests import samples
from tests.livestream import films
from tests.livestream.conftest import STAFF
from tests.livestream.encoders import Encoder

State = Broadcast.State
Status = LiveStream.Status


@pytest.fixture
def encoder(stream: LiveStream) -> Encoder:
    """On air."""
    encoder = Encoder(stream)
    encoder.publish()
    return encoder


@pytest.fixture
def record(encoder: Encoder, recorded: Path) -> Callable[[Path], Broadcast]:
    """The encoder stops, and the film is what it left."""

    def left(film: Path) -> Broadcast:
        encoder.record_done(films.put(film, recorded, encoder.stream))
        encoder.publish_done()
        return encoder.stream.broadcasts.get()

    return left


def work(broadcast: Broadcast, *, now: datetime | None = None) -> Broadcast:
    """What a worker does."""
    recordings.process(pk=broadcast.pk, now=now or timezone.now())
    broadcast.refresh_from_db()
    return broadcast


def test_a_recording_is_examined(record) -> None:
    found = work(record(films.flv(seconds=3)))
    assert found.state == State.READY
    assert abs(found.duration_ms - 3000) < 100


def test_it_may_come_before_or_after_the_end(encoder: Encoder, recorded: Path) -> None:
    encoder.publish_done()
    encoder.record_done(films.put(films.flv(), recorded, encoder.stream))
    assert encoder.stream.broadcasts.get().state == State.RECORDED


def test_it_is_believed_once(encoder: Encoder, recorded: Path) -> None:
    path = films.put(films.flv(), recorded, encoder.stream)
    encoder.record_done(path)
    work(encoder.stream.broadcasts.get())
    assert encoder.record_done(path) == 204
    assert encoder.stream.broadcasts.get().state == State.READY


def test_a_second_file_of_a_broadcast_is_not_used(encoder: Encoder, recorded: Path) -> None:
    first = films.put(films.flv(), recorded, encoder.stream)
    encoder.record_done(first)
    encoder.record_done(films.put(films.flv(), recorded, encoder.stream))
    assert encoder.stream.broadcasts.get().source == first


def test_each_encoder_leaves_its_own(encoder: Encoder, stream: LiveStream, recorded: Path) -> None:
    encoder.publish_done()
    second = Encoder(stream, 2)
    second.publish()
    late = films.put(films.flv(), recorded, stream)
    encoder.record_done(late)
    assert [one.source for one in stream.broadcasts.all()] == [late, ""]


def test_a_rehearsal_leaves_nothing(stream: LiveStream, recorded: Path, now) -> None:
    rehearsals.begin(stream=stream, actor=STAFF, now=now)
    encoder = Encoder(stream)
    encoder.publish()
    encoder.publish_done()
    assert encoder.record_done(films.put(films.flv(), recorded, stream)) == 204
    assert stream.broadcasts.get().state == State.OVER


class TestForeignFiles:
    def refused(self, encoder: Encoder, path: str) -> None:
        assert encoder.record_done(path) == 403
        found = encoder.stream.broadcasts.get()
        assert (found.state, found.source) == (State.FAILED, "")
        assert "RECORDINGS_DIR" in found.last_error

    @pytest.mark.parametrize("path", ["/etc/passwd", "", "relative.flv", "~/x.flv", "/" + "x" * 600])
    def test_what_lies_elsewhere_is_refused(self, encoder: Encoder, recorded: Path, path: str) -> None:
        self.refused(encoder, path)

    def test_a_path_that_no_disk_has_is_refused(self, encoder: Encoder, recorded: Path) -> None:
        assert encoder.record_done(f"{recorded}/{encoder.stream.public_id}-1\x00.flv") == 403
        assert encoder.stream.broadcasts.get().state == State.ON_AIR

    def test_dots_lead_nowhere(self, encoder: Encoder, recorded: Path) -> None:
        self.refused(encoder, f"{recorded}/{encoder.stream.public_id}-1/../../secret.flv")

    def test_links_lead_nowhere(self, encoder: Encoder, recorded: Path, tmp_path: Path) -> None:
        link = recorded / f"{encoder.stream.public_id}-1.flv"
        link.symlink_to(films.flv())
        self.refused(encoder, str(link))

    def test_another_shows_recording_is_refused(
        self, encoder: Encoder, recorded: Path, channel: Channel, now
    ) -> None:
        other = streams.create(channel=channel, event_name="Other", scheduled_at=now, actor=STAFF, now=now)
        self.refused(encoder, films.put(films.flv(), recorded, other))

    def test_a_link_made_later_leads_nowhere(self, encoder: Encoder, recorded: Path) -> None:
        path = Path(films.put(films.flv(), recorded, encoder.stream))
        encoder.record_done(str(path))
        path.unlink()
        path.symlink_to("/etc/passwd")
        found = work(encoder.stream.broadcasts.get())
        assert (found.state, found.duration_ms) == (State.FAILED, None)

    def test_arguments_of_the_address_name_no_file(
        self, encoder: Encoder, recorded: Path, channel: Channel, now
    ) -> None:
        path = films.put(films.flv(), recorded, encoder.stream)
        encoder.arguments = "&path=/etc/passwd"
        encoder.record_done(path)
        assert encoder.stream.broadcasts.get().source == path

    def test_a_good_file_is_taken_after_a_bad_one(self, encoder: Encoder, recorded: Path) -> None:
        encoder.record_done("/etc/passwd")
        encoder.record_done(films.put(films.flv(), recorded, encoder.stream))
        assert encoder.stream.broadcasts.get().state == State.RECORDED


def test_without_a_folder_staff_are_told_and_may_retry(encoder: Encoder, recorded: Path, settings) -> None:
    path = films.put(films.flv(), recorded, encoder.stream)
    own = settings.LIVESTREAM
    settings.LIVESTREAM = {**own, "RECORDINGS_DIR": ""}
    assert encoder.record_done(path) == 204
    found = work(encoder.stream.broadcasts.get())
    assert found.state == State.FAILED
    assert "RECORDINGS_DIR is not set" in found.last_error
    settings.LIVESTREAM = own
    recordings.retry(broadcast=found, actor=STAFF, now=timezone.now())
    assert work(found).state == State.READY


@pytest.mark.parametrize(
    ("film", "sentence"),
    [
        (samples.text, "no FLV or MP4"),
        (samples.empty, "no FLV or MP4"),
        (samples.hls_playlist, "no FLV or MP4"),
        (samples.concat_playlist, "no FLV or MP4"),
        (samples.webm, "no FLV or MP4"),
        (lambda: samples.audio_only(kind="m4a"), "no picture"),
        (samples.travelled, ""),
    ],
)
def test_what_is_no_film_is_told_at_once(record, film: Callable[[], Path], sentence: str) -> None:
    found = work(record(film()))
    assert found.state == (State.FAILED if sentence else State.READY)
    assert sentence in found.last_error


def test_a_recording_that_was_cut_off_counts_as_far_as_it_goes(record) -> None:
    found = work(record(samples.truncated(films.flv(seconds=4))))
    assert found.state == State.READY
    assert 1000 < found.duration_ms < 4000


def test_a_file_that_is_not_there_yet_is_tried_again(record, recorded: Path) -> None:
    broadcast = record(films.flv())
    away = Path(broadcast.source).rename(recorded / "away")
    found = work(broadcast)
    assert (found.state, found.attempts) == (State.RECORDED, 1)
    assert found.last_error.startswith("The recording is not there.")
    away.rename(found.source)
    assert work(found, now=found.due_at).state == State.READY


def test_after_five_tries_it_waits_for_staff(record) -> None:
    broadcast = record(films.flv())
    Path(broadcast.source).unlink()
    for _ in range(5):
        work(broadcast, now=broadcast.due_at + timedelta(seconds=1))
    assert (broadcast.state, broadcast.attempts) == (State.FAILED, 5)


def test_only_what_failed_is_tried_again(record) -> None:
    broadcast = work(record(films.flv()))
    with pytest.raises(IllegalMove):
        recordings.retry(broadcast=broadcast, actor=STAFF, now=timezone.now())


def test_a_recording_that_is_too_large_is_not_read(record, settings) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "MAX_RECORDING_BYTES": 1000}
    assert "MAX_RECORDING_BYTES" in work(record(films.flv())).last_error


def test_work_that_takes_too_long_is_given_up(record, settings) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "REPLAY_TIMEOUT_SECONDS": 0}
    found = work(record(films.flv()))
    assert found.state == State.RECORDED
    assert found.last_error == "It took more than 0 s. Raise REPLAY_TIMEOUT_SECONDS, then retry."


def test_a_worker_that_is_killed_loses_nothing(record) -> None:
    broadcast = record(films.flv())
    Broadcast.objects.update(state=State.PREPARING, attempts=1, due_at=timezone.now() + timedelta(hours=1))
    assert work(broadcast).state == State.PREPARING
    assert work(broadcast, now=timezone.now() + timedelta(hours=2)).state == State.READY


class TestLostRecordings:
    """The server was killed: it told neither of the end nor of the recording."""

    @pytest.fixture
    def over(self, encoder: Encoder) -> Broadcast:
        began = timezone.now() - timedelta(minutes=20)
        encoder.stream.broadcasts.update(
            started_at=began, ended_at=began + timedelta(minutes=10), state=State.OVER
        )
        return encoder.stream.broadcasts.get()

    def test_what_it_left_is_found_by_its_name(self, over: Broadcast, recorded: Path) -> None:
        path = films.put(films.flv(), recorded, over.stream, moment=over.started_at.timestamp())
        tasks.sweep()
        over.refresh_from_db()
        assert (over.state, over.source) == (State.RECORDED, path)

    def test_a_server_that_is_back_counts_its_connections_anew(
        self, over: Broadcast, encoder: Encoder, recorded: Path
    ) -> None:
        path = films.put(films.flv(), recorded, over.stream, moment=over.started_at.timestamp())
        encoder.publish()  # with the same number
        encoder.record_done(films.put(films.flv(), recorded, over.stream))
        recordings.adopt_lost(now=timezone.now())
        over.refresh_from_db()
        assert (over.state, over.source) == (State.RECORDED, path)

    def test_another_moments_recording_is_left_alone(self, over: Broadcast, recorded: Path) -> None:
        films.put(films.flv(), recorded, over.stream, moment=time.time())
        tasks.sweep()
        over.refresh_from_db()
        assert over.state == State.OVER

    def test_a_server_that_is_only_slow_is_waited_for(self, over: Broadcast, recorded: Path) -> None:
        Broadcast.objects.update(ended_at=timezone.now() - timedelta(minutes=4))
        films.put(films.flv(), recorded, over.stream, moment=over.started_at.timestamp())
        tasks.sweep()
        over.refresh_from_db()
        assert over.state == State.OVER


class TestLastPicture:
    def shown(self, stream: LiveStream, client: Client) -> Image.Image | None:
        facts = client.get(f"/live/{stream.public_id}/state").json()
        answer = client.get(facts["player"]["poster"]) if facts["player"]["poster"] else None
        return Image.open(BytesIO(b"".join(answer.streaming_content))) if answer else None

    def test_the_pause_shows_the_last_picture(self, record, stream: LiveStream, client: Client) -> None:
        work(record(films.flv(color="green")))
        picture = self.shown(stream, client)
        assert picture is not None
        red, green, blue = picture.convert("RGB").getpixel((160, 120))
        assert green > max(red, blue) + 50

    def test_viewers_hear_of_it(self, record, stream: LiveStream) -> None:
        broadcast = record(films.flv())
        version = LiveStream.objects.get(pk=stream.pk).version
        work(broadcast)
        assert LiveStream.objects.get(pk=stream.pk).version > version

    def test_the_next_pause_has_another(
        self, record, stream: LiveStream, recorded: Path, client: Client, django_capture_on_commit_callbacks
    ) -> None:
        work(record(films.flv(color="green")))
        second = Encoder(stream, 2)
        second.publish()
        second.record_done(films.put(films.flv(color="red"), recorded, stream))
        second.publish_done()
        with django_capture_on_commit_callbacks(execute=True):
            work(stream.broadcasts.last())
        picture = self.shown(stream, client)
        assert picture is not None
        assert picture.convert("RGB").getpixel((160, 120))[0] > 100
        assert films.kept(stream) == ["frame"]

    def test_a_show_that_went_on_meanwhile_needs_none(self, record, stream: LiveStream) -> None:
        broadcast = record(films.flv())
        Encoder(stream, 2).publish()
        work(broadcast)
        assert films.kept(stream) == []
