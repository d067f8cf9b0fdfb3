"""A shop with many gifts whose parcels have just arrived, on servers that can be broken."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from config.demo.run import ROOT, end_with_parent
from tests.browser.running import wait_for
from tests.faults.machines import Machine, postgres, redis_server
from tests.gifting.serving import Project

GIFTS = 60
SWEEP = "from gifting.tasks import sweep; sweep()"
MESSAGE_ID = re.compile(r"^Message-ID: (\S+)", re.MULTILINE | re.IGNORECASE)
UNFINISHED = "SELECT count(*) FROM gifting_outgoingmessage WHERE state IN ('queued', 'sending')"
STATES = "SELECT state, count(*) FROM gifting_outgoingmessage GROUP BY state"


@dataclass(frozen=True, slots=True)
class Shop:
    """The project on a database and a queue of its own."""

    project: Project
    database: Machine
    queue: Machine

    @contextmanager
    def workers(self) -> Iterator[subprocess.Popen[bytes]]:
        """`manage.py qcluster`, as in production."""
        log = self.project.folder / "workers.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "qcluster"],
                cwd=ROOT,
                env=self.project.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)

    def mails(self) -> Counter[str]:
        """How often each mail went out, by its Message-ID."""
        folder = self.project.folder / "mail"
        texts = [path.read_text() for path in folder.glob("*.log")] if folder.exists() else []
        return Counter(found for text in texts for found in MESSAGE_ID.findall(text))

    def states(self) -> dict[str, int]:
        with psycopg.connect(self.database.url) as connection:
            return dict(connection.execute(STATES).fetchall())

    def sweep_until_finished(self) -> None:
        """What the schedule does each minute."""
        wait_for(self._sweep_and_look, seconds=60)

    def _sweep_and_look(self) -> bool:
        self.project.python(SWEEP)
        with psycopg.connect(self.database.url) as connection:
            row = connection.execute(UNFINISHED).fetchone()
        return row is not None and row[0] == 0


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with postgres(tmp_path) as database, redis_server(tmp_path) as queue:
        project = Project(tmp_path, _settings(database, queue))
        command = [sys.executable, "-m", "tests.benchmarks.jobs_seed", str(GIFTS)]
        subprocess.run(command, cwd=ROOT, env=project.environment(), check=True)
        yield Shop(project, database, queue)


def _settings(database: Machine, queue: Machine) -> dict[str, str]:
    return {
        "DATABASE_URL": database.url,
        "REDIS_URL": queue.url,
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "LOG_LEVEL": "WARNING",
    }
