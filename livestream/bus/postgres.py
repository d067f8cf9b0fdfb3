"""LISTEN and NOTIFY of PostgreSQL, for several processes without Redis."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from livestream.bus.base import Bus, Message
from livestream.conf import conf
from livestream.errors import BusUnavailable

try:
    import psycopg
except ImportError as exc:
    raise ImportError("PostgresBus needs the package psycopg (extra: server).") from exc

LARGEST = 7999  # bytes of a payload
QUIET_SECONDS = 5.0  # then it is asked whether it is still there


class PostgresBus(Bus):
    """`url` such as postgres://user@host/name: a direct one, poolers do not pass notifications on."""

    is_across_processes = True

    def __init__(self, *, url: str, channel: str = "livestream") -> None:
        if not channel.isidentifier():
            raise ValueError("channel must be a plain name.")
        self._url = url
        self._channel = channel

    def publish(self, messages: Sequence[Message]) -> None:
        try:
            asyncio.run(asyncio.wait_for(self._notify(messages), conf().BUS_TIMEOUT_SECONDS))
        except (psycopg.Error, OSError, TimeoutError) as exc:
            raise BusUnavailable from exc

    async def _notify(self, messages: Sequence[Message]) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            for message in messages:
                await connection.execute("SELECT pg_notify(%s, %s)", (self._channel, _payload(message)))

    async def subscribe(self) -> AsyncIterator[Message]:
        try:
            async with await self._listening() as connection:
                yield Message(topic="", body=b"")
                while True:
                    async for notice in connection.notifies(timeout=QUIET_SECONDS):
                        yield Message.unpacked(notice.payload.encode())
                    async with asyncio.timeout(conf().BUS_TIMEOUT_SECONDS):
                        await connection.execute("SELECT 1")
        except (psycopg.Error, OSError, TimeoutError) as exc:
            raise BusUnavailable from exc

    async def _listening(self) -> "psycopg.AsyncConnection[Any]":
        async with asyncio.timeout(conf().BUS_TIMEOUT_SECONDS):
            connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
            await connection.execute(f"LISTEN {self._channel}")
            return connection


def _payload(message: Message) -> str:
    """What is too long for a notification is only announced: the hub loads it."""
    line = message.packed()
    if len(line) > LARGEST:
        line = Message(topic=message.topic, body=b"").packed()
    return line.decode()
