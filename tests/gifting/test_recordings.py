"""From the last byte of an upload to a video that plays: the recording job."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av
import pytest
from django.core.files.base import ContentFile
from django.test import Client

from gifting import tasks
from gifting.conf import conf
from gifting.dto import Actor, ActorKind
from gifting.errors import Locked
from gifting.models import JournalEntry, OutgoingMessage, Recording, VideoContainer
from gifting.models.files import gift_storage
from gifting.services import containers, deliveries, recordings, uploads
from tests import samples
from tests.conftest import SHOP
from tests.gifting.kept import gift_files, part_files
from tests.gifting.tus import Tus

State = VideoContainer.State
STAFF = Actor(ActorKind.STAFF, "maria")
Prepare = Callable[..., Any]
HandIn = Callable[..., Recording]


@pytest.fixture
def hand_in(container: VideoContainer, client: Client) -> HandIn:
    """What the giver's browser does with a film; by default a good one of two seconds."""

    def run(body: bytes | None = None) -> Recording:
        upload = Tus(container, client).send(film() if body is None else body)
        return Recording.objects.get(upload=upload)

    return run


@pytest.fixture
def prepare(django_capture_on_commit_callbacks: Any) -> Prepare:
    """What a worker does with a recording, now or when it is due. Gives the row afterwards."""

    def run(recording: Recording, *, later: timedelta = timedelta()) -> Recording | None:
        with django_capture_on_commit_callbacks(execute=True):
            if later:
                recordings.process(pk=recording.pk, now=datetime.now(recording.due_at.tzinfo) + later)
            else:
                tasks.process_recording(recording.pk)
        return Recording.objects.filter(pk=recording.pk).first()

    return run


@pytest.fixture
def document(container: VideoContainer, client: Client) -> Callable[[], dict[str, Any]]:
    """What the widget sees."""

    def read() -> dict[str, Any]:
        key = {"X-Edit-Key": str(container.edit_key)}
        return client.get(f"/widget/containers/{container.urid}", headers=key).json()

    return read


def film() -> bytes:
    """What a browser's recorder sends."""
    return samples.webm(width=320, height=240).read_bytes()


def fresh(container: VideoContainer) -> VideoContainer:
    return VideoContainer.objects.get(pk=container.pk)


@pytest.fixture(autouse=True)
def _no_parts_of_others() -> None:
    for path in part_files():
        path.unlink()


def events(container: VideoContainer) -> list[str]:
    return list(JournalEntry.objects.filter(container=container).values_list("event", flat=True))


# -- the story -----------------------------------------------------------------------------------------------


def test_a_film_becomes_a_message_that_plays(
    hand_in: HandIn, prepare: Prepare, document: Callable[[], dict[str, Any]], client: Client
) -> None:
    recording = hand_in()
    assert (document()["state"], document()["recording"]["state"]) == ("processing", "processing")
    prepare(recording)
    found = document()
    assert (found["state"], found["recording"]["state"]) == ("recorded", "ready")
    assert found["recording"]["durationSeconds"] == pytest.approx(2, abs=0.2)
    video = client.get(urlsplit(found["recording"]["videoUrl"]).path)
    with av.open(BytesIO(b"".join(video.streaming_content))) as played:
        assert sum(1 for _ in played.decode(video=0)) > 10
    poster = client.get(urlsplit(found["recording"]["posterUrl"]).path)
    assert b"".join(poster.streaming_content).startswith(b"\xff\xd8\xff")


def test_the_facts_of_the_video_are_kept(hand_in: HandIn, prepare: Prepare) -> None:
    made = prepare(hand_in())
    assert (made.width, made.height, made.attempts, made.last_error) == (320, 240, 1, "")
    assert made.size_bytes == made.video.size
    assert made.ready_at


def test_the_uploaded_parts_are_deleted(hand_in: HandIn, prepare: Prepare) -> None:
    recording = hand_in()
    assert part_files()
    prepare(recording)
    assert part_files() == []


def test_the_journal_tells_the_story(container: VideoContainer, hand_in: HandIn, prepare: Prepare) -> None:
    prepare(hand_in())
    assert events(container) == ["created", "uploaded", "recorded"]


def test_a_browser_that_missed_the_answer_still_finds_its_offset(
    container: VideoContainer, hand_in: HandIn, prepare: Prepare, client: Client
) -> None:
    recording = hand_in()
    assert recording.upload
    prepare(recording)
    response = Tus(container, client).head(f"/widget/uploads/{recording.upload.uid}")
    assert response["Upload-Offset"] == response["Upload-Length"] == str(len(film()))


def test_the_upload_is_forgotten_when_it_expires(hand_in: HandIn, prepare: Prepare, now: datetime) -> None:
    prepare(hand_in())
    assert uploads.purge_expired(now=now + timedelta(hours=25)) == 1


def test_a_recording_that_is_done_is_not_done_again(
    container: VideoContainer, hand_in: HandIn, prepare: Prepare
) -> None:
    recording = hand_in()
    made, again = prepare(recording), prepare(recording, later=timedelta(days=1))
    assert made.video.name == again.video.name
    assert events(container).count("recorded") == 1


# -- films that can never become a message -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (samples.empty, "empty"),
        (samples.html, "not_video"),
        (samples.audio_only, "no_picture"),
        (lambda: samples.truncated(samples.mp4()), "truncated"),
        (lambda: samples.webm(seconds=70, width=64, height=48, rate=5), "too_long"),
        (lambda: samples.webm(seconds=0.3, width=64, height=48), "too_short"),
        (lambda: samples.webm(seconds=0.2, width=4200, height=4000, rate=10), "too_many_pixels"),
    ],
    ids=["empty", "not_video", "no_picture", "truncated", "too_long", "too_short", "too_many_pixels"],
)
def test_the_widget_learns_why_a_film_is_refused(
    hand_in: HandIn,
    prepare: Prepare,
    document: Callable[[], dict[str, Any]],
    body: Callable[[], Path],
    reason: str,
) -> None:
    prepare(hand_in(body().read_bytes()))
    found = document()
    assert (found["recording"]["state"], found["recording"]["refusal"]) == ("refused", reason)
    assert (found["state"], found["canRecord"]) == ("recording_open", True)


def test_the_widget_learns_that_a_film_is_too_large(
    hand_in: HandIn, prepare: Prepare, document: Callable[[], dict[str, Any]], settings: Any
) -> None:
    recording = hand_in()
    settings.GIFTING = {**settings.GIFTING, "MAX_UPLOAD_BYTES": 1000}
    prepare(recording)
    assert document()["recording"]["refusal"] == "too_large"


def test_a_refused_film_is_deleted(container: VideoContainer, hand_in: HandIn, prepare: Prepare) -> None:
    prepare(hand_in(b"not a film"))
    assert part_files() == []
    assert events(container) == ["created", "uploaded", "refused"]


def test_after_a_refusal_another_film_is_welcome(
    hand_in: HandIn, prepare: Prepare, document: Callable[[], dict[str, Any]]
) -> None:
    prepare(hand_in(b"not a film"))
    prepare(hand_in())
    assert document()["recording"]["state"] == "ready"


# -- recording again -----------------------------------------------------------------------------------------


def test_a_second_film_takes_the_place_of_the_first(
    container: VideoContainer, hand_in: HandIn, prepare: Prepare
) -> None:
    prepare(hand_in())
    second = prepare(hand_in())
    assert fresh(container).recording == second
    assert list(Recording.objects.all()) == [second]
    assert gift_files(container) == sorted(
        Path(name).name for name in (second.video.name, second.poster.name)
    )


def test_a_refused_second_film_leaves_the_first_in_place(
    container: VideoContainer, hand_in: HandIn, prepare: Prepare
) -> None:
    first = prepare(hand_in())
    prepare(hand_in(b"not a film"))
    assert (fresh(container).recording, fresh(container).state) == (first, State.RECORDED)
    assert len(gift_files(container)) == 2


def test_an_older_film_that_ends_later_does_not_win(
    container: VideoContainer, hand_in: HandIn, prepare: Prepare
) -> None:
    older, newer = hand_in(), hand_in()
    prepare(newer)
    assert prepare(older) is None
    assert fresh(container).recording == newer
    assert len(gift_files(container)) == 2
    assert part_files() == []


def test_while_another_film_waits_a_refusal_does_not_reopen_the_gift(
    container: VideoContainer, hand_in: HandIn, prepare: Prepare
) -> None:
    refused, _ = hand_in(b"not a film"), hand_in()
    prepare(refused)
    assert fresh(container).state == State.PROCESSING


# -- a gift that moves on meanwhile --------------------------------------------------------------------------


def test_a_gift_activated_meanwhile_gets_its_message(
    container: VideoContainer, hand_in: HandIn, prepare: Prepare, now: datetime
) -> None:
    recording = hand_in()
    containers.activate(container=container, actor=SHOP, now=now)
    prepare(recording)
    found = fresh(container)
    assert (found.state, found.recording) == (State.ACTIVATED, recording)
    assert found.recorded_at


def test_a_gift_delivered_meanwhile_is_mailed_once_the_message_is_ready(
    new_container: Callable[..., VideoContainer], client: Client, prepare: Prepare, now: datetime
) -> None:
    container = new_container(receiver_email="bob@example.com")
    upload = Tus(container, client).send(film())
    containers.change_container(container=container, changes={"shipmentCode": "XY"}, actor=SHOP, now=now)
    deliveries.confirm_delivery(shipment=container.order.shipments.get(), actor=SHOP, now=now)
    assert not OutgoingMessage.objects.filter(purpose="gift_ready").exists()
    prepare(Recording.objects.get(upload=upload))
    assert OutgoingMessage.objects.filter(purpose="gift_ready").count() == 1


@pytest.mark.parametrize("state", [State.CANCELLED, State.EXPIRED])
def test_a_gift_closed_meanwhile_keeps_nothing(
    container: VideoContainer, hand_in: HandIn, prepare: Prepare, state: State
) -> None:
    recording = hand_in()
    VideoContainer.objects.update(state=state)
    assert prepare(recording) is None
    assert (fresh(container).state, gift_files(container), part_files()) == (state, [], [])


# -- failures that are not the film's fault ------------------------------------------------------------------


@pytest.fixture
def failing(hand_in: HandIn) -> Recording:
    """A recording whose first part cannot be read: somebody moved the storage."""
    recording = hand_in()
    assert recording.upload
    name = Path(gift_storage().path(recording.upload.parts[0]))
    name.rename(name.with_suffix(".away"))
    return recording


def repair(recording: Recording) -> None:
    assert recording.upload
    name = Path(gift_storage().path(recording.upload.parts[0]))
    name.with_suffix(".away").rename(name)


def test_a_failure_is_tried_again_later_and_later(
    failing: Recording, prepare: Prepare, now: datetime
) -> None:
    waits = []
    for days in range(4):
        made = prepare(failing, later=timedelta(days=days))
        assert made
        assert (made.state, made.attempts) == (Recording.State.QUEUED, days + 1)
        waits.append(round((made.due_at - now - timedelta(days=days)) / timedelta(minutes=1)))
    assert waits == [2, 4, 8, 16]


def test_after_the_last_failure_it_waits_for_staff(
    container: VideoContainer, failing: Recording, prepare: Prepare, document: Callable[[], dict[str, Any]]
) -> None:
    for days in range(6):
        made = prepare(failing, later=timedelta(days=days))
    assert (made.state, made.attempts) == (Recording.State.FAILED, 5)
    assert "FileNotFoundError" in made.last_error
    assert document()["recording"]["state"] == "failed"
    assert events(container).count("job_failed") == 1


def test_staff_start_it_again_and_it_succeeds(
    container: VideoContainer, failing: Recording, prepare: Prepare, now: datetime
) -> None:
    for days in range(5):
        prepare(failing, later=timedelta(days=days))
    repair(failing)
    recordings.retry(recording=failing, actor=STAFF, now=now)
    made = prepare(failing)
    assert (made.state, fresh(container).state) == (Recording.State.READY, State.RECORDED)


def test_only_what_failed_can_be_started_again(hand_in: HandIn, now: datetime) -> None:
    with pytest.raises(Locked):
        recordings.retry(recording=hand_in(), actor=STAFF, now=now)


def test_a_failed_second_film_leaves_the_first_in_place(
    container: VideoContainer, hand_in: HandIn, prepare: Prepare
) -> None:
    first, second = prepare(hand_in()), hand_in()
    Path(gift_storage().path(second.upload.parts[0])).unlink()
    for days in range(5):
        prepare(second, later=timedelta(days=days))
    assert (fresh(container).recording, fresh(container).state) == (first, State.RECORDED)
    assert len(gift_files(container)) == 2


def test_the_upload_of_a_failed_film_is_kept_for_staff(
    failing: Recording, prepare: Prepare, now: datetime
) -> None:
    for days in range(5):
        prepare(failing, later=timedelta(days=days))
    assert uploads.purge_expired(now=now + timedelta(days=30)) == 0


# -- workers that die ----------------------------------------------------------------------------------------


@pytest.fixture
def orphaned(hand_in: HandIn, now: datetime) -> Recording:
    """As a worker leaves it that is killed in its first attempt, having stored the video already."""
    recording = hand_in()
    lease = now + timedelta(seconds=conf().JOB_LEASE_SECONDS)
    Recording.objects.filter(pk=recording.pk).update(state="processing", attempts=1, due_at=lease)
    gift_storage().save(
        f"gifts/{recording.container.urid}/{recording.pk}/dead-video.mp4", ContentFile(b"half")
    )
    return recording


def test_nobody_takes_a_recording_while_its_lease_runs(orphaned: Recording, prepare: Prepare) -> None:
    made = prepare(orphaned, later=timedelta(seconds=300))
    assert (made.state, made.attempts) == (Recording.State.PROCESSING, 1)


def test_after_the_lease_another_worker_finishes_and_leaves_no_orphan(
    container: VideoContainer, orphaned: Recording, prepare: Prepare
) -> None:
    made = prepare(orphaned, later=timedelta(seconds=340))
    assert (made.state, made.attempts) == (Recording.State.READY, 2)
    assert gift_files(container) == sorted(Path(name).name for name in (made.video.name, made.poster.name))


def test_a_film_that_kills_every_worker_needs_attention_in_the_end(
    container: VideoContainer, orphaned: Recording, prepare: Prepare
) -> None:
    Recording.objects.update(attempts=5)
    made = prepare(orphaned, later=timedelta(seconds=340))
    assert (made.state, made.last_error) == (Recording.State.FAILED, recordings.KILLED)
    assert events(container)[-1] == "job_failed"
    assert gift_files(container) == []
