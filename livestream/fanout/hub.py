"""One hub for each process: it listens to the bus once, and tells every viewer that it holds."""

import asyncio
import logging
import os
import random
import secrets
import socket
from collections import Counter
from functools import partial

from django.db import DatabaseError

from livestream.bus.base import COUNTS, Bus, Message, topic
from livestream.conf import conf
from livestream.dto import Audience
from livestream.errors import BusUnavailable, LivestreamError, RateLimited, Unavailable
from livestream.fanout import frames
from livestream.fanout.background import in_thread
from livestream.fanout.census import Census
from livestream.fanout.rooms import Room, Viewer
from livestream.services import state
from livestream.services.tickets import Ticket

log = logging.getLogger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
EMPTY_ROOM_SECONDS = 30.0
RETRY_MILLISECONDS = (500, 3000)  # spread, so that a restart does not bring everybody back at once


class Hub:
    """Belongs to one event loop. Rooms are made for their first viewer, and dropped after the last."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.rooms: dict[str, Room] = {}
        self.census = Census(f"{socket.gethostname()[:20]}-{os.getpid()}-{secrets.token_hex(3)}")
        self.is_closing = False
        self._tickets: Counter[str] = Counter()
        self._lookups: set[asyncio.Task[None]] = set()

    # -- Viewers

    async def join(self, ticket: Ticket) -> Room:
        """The room that a ticket opens, loaded. Raises RateLimited, NotFound, Unavailable."""
        if self._tickets[ticket.viewer] >= conf().CONNECTIONS_PER_TICKET:
            raise RateLimited("This page is connected too often.", retry_after=60)
        name = topic(ticket.stream, ticket.audience)
        room = self.rooms.setdefault(name, Room(number=ticket.stream, audience=ticket.audience))
        if not room.version:
            await self._load(room)
        return self.rooms.setdefault(name, room)

    def enter(self, room: Room, ticket: Ticket, viewer: Viewer, *, seen: int) -> None:
        """Tell the viewer what it does not know; from now on it hears what is new."""
        self._tickets[ticket.viewer] += 1
        room.viewers.add(viewer)
        wait = frames.retry(random.randint(*RETRY_MILLISECONDS))  # noqa: S311
        count = frames.viewers(room.count) if room.count else b""
        if seen == room.version:
            viewer.push(frames.part(wait + count))
        else:
            viewer.push(frames.part(wait + room.snapshot + count))
            if room.audience == Audience.PUBLIC:
                self.census.show(room.pins)
        if self.is_closing:
            viewer.stop()

    def leave(self, room: Room, ticket: Ticket, viewer: Viewer) -> None:
        """The viewer is gone."""
        room.viewers.discard(viewer)
        self._tickets[ticket.viewer] -= 1
        if not self._tickets[ticket.viewer]:
            del self._tickets[ticket.viewer]
        if not room.viewers:
            asyncio.get_running_loop().call_later(EMPTY_ROOM_SECONDS, self._drop, room)

    def send_home(self) -> None:
        """End every connection: this process stops, and pages connect to another one."""
        self.is_closing = True
        for room in self.rooms.values():
            for viewer in room.viewers:
                viewer.stop()

    # -- Rooms

    def _drop(self, room: Room) -> None:
        name = topic(room.number, room.audience)
        if not room.viewers and self.rooms.get(name) is room:
            del self.rooms[name]

    async def _load(self, room: Room) -> None:
        """From the database, once for all who wait. A room that cannot be loaded is no room."""
        if room.loading is None:
            room.loading = asyncio.create_task(self._fetch(room))
        try:
            await asyncio.shield(room.loading)
        except LivestreamError:
            self._drop(room)
            raise

    async def _fetch(self, room: Room) -> None:
        try:
            found = await in_thread(partial(state.load, number=room.number, audience=room.audience))
        except DatabaseError as exc:
            raise Unavailable from exc
        finally:
            room.loading = None
        self._show(room, state.as_json(found))

    def _show(self, room: Room, body: bytes) -> None:
        new = room.take(body)
        if room.audience == Audience.PUBLIC:
            self.census.show(new, to=len(room.viewers))

    # -- The bus

    async def listen(self) -> None:
        """For as long as the process runs. While the bus is down viewers keep what they have."""
        pause = FIRST_PAUSE
        while True:
            try:
                async for message in self.bus.subscribe():
                    if pause > FIRST_PAUSE:
                        log.warning("The message bus answers again.")
                    pause = FIRST_PAUSE
                    self._hear(message)
            except BusUnavailable as exc:
                log.warning("The message bus does not answer: %s", exc.__cause__ or exc)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
            pause = min(2 * pause, LONGEST_PAUSE)

    def _hear(self, message: Message) -> None:
        try:
            if not message.body:
                self._look_up()
            elif message.topic == COUNTS:
                self.census.hear(message.body)
            elif room := self.rooms.get(message.topic):
                self._show(room, message.body)
        except (ValueError, KeyError, TypeError):
            log.warning("A message on the bus cannot be read. Do all processes run the same version?")

    def _look_up(self) -> None:
        """Beside the messages that come in meanwhile: the database may take its time."""
        task = asyncio.create_task(self.catch_up())
        self._lookups.add(task)
        task.add_done_callback(self._lookups.discard)

    async def catch_up(self) -> None:
        """Show what the database knows and we do not: a message was lost, or its sender died after the
        commit. One small question for all rooms.
        """
        if loading := [room.loading for room in self.rooms.values() if room.loading]:
            await asyncio.wait(loading)
        rooms = [room for room in self.rooms.values() if room.version]
        if not rooms:
            return
        try:
            newest = await in_thread(partial(state.versions, {room.number for room in rooms}))
            for room in rooms:
                if newest.get(room.number, 0) > room.version:
                    await self._load(room)
        except (DatabaseError, LivestreamError) as exc:
            log.warning("The database does not answer, viewers keep what they have: %s", exc)
