"""`.ci/packages`: root installs what is missing, everybody else is told."""

import os
import subprocess
from pathlib import Path

import pytest

from config.demo.run import ROOT

LIBRARIES = "libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0"

MODULES = ["ngx_rtmp_module.so", "ngx_nchan_module.so"]


class Machine:
    """A machine whose system tools are small scripts: `apt-get` writes down how it was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        self.calls.touch()
        self.has("ldconfig", f"echo {LIBRARIES}")
        self.has("find", "echo DejaVuSans.ttf")
        self.has("nginx", "")
        self.has("ffmpeg", "")
        for module in MODULES:
            (folder / module).touch()

    def has(self, tool: str, script: str) -> None:
        path = self.folder / tool
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def is_root(self, yes: bool) -> None:
        self.has("id", f"echo {0 if yes else 1000}")

    def has_apt(self, *, fails: bool = False) -> None:
        self.has("apt-get", f'echo "$@" >> {self.calls}; exit {int(fails)}')

    def run(self, *wanted: str, chromium: bool = True) -> subprocess.CompletedProcess[str]:
        browser = "/bin/sh" if chromium else "/nowhere"
        path = f"{self.folder}:/usr/bin:/bin"
        own = {"PATH": path, "CHROMIUM": browser, "NGINX_MODULES": str(self.folder)}
        environment = {**os.environ, **own}
        command = ["/bin/sh", ".ci/packages", *wanted]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.is_root(True)
    made.has_apt()
    return made


@pytest.mark.parametrize("wanted", [(), ("demo",), ("test",)])
def test_where_nothing_is_missing_apt_is_left_alone(machine: Machine, wanted: tuple[str, ...]) -> None:
    done = machine.run(*wanted)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert machine.calls.read_text() == ""


def test_root_gets_what_is_missing_and_nothing_else(machine: Machine) -> None:
    machine.has("ldconfig", "echo libpango-1.0.so.0 libpangoft2-1.0.so.0")
    assert machine.run("test", chromium=False).returncode == 0
    update, install = machine.calls.read_text().splitlines()
    assert update.endswith("update")
    assert install.endswith("install --no-install-recommends libharfbuzz-subset0 chromium")


def test_the_media_server_is_part_of_the_tests(machine: Machine) -> None:
    for module in MODULES:
        (machine.folder / module).unlink()
    assert machine.run("test").returncode == 0
    install = machine.calls.read_text().splitlines()[1]
    assert install.endswith("install --no-install-recommends libnginx-mod-rtmp libnginx-mod-nchan")


def test_others_are_told_and_stopped_where_nothing_would_start(machine: Machine) -> None:
    machine.is_root(False)
    machine.has("ldconfig", "echo libsomething.so.1")
    done = machine.run()
    assert done.returncode == 1
    assert "apt-get install --no-install-recommends libpango-1.0-0" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_others_are_told_and_go_on_without_a_browser(machine: Machine) -> None:
    machine.is_root(False)
    done = machine.run("test", chromium=False)
    assert done.returncode == 0
    assert "chromium" in done.stderr


def test_an_install_that_fails_is_told_as_well(machine: Machine) -> None:
    machine.has_apt(fails=True)
    assert "Missing Debian packages: chromium" in machine.run("chromium", chromium=False).stderr


def test_a_system_that_lists_no_libraries_is_trusted(machine: Machine) -> None:
    machine.has("ldconfig", "exit 1")
    assert machine.run().returncode == 0
    assert machine.calls.read_text() == ""
