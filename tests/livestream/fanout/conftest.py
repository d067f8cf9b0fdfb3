"""One database for all stories about events: each has a livestream of its own."""

from collections.abc import Iterator

import pytest

from tests.browser.running import free_port
from tests.gifting.serving import Project
from tests.livestream.fanout.house import Desk, House, Server, Show


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project.make(tmp_path_factory.mktemp("fanout"))


@pytest.fixture(scope="session")
def port() -> int:
    """Where the events process that most stories share listens."""
    return free_port()


@pytest.fixture(scope="session")
def house(project: Project, port: int) -> House:
    """Changes go straight to the one events process."""
    publish = f"http://127.0.0.1:{port}/live/events/-publish"
    return House(project, {"EVENTS_PUBLISH_URL": publish, "LIVE_BUS": "direct"})


@pytest.fixture(scope="session")
def desk(house: House) -> Iterator[Desk]:
    with house.desk() as desk:
        yield desk


@pytest.fixture(scope="session")
def server(house: House, port: int) -> Iterator[Server]:
    with house.serve(port) as server:
        yield server


@pytest.fixture
def show(desk: Desk) -> Show:
    return desk.new()


@pytest.fixture
def url(desk: Desk, show: Show) -> str:
    """What a page of the public connects to."""
    return desk.do("url", show.pk)
