"""Redis: every process with viewers hears of every change."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from livestream.bus.base import Bus, Message
from livestream.conf import conf
from livestream.errors import BusUnavailable

try:
    import redis
    from redis.asyncio import Connection
    from redis.asyncio import ConnectionPool as AsyncPool
    from redis.backoff import NoBackoff
    from redis.retry import Retry
except ImportError as exc:
    raise ImportError("RedisBus needs the package redis (extra: server).") from exc

QUIET_SECONDS = 5.0  # then it is asked whether it is still there


class RedisBus(Bus):
    """`url` such as redis://127.0.0.1:6379/0; every site of one Redis needs a `channel` of its own."""

    is_across_processes = True

    def __init__(self, *, url: str, channel: str = "livestream") -> None:
        self._url = url
        self._channel = channel
        self._redis = redis.Redis.from_url(url, **_limits(), retry=_once_more())

    def publish(self, messages: Sequence[Message]) -> None:
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                for message in messages:
                    pipeline.publish(self._channel, message.packed())
                pipeline.execute()
        except redis.RedisError as exc:
            raise BusUnavailable from exc

    async def subscribe(self) -> AsyncIterator[Message]:
        connection = _connection(self._url)
        try:
            await connection.connect()  # type: ignore[no-untyped-call]
            await connection.send_command("SUBSCRIBE", self._channel)
            while True:
                kind, *facts = await _heard(connection)
                if kind == b"subscribe":
                    yield Message(topic="", body=b"")
                elif kind == b"message":
                    yield Message.unpacked(facts[1])
        except (redis.RedisError, OSError, TimeoutError) as exc:
            raise BusUnavailable from exc
        finally:
            await connection.disconnect(nowait=True)


def _limits() -> dict[str, float]:
    seconds = conf().BUS_TIMEOUT_SECONDS
    return {"socket_timeout": seconds, "socket_connect_timeout": seconds}


def _once_more() -> Retry:
    """A kept connection that Redis has closed is opened again; a Redis that does not answer is not waited
    for twice.
    """
    return Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))


def _connection(url: str) -> Connection:
    """Of our own: the library's subscriber connects again without a word, and hides what was lost."""
    pool: Any = AsyncPool.from_url(url, **_limits(), protocol=2, retry=Retry(NoBackoff(), 0))
    made: Connection = pool.make_connection()
    return made


async def _heard(connection: Connection) -> list[Any]:
    """The next answer. Raises TimeoutError where Redis does not even say that it is there."""
    answer = await connection.read_response(timeout=QUIET_SECONDS, disconnect_on_error=False)
    if answer is None:
        await connection.send_command("PING")
        answer = await connection.read_response(timeout=conf().BUS_TIMEOUT_SECONDS)
    if answer is None:
        raise TimeoutError("Redis says nothing any more.")
    heard: list[Any] = answer
    return heard
