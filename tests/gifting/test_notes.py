"""The giver's written note: beside a video, or the whole message."""

from collections.abc import Callable
from datetime import datetime

import pytest

from gifting import tasks
from gifting.dto import Actor, ActorKind
from gifting.errors import Invalid, Locked
from gifting.models import Recording, VideoContainer
from gifting.services import containers, notes, recordings

GIVER = Actor(ActorKind.GIVER)
Record = Callable[[VideoContainer], VideoContainer]


def write(container: VideoContainer, note: str, now: datetime, *, alone: bool = False) -> VideoContainer:
    return notes.write_note(container=container, note=note, alone=alone, actor=GIVER, now=now)


def test_a_note_that_is_the_whole_message_cannot_be_emptied(container: VideoContainer, now: datetime) -> None:
    write(container, "For you.", now, alone=True)
    with pytest.raises(Invalid):
        write(container, " ", now)


def test_a_note_beside_a_video_may_be_emptied(
    container: VideoContainer, record: Record, now: datetime
) -> None:
    write(record(container), "For you.", now)
    assert write(container, "", now).note == ""


def test_a_note_alone_takes_the_place_of_the_video(
    container: VideoContainer, record: Record, now: datetime
) -> None:
    assert write(record(container), "Only words.", now, alone=True).recording is None


def test_a_video_that_is_still_being_prepared_does_not_come_after_a_note_alone(
    container: VideoContainer, now: datetime
) -> None:
    queued = Recording.objects.create(container=container, due_at=now, created_at=now)
    write(container, "Only words.", now, alone=True)
    recordings.process(pk=queued.pk, now=now)
    container.refresh_from_db()
    assert (container.state, container.recording) == (VideoContainer.State.RECORDED, None)


def test_the_sweep_erases_a_replaced_video_whose_worker_died(
    container: VideoContainer, record: Record, now: datetime
) -> None:
    record(container)
    write(container, "Only words.", now, alone=True)  # What waits for the commit never runs in a test.
    tasks.sweep()
    assert not Recording.objects.exists()


def test_a_gift_with_a_message_takes_no_note_once_it_is_active(
    container: VideoContainer, record: Record, now: datetime
) -> None:
    containers.activate(container=record(container), actor=GIVER, now=now)
    with pytest.raises(Locked):
        write(container, "Too late.", now)
