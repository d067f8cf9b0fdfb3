"""From the call of `pin_product` to the viewers' sockets, against nchan alone and a bare ASGI application.

The product runs as in production: granian, PostgreSQL, Redis, and one uvicorn that holds all viewers.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import requests

from config.demo.run import ROOT, end_with_parent
from tests.benchmarks.fanout_watch import Fanout, allow_many_files, build, measure
from tests.benchmarks.postgres import database
from tests.benchmarks.table import Row
from tests.browser.running import free_port, wait_for
from tests.gifting.serving import Project
from tests.livestream.fanout.house import REDIS_URL, Desk, House, Show, answers
from tests.livestream.fanout.nginx import nginx

DATABASE = "gc_fanout_bench"
SIZES = [int(size) for size in os.environ.get("BENCH_VIEWERS", "500,2000,5000").split(",")]
ROUNDS, EVENTS = 3, 15
MOST_RATIO, MOST_KB, FEWEST_CONNECTS = 1.3, 20, 5000
CHANNEL = "b" * 64


@dataclass(frozen=True, slots=True)
class Candidate:
    """`paths(n)` are the addresses of n viewers; `publish(n)` sends the n-th event."""

    port: int
    marker: str
    paths: Callable[[int], list[str]]
    publish: Callable[[int], None]
    pid: int


def rows() -> list[Row]:
    """Medians of alternating runs. One client in C holds all viewers, on the same machine."""
    allow_many_files()
    with tempfile.TemporaryDirectory(prefix="giftcast-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        program = build(folder)
        if program is None:
            print("No C compiler is installed: fan-out is not measured.", file=sys.stderr)
            return []
        with ExitStack() as stack:
            found = {
                "product": stack.enter_context(product(folder)),
                "nchan": stack.enter_context(nchan_alone(folder)),
                "bare": stack.enter_context(bare(folder)),
            }
            # The largest first: memory that was once taken is taken again without a trace.
            sizes = sorted(SIZES, reverse=True)
            return [row for size in sizes for row in _rows_of(size, _medians(found, program, folder, size))]


def _medians(found: dict[str, Candidate], program: Path, folder: Path, size: int) -> dict[str, Fanout]:
    runs: dict[str, list[Fanout]] = {name: [] for name in found}
    for _round in range(ROUNDS):
        for name, candidate in found.items():
            runs[name].append(_run(candidate, program, folder, size))
    return {name: _median(done) for name, done in runs.items()}


def _run(candidate: Candidate, program: Path, folder: Path, size: int) -> Fanout:
    return measure(
        program,
        folder,
        port=candidate.port,
        paths=candidate.paths(size),
        marker=candidate.marker,
        publish=candidate.publish,
        events=EVENTS,
        pid=candidate.pid,
    )


def _median(done: list[Fanout]) -> Fanout:
    return Fanout(
        p50=statistics.median(one.p50 for one in done),
        p99=statistics.median(one.p99 for one in done),
        call=statistics.median(one.call for one in done),
        cpu=statistics.median(one.cpu for one in done),
        lost=sum(one.lost for one in done),
        connects_per_second=statistics.median(one.connects_per_second for one in done),
        bytes_per_viewer=max(one.bytes_per_viewer for one in done),
    )


def _rows_of(size: int, found: dict[str, Fanout]) -> list[Row]:
    ours, nchan = found["product"], found["nchan"]
    rows: list[Row] = []
    for name in ("nchan", "bare"):
        other = found[name]
        rows.append(_time_row(f"pin to {size} viewers, p50; against {name} alone", ours.p50, other.p50))
        is_aim = name == "nchan" and size == max(SIZES)
        aim = MOST_RATIO if is_aim else None
        rows.append(_time_row(f"pin to {size} viewers, p99; against {name} alone", ours.p99, other.p99, aim))
    name = f"the call that pins, {size} viewers; against posting to nchan"
    rows += [_time_row(name, ours.call, nchan.call), _cpu_row(size, ours.cpu, nchan.cpu)]
    return [*rows, _facts_row(found)] if size == max(SIZES) else rows


def _cpu_row(size: int, ours: float, other: float) -> Row:
    return Row(
        name=f"CPU for each of {size} viewers and event; against nchan alone",
        ours=f"{ours:.1f} us",
        reference=f"{other:.1f} us",
        ratio=ours / other,
        aim="",
        met=None,
    )


def _facts_row(found: dict[str, Fanout]) -> Row:
    ours = found["product"]
    others = ", ".join(f"{name} {_facts(found[name])}" for name in ("nchan", "bare"))
    return Row(
        name=f"{max(SIZES)} viewers: events that never came; KB for each; connects a second",
        ours=_facts(ours),
        reference=others,
        ratio=None,
        aim=f"0, ≤ {MOST_KB}, ≥ {FEWEST_CONNECTS}",
        met=not ours.lost
        and ours.bytes_per_viewer <= 1024 * MOST_KB
        and ours.connects_per_second >= FEWEST_CONNECTS,
    )


def _facts(found: Fanout) -> str:
    return f"{found.lost}, {found.bytes_per_viewer / 1024:.1f}, {found.connects_per_second:.0f}"


def _time_row(name: str, ours: float, other: float, aim: float | None = None) -> Row:
    return Row(
        name=name,
        ours=f"{ours:.1f} ms",
        reference=f"{other:.1f} ms",
        ratio=ours / other,
        aim=f"≤ {aim}" if aim else "",
        met=ours / other <= aim if aim else None,
    )


# The candidates


@contextmanager
def product(folder: Path) -> Iterator[Candidate]:
    """Everything: the call of the API, the commit, Redis, the hub, the sockets."""
    with database(DATABASE) as url, ExitStack() as stack:
        project = Project.make(folder, DATABASE_URL=url, REDIS_URL=REDIS_URL, RATE_LIMIT_PER_MINUTE="0")
        house = House(project, {"LIVE_BUS": "redis"})
        server = stack.enter_context(house.serve())
        desk = stack.enter_context(house.desk())
        show = desk.new()
        pages = stack.enter_context(project.serve())
        pin = _caller(project, pages.url, show)
        yield Candidate(server.port, "event: pins", partial(_paths, desk, show), pin, server.process.pid)


def _paths(desk: Desk, show: Show, count: int) -> list[str]:
    urls = [urlsplit(url) for url in desk.do("urls", show.pk, count)]
    return [f"{url.path}?{url.query}" for url in urls]


def _caller(project: Project, base: str, show: Show) -> Callable[[int], None]:
    """Calls `pin_product` as a shop does, over one connection."""
    client, secret = project.manage("create_oauth_app", "atelier").split()
    grant = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
    session = requests.Session()
    session.trust_env = False
    token = session.post(f"{base}/oauth/token", data=grant, timeout=30).json()["access_token"]
    session.headers["Authorization"] = f"Bearer {token}"
    products = cycle(show.products)

    def pin(_number: int) -> None:
        body = {"product_ids": [next(products)]}
        answer = session.post(f"{base}/api/v1/live_streams/{show.id}/pin_product", json=body, timeout=30)
        assert answer.status_code == 200, answer.text

    pin(0)
    return pin


@contextmanager
def nchan_alone(folder: Path) -> Iterator[Candidate]:
    """nginx with nchan, and whoever posts to it: no database, no product."""
    inner = folder / "nginx"
    inner.mkdir()
    with nginx(inner) as server:
        assert server.process
        (worker,) = psutil.Process(server.process.pid).children()
        publish = _poster(f"http://127.0.0.1:{server.publish}/live/publish/{CHANNEL}")
        publish(0)
        path = f"/live/events/{CHANNEL}"
        yield Candidate(server.port, "event: snapshot", lambda count: [path] * count, publish, worker.pid)


@contextmanager
def bare(folder: Path) -> Iterator[Candidate]:
    """The same server, and an application of a few lines."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--port",
        str(port),
        "--no-access-log",
        "--log-level",
        "error",
    ]
    process = subprocess.Popen(
        [*command, "tests.benchmarks.fanout_bare:application"], cwd=ROOT, preexec_fn=end_with_parent
    )
    try:
        wait_for(lambda: answers(port))
        publish = _poster(f"http://127.0.0.1:{port}/")
        yield Candidate(port, "event: snapshot", lambda count: ["/"] * count, publish, process.pid)
    finally:
        process.kill()
        process.wait()


def _poster(url: str) -> Callable[[int], None]:
    """Posts as many bytes as a state with one pin has."""
    session = requests.Session()
    session.trust_env = False
    body = b'{"version":1,"pins":["%s"]}' % (b"x" * 320)

    def post(_number: int) -> None:
        answer = session.post(url, data=body, headers={"X-EventSource-Event": "snapshot"}, timeout=30)
        assert answer.ok, answer.text

    return post
