"""Worker processes that begin at once and can be killed: forked from one that has loaded the project."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import Any

import psutil

from config.demo.run import ROOT, end_with_parent
from tests.gifting.serving import Project

PATIENCE_SECONDS = 30
PARENT = """
import json, os, sys, traceback
from django.db import connections

def work(code, printed):
    sys.stdout = open(printed, "w")
    try:
        exec(code, {})
    except BaseException:
        traceback.print_exc()
        return 1
    sys.stdout.close()
    return 0

for line in sys.stdin:
    order = json.loads(line)
    if "code" in order:
        connections.close_all()
        pid = os.fork()
        if not pid:
            os._exit(work(**order))
        print(pid, flush=True)
    else:
        print(os.waitpid(order["pid"], 0)[1], flush=True)
"""
# Stops the process at a statement that has `words`: before it is run, or after it and before the commit.
HELD = """
import time
from django.db import connection
from pathlib import Path

def hold(execute, sql, params, many, context):
    found = not Path({reached!r}).exists() and all(word in sql for word in {words!r})
    if found and {when!r} == "before":
        wait()
    done = execute(sql, params, many, context)
    if found and {when!r} == "after":
        wait()
    return done

def wait():
    Path({reached!r}).touch()
    while not Path({go_on!r}).exists():
        time.sleep(0.005)

with connection.execute_wrapper(hold):
    exec({code!r})
"""


@dataclass(frozen=True, slots=True)
class Worker:
    """One process that runs a piece of the project."""

    parent: "Forking"
    pid: int
    printed: Path
    may_go_on: Path

    def kill(self) -> None:
        """As the machine does when memory runs out: nothing is tidied up."""
        psutil.Process(self.pid).send_signal(SIGKILL)
        self.parent.ask(pid=self.pid)

    def go_on(self) -> None:
        """From the statement at which it was held."""
        self.may_go_on.touch()

    def end(self) -> str:
        """What it printed, once it is done."""
        assert self.parent.ask(pid=self.pid) == 0, self.printed.read_text()
        return self.printed.read_text()


@dataclass(slots=True)
class Forking:
    """Starts workers, each with a database connection of its own."""

    folder: Path
    process: subprocess.Popen[str]
    started: int = 0

    def start(self, code: str) -> Worker:
        self.started += 1
        printed = self.folder / f"worker-{self.started}"
        may_go_on = self.folder / f"go-on-{self.started}"
        return Worker(self, self.ask(code=code, printed=str(printed)), printed, may_go_on)

    def start_held(self, code: str, *words: str, when: str) -> Worker:
        """One that waits at the first statement with these words. Returns once it is there."""
        reached, go_on = (self.folder / f"{word}-{self.started + 1}" for word in ("reached", "go-on"))
        facts = {"code": code, "words": words, "when": when, "reached": str(reached), "go_on": str(go_on)}
        worker = self.start(HELD.format(**facts))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not reached.exists():
            assert time.monotonic() < deadline, "The worker did not come that far."
            time.sleep(0.005)
        return worker

    def run(self, code: str) -> str:
        return self.start(code).end()

    def ask(self, **order: Any) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def forking(project: Project) -> Iterator[Forking]:
    """The process that workers are forked from."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", PARENT]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=project.environment(),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=end_with_parent,
    )
    try:
        yield Forking(project.folder, process)
    finally:
        process.kill()
        process.wait()
