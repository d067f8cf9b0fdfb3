"""Once the show is over its recordings are one video, with the products at their moments."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from livestream import tasks
from livestream.errors import IllegalMove
from livestream.models import Broadcast, JournalEntry, LiveStream, Product, Replay
from livestream.models.files import live_storage
from livestream.services import pins, recordings, replays, streams
from livestream.services.chapters import chapters
from tests.livestream import films
from tests.livestream.conftest import STAFF
from tests.livestream.encoders import Encoder

State = Replay.State
Part = Broadcast.State


@pytest.fixture
def part(stream: LiveStream, recorded: Path) -> Callable[..., Broadcast]:
    """The encoder sent this film, and its recording was examined."""

    def send(film: Path, *, is_examined: bool = True) -> Broadcast:
        encoder = Encoder(stream, stream.broadcasts.count() + 1)
        assert encoder.publish() == 204
        encoder.record_done(films.put(film, recorded, stream))
        encoder.publish_done()
        made = stream.broadcasts.last()
        if is_examined:
            recordings.process(pk=made.pk, now=timezone.now())
        return made

    return send


def end(stream: LiveStream) -> None:
    """Staff end the show, and the worker hears of it."""
    streams.end(stream=stream, actor=STAFF, now=timezone.now())
    tasks.begin_replay(stream.pk)


def work(stream: LiveStream, *, now: datetime | None = None) -> LiveStream:
    """What the replay's worker does."""
    replays.prepare(pk=stream.pk, now=now or timezone.now())
    stream.refresh_from_db()
    return stream


def video(stream: LiveStream) -> Path:
    return Path(live_storage().path(stream.replay_file.name))


def test_one_recording_is_the_replay(part, stream: LiveStream) -> None:
    part(films.flv(seconds=3))
    end(stream)
    assert abs(films.length(video(work(stream))) - 3) < 0.1


def test_parts_are_joined_in_their_order(part, stream: LiveStream) -> None:
    for color in ("red", "green", "blue"):
        part(films.flv(color=color))
    end(stream)
    assert films.colors(video(work(stream))) == "rrggbb"


def test_each_part_knows_its_place(part, stream: LiveStream) -> None:
    part(films.flv(seconds=2))
    part(films.flv(seconds=3))
    end(stream)
    work(stream)
    first, second = stream.broadcasts.all()
    assert first.replay_start_ms == 0
    assert second.replay_start_ms == first.duration_ms
    assert abs(first.duration_ms - 2000) < 100


def test_it_plays_from_its_first_bytes(part, stream: LiveStream) -> None:
    part(films.flv())
    end(stream)
    content = video(work(stream)).read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_viewers_get_it_without_loading_the_page_anew(part, stream: LiveStream, client: Client) -> None:
    part(films.flv())
    end(stream)
    before = client.get(f"/live/{stream.public_id}/state").json()
    assert before["player"] == {**before["player"], "mode": "replay", "src": ""}
    work(stream)
    after = client.get(f"/live/{stream.public_id}/state").json()
    assert after["version"] > before["version"]
    assert client.get(after["player"]["src"]).status_code == 200


def test_a_pin_is_where_its_moment_is(part, stream: LiveStream, products: list[Product]) -> None:
    first = part(films.flv(seconds=2))
    second = part(films.flv(seconds=3))
    began = second.started_at
    streams.move(stream=stream, to=LiveStream.Status.ACTIVE, actor=STAFF, now=began)
    pins.pin(stream=stream, ids=[products[0].public_id], actor=STAFF, now=began + timedelta(seconds=1))
    end(stream)
    work(stream)
    first.refresh_from_db()
    [chapter] = chapters(stream)
    assert chapter.start_ms == first.duration_ms + 1000


def test_what_was_rehearsed_in_the_same_recording_is_cut_off(stream: LiveStream, recorded: Path) -> None:
    encoder = Encoder(stream)
    encoder.publish()
    stream.broadcasts.update(skip_ms=2000)
    encoder.record_done(films.put(films.flv(seconds=5), recorded, stream))
    encoder.publish_done()
    recordings.process(pk=stream.broadcasts.get().pk, now=timezone.now())
    end(stream)
    assert abs(films.length(video(work(stream))) - 3) < 0.1


class TestWaiting:
    def test_a_recording_that_is_still_examined_is_waited_for(self, part, stream: LiveStream) -> None:
        part(films.flv())
        late = part(films.flv(), is_examined=False)
        end(stream)
        assert not work(stream).replay_file
        recordings.process(pk=late.pk, now=timezone.now())
        assert abs(films.length(video(work(stream))) - 4) < 0.2

    def test_an_encoder_that_still_sends_is_waited_for(self, part, stream: LiveStream) -> None:
        part(films.flv())
        Encoder(stream, 2).publish()
        end(stream)
        assert not work(stream).replay_file

    def test_a_recording_that_never_comes_is_not_waited_for_long(self, part, stream: LiveStream) -> None:
        part(films.flv())
        encoder = Encoder(stream, 2)
        encoder.publish()
        encoder.publish_done()
        end(stream)
        assert not work(stream).replay_file
        assert work(stream, now=timezone.now() + timedelta(minutes=6)).replay_file

    def test_a_recording_that_failed_is_not_waited_for(self, part, stream: LiveStream) -> None:
        part(films.flv())
        broken = part(films.flv(), is_examined=False)
        Path(broken.source).unlink()
        recordings.process(pk=broken.pk, now=timezone.now())
        end(stream)
        assert work(stream).replay_file

    def test_what_is_late_comes_into_the_replay_afterwards(
        self, part, stream: LiveStream, django_capture_on_commit_callbacks
    ) -> None:
        missing = part(films.flv(color="red"), is_examined=False)
        part(films.flv(color="blue"))
        shutil.move(missing.source, f"{missing.source}.away")
        recordings.process(pk=missing.pk, now=timezone.now())
        end(stream)
        assert films.colors(video(work(stream))) == "bb"
        shutil.move(f"{missing.source}.away", missing.source)
        missing.refresh_from_db()
        recordings.process(pk=missing.pk, now=missing.due_at)
        with django_capture_on_commit_callbacks(execute=True):
            assert films.colors(video(work(stream, now=missing.due_at))) == "rrbb"
        assert films.kept(stream).count("replay") == 1

    def test_a_lost_task_waits_for_the_sweep(self, part, stream: LiveStream) -> None:
        part(films.flv())
        streams.end(stream=stream, actor=STAFF, now=timezone.now())
        tasks.sweep()
        assert work(stream).replay_file

    def test_a_show_that_goes_on_has_no_replay(self, part, stream: LiveStream) -> None:
        part(films.flv())
        tasks.begin_replay(stream.pk)
        assert not Replay.objects.exists()

    def test_a_show_without_an_encoder_has_no_replay_of_ours(self, live: LiveStream) -> None:
        end(live)
        tasks.sweep()
        assert not Replay.objects.exists()


def test_what_looks_different_is_left_out_and_staff_are_told(part, stream: LiveStream) -> None:
    part(films.flv(seconds=3, color="red"))
    other = part(films.flv(seconds=1, width=640, height=480))
    part(films.flv(seconds=3, color="blue"))
    end(stream)
    assert films.colors(video(work(stream))) == "rrrbbb"
    other.refresh_from_db()
    assert (other.state, other.replay_start_ms) == (Part.FAILED, None)
    assert "(640x480) than for most of the show (320x240)" in other.last_error


def test_a_part_without_sound_is_different(part, stream: LiveStream) -> None:
    part(films.flv(seconds=2, color="red"))
    part(films.flv(seconds=1, color="blue", audio=False))
    end(stream)
    assert films.colors(video(work(stream))) == "rr"


def test_a_recording_that_vanished_is_tried_again_and_then_told(part, stream: LiveStream) -> None:
    made = part(films.flv())
    Path(made.source).unlink()
    end(stream)
    now = timezone.now()
    for _ in range(5):
        now += timedelta(hours=1)
        work(stream, now=now)
    replay = Replay.objects.get()
    assert (replay.state, replay.attempts) == (State.FAILED, 5)
    assert replay.last_error.startswith("The recording is not there.")
    shutil.copy(films.flv(), made.source)
    replays.retry(stream=stream, actor=STAFF, now=now)
    assert work(stream, now=now).replay_file


def test_only_what_failed_is_tried_again(part, stream: LiveStream) -> None:
    part(films.flv())
    end(stream)
    work(stream)
    with pytest.raises(IllegalMove):
        replays.retry(stream=stream, actor=STAFF, now=timezone.now())


def test_work_that_takes_too_long_is_given_up(part, stream: LiveStream, settings) -> None:
    part(films.flv())
    end(stream)
    settings.LIVESTREAM = {**settings.LIVESTREAM, "REPLAY_TIMEOUT_SECONDS": 0}
    work(stream)
    assert Replay.objects.get().last_error.startswith("It took more than 0 s.")
    assert films.kept(stream).count("replay") == 0


def test_the_servers_own_files_stay(part, stream: LiveStream) -> None:
    made = part(films.flv())
    end(stream)
    work(stream)
    assert Path(made.source).exists()


def test_the_journal_tells_of_the_replay(part, stream: LiveStream) -> None:
    part(films.flv(seconds=3))
    end(stream)
    entry = work(stream).journal.last()
    assert entry is not None
    assert (entry.event, entry.detail) == (JournalEntry.Event.REPLAY_READY, {"seconds": 3})


def test_two_tasks_make_one_replay(part, stream: LiveStream) -> None:
    part(films.flv())
    end(stream)
    version = work(stream).version
    assert work(stream).version == version
