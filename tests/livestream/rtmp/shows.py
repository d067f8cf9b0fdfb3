"""A show in a project of real processes, as its viewers and its staff see it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from config.demo.run import ROOT, end_with_parent
from tests.gifting.serving import Project

NEW_SHOW = """
import json
from django.utils import timezone
from livestream.dto import Actor, ActorKind
from livestream.models import Channel
from livestream.services import streams
channel, _ = Channel.objects.get_or_create(slug="atelier", defaults={"name": "Atelier Nord"})
now = timezone.now()
made = streams.create(channel=channel, event_name="Winter evening", scheduled_at=now,
                      actor=Actor(ActorKind.STAFF, "maria"), now=now)
print(json.dumps([made.pk, made.public_id, made.stream_key]))
"""
END = """
from django.utils import timezone
from livestream.dto import Actor, ActorKind
from livestream.models import LiveStream
from livestream.services import desk
desk.end(stream=LiveStream.objects.get(pk={pk}), actor=Actor(ActorKind.STAFF, "maria"), now=timezone.now())
"""


@dataclass(frozen=True, slots=True)
class Show:
    """`site` is where viewers find it."""

    project: Project
    site: str
    pk: int
    public_id: str
    key: str

    @classmethod
    def make(cls, project: Project, site: str = "") -> "Show":
        return cls(project, site, *json.loads(project.python(NEW_SHOW)))

    def state(self) -> dict[str, Any]:
        """What every viewer's page asks for."""
        return requests.get(f"{self.site}/live/{self.public_id}/state", timeout=30).json()

    @property
    def status(self) -> str:
        return str(self.state()["status"])

    def end(self) -> None:
        self.project.python(END.format(pk=self.pk))

    def load(self, address: str, target: Path) -> Path:
        """A file that the player is told to play."""
        answer = requests.get(f"{self.site}{address}", timeout=30)
        answer.raise_for_status()
        target.write_bytes(answer.content)
        return target


@contextmanager
def worker(project: Project) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py qcluster`, as in production."""
    with (project.folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "qcluster"],
            cwd=ROOT,
            env=project.environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)
