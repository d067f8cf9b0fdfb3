"""What a process with viewers does again and again: signs of life, counts, looking for what was lost."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from django.db import DatabaseError
from django.utils import timezone

from livestream.bus.base import COUNTS, Message, topic
from livestream.conf import conf
from livestream.dto import Audience
from livestream.errors import LivestreamError
from livestream.fanout.background import in_thread
from livestream.fanout.census import COUNT_SECONDS
from livestream.fanout.hub import Hub
from livestream.services import viewers

log = logging.getLogger(__name__)
CATCH_UP_SECONDS = 5.0
STOP_SECONDS = 2.0
PORTIONS = 15  # heartbeats do not leave all at once


class Rounds:
    """The hub's clockwork. `start` it in the hub's loop, and `stop` it there."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._tasks: list[asyncio.Task[None]] = []
        self._portion = 0
        self._reported: dict[str, int] = {}

    def start(self) -> None:
        """Once."""
        self._tasks = [
            asyncio.create_task(self.hub.listen()),
            asyncio.create_task(_every(conf().HEARTBEAT_SECONDS / PORTIONS, self.beat)),
            asyncio.create_task(_every(CATCH_UP_SECONDS, self.hub.catch_up)),
            asyncio.create_task(_every(COUNT_SECONDS, self.count)),
            asyncio.create_task(_every(conf().SAMPLE_SECONDS, self.write_down)),
        ]

    async def stop(self) -> None:
        """Writes down what is left to write."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        await self.write_down()

    async def beat(self) -> None:
        """A sign of life to the next portion of all viewers."""
        self._portion = (self._portion + 1) % PORTIONS
        for room in self.hub.rooms.values():
            for viewer in room.viewers:
                if (id(viewer) >> 4) % PORTIONS == self._portion:
                    viewer.beat()

    async def count(self) -> None:
        """Report our viewers to the other processes, and show everybody the sum."""
        hub = self.hub
        own = {name: len(room.viewers) for name, room in hub.rooms.items() if room.viewers}
        for room in tuple(hub.rooms.values()):
            public = topic(room.number, Audience.PUBLIC)
            room.show_count(hub.census.total(public, own.get(public, 0)))
        if own or self._reported:
            self._reported = own
            report = Message(topic=COUNTS, body=hub.census.report(own))
            await in_thread(partial(hub.bus.publish, [report]))

    async def write_down(self) -> None:
        """How many look on, and how often pins were shown, into the database."""
        hub = self.hub
        shown = [one for one in hub.rooms.values() if one.audience == Audience.PUBLIC and one.is_live]
        counts = {room.number: len(room.viewers) for room in shown if room.viewers}
        impressions = hub.census.take_impressions()
        call = partial(
            viewers.record,
            counts=counts,
            impressions=impressions,
            process=hub.census.process,
            now=timezone.now(),
        )
        try:
            if counts or impressions:
                await in_thread(call)
        except (DatabaseError, LivestreamError):
            hub.census.impressions.update(impressions)
            raise


async def _every(seconds: float, call: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await call()
        except (DatabaseError, LivestreamError) as exc:
            log.warning("Left out, and tried again later: %s", exc)
