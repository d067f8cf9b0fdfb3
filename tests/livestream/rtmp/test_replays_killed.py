"""Workers that are killed while they join recordings: real processes on one database."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.running import wait_for
from tests.gifting.forking import Forking, forking
from tests.gifting.serving import Project, once_is_enough
from tests.livestream import films
from tests.livestream.rtmp.shows import NEW_SHOW, Show

pytestmark = once_is_enough
PARTS = 150  # so many that the worker is in the middle for a while
RECORDED = """
from datetime import timedelta
from django.utils import timezone
from livestream.models import Broadcast, LiveStream
from livestream.services import replays
now = timezone.now()
stream = LiveStream.objects.get(pk={pk})
for number in range({parts}):
    Broadcast.objects.create(stream=stream, state="ready", source={source!r}, duration_ms=1000,
                             started_at=now + timedelta(seconds=number), ended_at=now)
stream.status = "replay"
stream.save()
replays.begin(pk=stream.pk, now=now)
"""
PREPARE = """
from datetime import timedelta
from django.utils import timezone
from livestream.services import replays
replays.prepare(pk={pk}, now=timezone.now() + timedelta(hours={hours}))
"""
TOLD = """
from livestream.models import LiveStream, Replay
replay = Replay.objects.get(pk={pk})
stream = LiveStream.objects.get(pk={pk})
print(replay.state, replay.attempts, stream.replay_file.name or "-")
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("killed")
    for name in ("tmp", "recordings"):
        (folder / name).mkdir()
    settings = {"TMPDIR": str(folder / "tmp"), "RECORDINGS_DIR": str(folder / "recordings")}
    return Project.make(folder, **settings)


@pytest.fixture(scope="module")
def workers(project: Project) -> Iterator[Forking]:
    with forking(project) as running:
        yield running


@dataclass(frozen=True, slots=True)
class Over:
    """A show that is over, and whose many recordings are to be joined."""

    show: Show
    folder: Path
    workers: Forking

    def record(self, parts: int) -> None:
        """So many recordings are ready."""
        source = self.folder / "recordings" / f"{self.show.public_id}-1.flv"
        self.workers.run(RECORDED.format(pk=self.show.pk, parts=parts, source=str(source)))

    def code(self, *, hours: int = 0) -> str:
        """What a worker does, so many hours from now."""
        return PREPARE.format(pk=self.show.pk, hours=hours)

    def prepare(self, *, hours: int = 0) -> None:
        """What an undisturbed worker does."""
        self.workers.run(self.code(hours=hours))

    def told(self) -> list[str]:
        """The replay's state, its attempts, and its file."""
        return self.workers.run(TOLD.format(pk=self.show.pk)).split()

    def half_made(self) -> list[Path]:
        return list((self.folder / "tmp").glob(f"livestream-replay-{self.show.pk}-*/replay.mp4"))

    def stored(self) -> list[Path]:
        return list((self.folder / "media" / "live" / self.show.public_id).glob("replay-*"))


@pytest.fixture
def over(project: Project, workers: Forking) -> Over:
    show = Show(project, "", *json.loads(workers.run(NEW_SHOW)))
    source = project.folder / "recordings" / f"{show.public_id}-1.flv"
    source.write_bytes(films.flv(seconds=1).read_bytes())
    over = Over(show, project.folder, workers)
    over.record(PARTS)
    return over


def test_a_worker_that_is_killed_while_it_joins_loses_nothing(over: Over) -> None:
    worker = over.workers.start(over.code())
    wait_for(lambda: any(path.stat().st_size for path in over.half_made()))
    worker.kill()
    assert over.half_made()
    assert over.told() == ["preparing", "1", "-"]
    over.prepare()  # the lease still runs
    assert over.told() == ["preparing", "1", "-"]
    over.prepare(hours=2)
    assert over.told()[:2] == ["ready", "2"]
    [replay] = over.stored()
    assert films.length(replay) > PARTS * 0.9
    assert over.half_made() == []


def test_a_worker_that_is_killed_before_it_tells_leaves_no_second_file(over: Over) -> None:
    worker = over.workers.start_held(over.code(), "UPDATE", "replay_file", when="before")
    assert len(over.stored()) == 1
    worker.kill()
    over.prepare(hours=2)
    assert over.told()[0] == "ready"
    assert len(over.stored()) == 1


def test_a_worker_that_comes_back_after_its_lease_changes_nothing(over: Over) -> None:
    slow = over.workers.start_held(over.code(), "SELECT", "livestream_broadcast", "ORDER BY", when="after")
    over.prepare(hours=2)
    before = over.told(), over.stored()
    slow.go_on()
    slow.end()
    assert before[0][0] == "ready"
    assert (over.told(), over.stored()) == before


def test_a_recording_that_gets_ready_meanwhile_is_joined_next(over: Over) -> None:
    slow = over.workers.start_held(over.code(), "SELECT", "livestream_broadcast", "ORDER BY", when="after")
    over.record(1)
    slow.go_on()
    slow.end()
    assert over.told()[0] == "waiting"
    over.prepare()
    assert over.told()[0] == "ready"
    [replay] = over.stored()
    assert films.length(replay) > (PARTS + 1) * 0.99
