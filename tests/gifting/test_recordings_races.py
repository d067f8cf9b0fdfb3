"""Two workers at the same instant, on PostgreSQL."""

from functools import partial
from pathlib import Path

import pytest
from django.utils import timezone

from gifting.models import Recording, VideoContainer
from gifting.services import recordings
from tests import samples
from tests.gifting.kept import gift_files
from tests.gifting.tus import Tus
from tests.racing import at_once, needs_postgres

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _postgres() -> None:
    needs_postgres()


@pytest.fixture
def tus(transactional_db: None, container: VideoContainer) -> Tus:
    return Tus(container)


def work(*pks: int) -> None:
    """One worker for each."""
    now = timezone.now()
    at_once(*(partial(recordings.process, pk=pk, now=now) for pk in pks))


def suffixes(container: VideoContainer) -> list[str]:
    return sorted(Path(name).suffix for name in gift_files(container))


def test_of_two_workers_one_takes_a_recording(tus: Tus) -> None:
    tus.send(samples.webm(width=320, height=240).read_bytes())
    recording = Recording.objects.get()
    work(recording.pk, recording.pk)
    recording.refresh_from_db()
    assert (recording.state, recording.attempts) == (Recording.State.READY, 1)
    assert suffixes(tus.container) == [".jpg", ".mp4"]


@pytest.mark.parametrize("_round", range(3))
def test_of_two_films_of_one_gift_the_newer_wins(tus: Tus, _round: int) -> None:
    for _ in range(2):
        tus.send(samples.webm(width=320, height=240).read_bytes())
    newer, older = Recording.objects.values_list("pk", flat=True)
    work(older, newer)
    tus.container.refresh_from_db()
    assert tus.container.recording_id == newer
    assert list(Recording.objects.values_list("pk", flat=True)) == [newer]
    assert suffixes(tus.container) == [".jpg", ".mp4"]
