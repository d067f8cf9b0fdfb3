"""Several processes with viewers, over every bus that reaches them; and a bus that dies in the middle."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.machines import Machine, postgres, redis_server
from tests.gifting.serving import Project
from tests.livestream.fanout.house import Desk, House, Refused, Server, once_is_enough

pytestmark = once_is_enough


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Machine]:
    with redis_server(tmp_path) as machine:
        yield machine


@pytest.fixture
def over_redis(project: Project, queue: Machine) -> House:
    return House(project, {"LIVE_BUS": "redis", "REDIS_URL": queue.url})


@pytest.fixture
def over_postgres(tmp_path: Path) -> Iterator[House]:
    with postgres(tmp_path) as machine:
        project = Project.make(tmp_path, DATABASE_URL=machine.url)
        yield House(project, {"LIVE_BUS": "postgres"})


@pytest.fixture(params=["over_redis", "over_postgres"])
def estate(request: pytest.FixtureRequest) -> House:
    return request.getfixturevalue(request.param)


@pytest.fixture
def seller(estate: House) -> Iterator[Desk]:
    with estate.desk() as desk:
        yield desk


@pytest.fixture
def pair(estate: House) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        yield [stack.enter_context(estate.serve()) for _each in range(2)]


def test_a_pin_reaches_the_viewers_of_all_processes(pair: list[Server], seller: Desk) -> None:
    show = seller.new()
    pages = [server.watch(seller.do("url", show.pk)) for server in pair]
    for page in pages:
        page.next("snapshot")
    for product in show.products:
        seller.do("pin", show.pk, [product])
    for page in pages:
        assert [page.next("pins").pins for _each in show.products] == [[one] for one in show.products]


def test_viewers_are_added_up_over_all_processes(pair: list[Server], seller: Desk) -> None:
    show = seller.new()
    pages = [server.watch(seller.do("url", show.pk)) for server in pair for _each in range(3)]
    for page in pages:
        while page.next("viewers").data != {"viewers": 6}:
            continue


def test_a_state_too_large_for_the_bus_arrives_all_the_same(pair: list[Server], seller: Desk) -> None:
    show = seller.new()
    page = pair[0].watch(seller.do("url", show.pk))
    page.next("snapshot")
    last = seller.do("flood", show.pk, 1, 10_000)
    assert page.next("pins", "status").data["version"] == last


@pytest.mark.parametrize("estate", ["over_redis"], indirect=True)
def test_redis_may_die_and_come_back_in_the_middle_of_a_show(
    pair: list[Server], seller: Desk, queue: Machine
) -> None:
    show = seller.new()
    pages = [server.watch(seller.do("url", show.pk)) for server in pair]
    for page in pages:
        page.next("snapshot")
    queue.kill()
    with pytest.raises(Refused, match="BusUnavailable"):
        seller.do("pin", show.pk, show.products[:1])
    assert [page.next("pins").pins for page in pages] == [show.products[:1]] * 2
    queue.start()
    for server in pair:
        server.says("The message bus answers again.")
    seller.do("pin", show.pk, show.products[1:2])
    assert [page.next("pins").pins for page in pages] == [show.products[1:2]] * 2


@pytest.mark.parametrize("estate", ["over_redis"], indirect=True)
def test_viewers_come_and_see_the_set_while_redis_is_away(
    pair: list[Server], seller: Desk, queue: Machine
) -> None:
    show = seller.new()
    seller.do("pin", show.pk, show.products[:1])
    queue.kill()
    assert pair[0].watch(seller.do("url", show.pk)).next().pins == show.products[:1]


@pytest.mark.parametrize("estate", ["over_redis"], indirect=True)
def test_processes_restarted_one_after_the_other_lose_no_pin(
    estate: House, pair: list[Server], seller: Desk
) -> None:
    show = seller.new()
    pages = [pair[0].watch(seller.do("url", show.pk)) for _each in range(10)]
    for page in pages:
        page.next("snapshot")
    pair[0].stop()
    seller.do("pin", show.pk, show.products[:1])
    back = [pair[1].watch(seller.do("url", show.pk), last=page.last) for page in pages]
    assert [page.next("snapshot").pins for page in back] == [show.products[:1]] * 10
