"""What every bus keeps to, and what each says when its server is gone."""

import asyncio
import os
import socket
import threading
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import psycopg
import pytest
import redis
from pytest_django import Settings

from livestream.bus.base import Bus, Message
from livestream.bus.direct import SIGNATURE, DirectBus
from livestream.bus.memory import MemoryBus
from livestream.bus.nchan import NchanBus
from livestream.bus.postgres import PostgresBus
from livestream.bus.redis import RedisBus
from livestream.errors import BusUnavailable, Unauthorized
from tests.browser.running import free_port
from tests.livestream.fanout.house import REDIS_URL
from tests.postgres import URL as POSTGRES_URL

POSTGRES = os.environ.get("TEST_POSTGRES_URL", POSTGRES_URL)
STATE = Message(topic="7.public", body='{"version":1,"pins":["Écharpe € 😀"]}'.encode())
OTHER = Message(topic="7.staff", body=b'{"version":1}')
PATIENCE = 10
TIMEOUT = 0.5
SLACK = 1.0


@pytest.fixture(autouse=True)
def _impatient(settings: Settings) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "BUS_TIMEOUT_SECONDS": TIMEOUT}


@dataclass(frozen=True, slots=True)
class Pair:
    """Where a message goes in, and where it comes out."""

    publisher: Bus
    listener: Bus


def memory() -> Iterator[Pair]:
    bus = MemoryBus()
    yield Pair(bus, bus)


@contextmanager
def stand_in(accept: Callable[..., None]) -> Iterator[str]:
    """The address of a few lines that stand for the endpoint of an events process."""

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            accept(body=body, signature=self.headers[SIGNATURE])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def direct() -> Iterator[Pair]:
    listener = DirectBus(urls=["http://127.0.0.1:9/"])
    with stand_in(listener.accept) as url:
        yield Pair(DirectBus(urls=[url]), listener)


def over_redis() -> Iterator[Pair]:
    try:
        redis.Redis.from_url(REDIS_URL).ping()
    except redis.RedisError:
        pytest.skip("Redis does not answer; set TEST_REDIS_URL.")
    channel = f"test-{uuid.uuid4().hex}"
    pair = [RedisBus(url=REDIS_URL, channel=channel) for _each in range(2)]
    yield Pair(*pair)


def postgres() -> Iterator[Pair]:
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError:
        pytest.skip("PostgreSQL does not answer; set TEST_POSTGRES_URL.")
    channel = f"test_{uuid.uuid4().hex}"
    pair = [PostgresBus(url=POSTGRES, channel=channel) for _each in range(2)]
    yield Pair(*pair)


@pytest.fixture(params=[memory, direct, over_redis, postgres], ids=["memory", "direct", "redis", "postgres"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    yield from request.param()


REMOTE = {
    "direct": lambda port: DirectBus(urls=[f"http://127.0.0.1:{port}/"]),
    "redis": lambda port: RedisBus(url=f"redis://127.0.0.1:{port}/0"),
    "postgres": lambda port: PostgresBus(url=f"postgres://postgres@127.0.0.1:{port}/postgres"),
    "nchan": lambda port: NchanBus(url=f"http://127.0.0.1:{port}/"),
}


@pytest.fixture(params=REMOTE)
def remote(request: pytest.FixtureRequest) -> Callable[[int], Bus]:
    return REMOTE[request.param]


@pytest.fixture
def hanging() -> Iterator[int]:
    """The port of a server that lets everybody in, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


async def listen(bus: Bus, publish: Callable[[], None], count: int) -> list[Message]:
    """What comes out of a subscription that stands before anything is published."""
    messages = cast(AsyncGenerator[Message, None], bus.subscribe())
    try:
        assert await asyncio.wait_for(anext(messages), PATIENCE) == Message(topic="", body=b"")
        await asyncio.to_thread(publish)
        return [await asyncio.wait_for(anext(messages), PATIENCE) for _each in range(count)]
    finally:
        await messages.aclose()


def heard(pair: Pair, *published: Message) -> list[Message]:
    return asyncio.run(listen(pair.listener, lambda: pair.publisher.publish(published), len(published)))


# What every bus keeps to


def test_a_message_arrives_as_it_was(pair: Pair) -> None:
    assert heard(pair, STATE) == [STATE]


def test_messages_arrive_in_their_order(pair: Pair) -> None:
    several = [Message(topic="7.public", body=b"%d" % number) for number in range(20)]
    assert heard(pair, *several) == several


def test_every_subscriber_hears_everything(pair: Pair) -> None:
    async def both() -> list[list[Message]]:
        stands = threading.Event()
        first = asyncio.create_task(listen(pair.listener, stands.set, 2))
        await asyncio.to_thread(stands.wait, PATIENCE)
        second = await listen(pair.listener, lambda: pair.publisher.publish([STATE, OTHER]), 2)
        return [await first, second]

    assert asyncio.run(both()) == [[STATE, OTHER]] * 2


def test_a_large_state_arrives_or_is_announced(pair: Pair) -> None:
    large = Message(topic="7.public", body=b"x" * 100_000)
    (came,) = heard(pair, large)
    assert came.topic == "7.public"
    assert came.body in (large.body, b"")


def test_publishing_to_nobody_is_no_trouble(pair: Pair) -> None:
    pair.publisher.publish([STATE])


def test_threads_may_publish_at_once(pair: Pair) -> None:
    def publish() -> None:
        threads = [threading.Thread(target=pair.publisher.publish, args=[[STATE]]) for _each in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert asyncio.run(listen(pair.listener, publish, 8)) == [STATE] * 8


def test_a_bus_without_viewers_of_its_own_counts_none(pair: Pair) -> None:
    assert not pair.publisher.has_own_viewers
    with pytest.raises(NotImplementedError):
        pair.publisher.count("7.public")


# What each says when its server is gone


def test_a_server_that_hangs_is_not_waited_for(remote: Callable[[int], Bus], hanging: int) -> None:
    started = time.monotonic()
    with pytest.raises(BusUnavailable):
        remote(hanging).publish([STATE, OTHER])
    assert time.monotonic() - started < TIMEOUT + SLACK


@pytest.mark.parametrize("name", ["redis", "postgres", "nchan"])
def test_a_server_that_is_gone_is_reported(name: str) -> None:
    with pytest.raises(BusUnavailable):
        REMOTE[name](free_port()).publish([STATE])


def test_an_events_process_that_is_gone_holds_no_viewers_and_is_no_trouble() -> None:
    DirectBus(urls=[f"http://127.0.0.1:{free_port()}/"]).publish([STATE])


def test_an_events_process_that_hangs_does_not_keep_the_next_from_hearing(hanging: int) -> None:
    heard: list[bytes] = []
    with stand_in(lambda body, signature: heard.append(body)) as url, pytest.raises(BusUnavailable):
        DirectBus(urls=[f"http://127.0.0.1:{hanging}/", url]).publish([STATE])
    assert heard == [STATE.packed()]


@pytest.mark.parametrize("name", ["redis", "postgres"])
def test_nobody_can_subscribe_to_a_server_that_is_gone(name: str) -> None:
    with pytest.raises(BusUnavailable):
        asyncio.run(listen(REMOTE[name](free_port()), lambda: None, 1))


@pytest.mark.parametrize("name", ["redis", "postgres"])
def test_nobody_waits_for_ever_for_a_subscription(name: str, hanging: int) -> None:
    with pytest.raises(BusUnavailable):
        asyncio.run(listen(REMOTE[name](hanging), lambda: None, 1))


def test_a_kept_connection_that_is_closed_just_now_is_opened_again() -> None:
    heard: list[int] = []

    class Closing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if self.client_address[1] in heard:  # a second request over the same connection
                self.close_connection = True
                return
            heard.append(self.client_address[1])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Closing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bus = DirectBus(urls=[f"http://127.0.0.1:{server.server_port}/"])
    bus.publish([STATE])
    bus.publish([STATE])
    server.shutdown()
    assert len(heard) == 2


def test_a_message_signed_by_somebody_else_is_refused() -> None:
    bus = DirectBus(urls=["http://127.0.0.1:9/"])
    with pytest.raises(Unauthorized):
        bus.accept(body=STATE.packed(), signature="abc:def:ghi")


def test_the_address_of_a_channel_cannot_be_guessed(settings: Settings) -> None:
    bus = NchanBus(url="http://127.0.0.1:9/")
    first = bus.address("7.public")
    settings.SECRET_KEY = "another"
    assert len({first, bus.address("7.public"), bus.address("7.staff")}) == 3


@pytest.mark.parametrize("urls", [[], "http://127.0.0.1:9/"])
def test_addresses_are_a_list(urls: Any) -> None:
    with pytest.raises(ValueError):
        DirectBus(urls=urls)
