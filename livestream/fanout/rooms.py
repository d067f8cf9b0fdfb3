"""Who looks on: a viewer's connection with its bounded queue, and the room of all who see the same state."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Generator, Iterator
from types import coroutine
from typing import Any

from livestream.dto import Audience
from livestream.fanout import frames
from livestream.fanout.answers import Send
from livestream.fanout.frames import Part, State

AT_ONCE = 256  # of many viewers the first read while the last are still to be written to
STALLED_BEATS = 2


class Viewer:
    """One connection, without a task of its own: what it can take is written at once. Only while it is busy
    parts wait here; where more than `limit` would wait, it is told to resync instead.
    """

    __slots__ = ("_abort", "_limit", "_missed", "_parts", "_send", "_writer", "is_over")

    def __init__(self, send: Send, *, limit: int, abort: Callable[[], object]) -> None:
        self._send = send
        self._limit = limit
        self._abort = abort
        self._parts: list[Part] = []
        self._writer: asyncio.Task[None] | None = None
        self._missed = 0
        self.is_over = False

    def push(self, part: Part) -> None:
        """Never waits."""
        if self.is_over:
            return
        if self._writer is None:
            self._write(part)
        elif len(self._parts) < self._limit:
            self._parts.append(part)
        else:
            self._parts = [frames.RESYNC]

    def _write(self, part: Part) -> None:
        """Take the first step of `send`, which is nearly always the last. Otherwise a task takes the rest."""
        steps = self._send(part).__await__()
        try:
            waits_for = next(steps)
        except StopIteration:
            return
        except (OSError, RuntimeError):  # servers say so in different ways: the connection is gone
            self.is_over = True
            return
        self._writer = asyncio.create_task(self._catch_up(steps, waits_for))

    async def _catch_up(self, steps: Generator[Any, None, Any], waits_for: Any) -> None:
        await _rest(steps, waits_for)
        while self._parts:
            self._missed = 0
            await self._send(self._parts.pop(0))
        self._writer = None

    def beat(self) -> None:
        """A sign of life where nothing else is under way. Who takes nothing for two beats is cut off."""
        if self._writer is None:
            self._missed = 0
            self.push(frames.HEARTBEAT)
            return
        self._missed += 1
        if self._missed >= STALLED_BEATS:
            self.stop()

    def stop(self) -> None:
        """End the connection: in good order, or at once where it takes nothing."""
        self.push(frames.END)
        self.is_over = True
        if self._writer is not None:
            self._writer.cancel()
            self._abort()


@coroutine
def _rest(steps: Generator[Any, None, Any], waits_for: Any) -> Generator[Any, Any, None]:
    """What is left of an awaitable whose first step has been taken."""
    yield waits_for
    yield from steps


class Room:
    """The viewers of one livestream who see the same, and what they see. Version 0: not loaded yet."""

    def __init__(self, *, number: int, audience: Audience) -> None:
        self.number = number
        self.audience = audience
        self.viewers: set[Viewer] = set()
        self.state: State = {}
        self.version = 0
        self.snapshot = b""
        self.count = 0
        self.loading: asyncio.Task[None] | None = None
        self._outbox: deque[tuple[Part, Iterator[Viewer]]] = deque()

    def take(self, body: bytes) -> list[int]:
        """Show a state if it is newer. Returns the pins that every viewer is sent by it for the first time.

        Raises ValueError or KeyError for what is no state.
        """
        state = json.loads(body)
        if state["version"] <= self.version:
            return []
        before, known = self.state, self.pins
        snapshot = frames.snapshot(body, version=state["version"])
        self.tell(frames.change(before, state) if before else snapshot)
        self.state, self.version, self.snapshot = state, state["version"], snapshot
        return [pin for pin in self.pins if pin not in known]

    def tell(self, frame: bytes) -> None:
        """The same to everybody who is here now, after what they were told before."""
        self._outbox.append((frames.part(frame), iter(tuple(self.viewers))))
        if len(self._outbox) == 1:
            self._tell_some()

    def _tell_some(self) -> None:
        """A portion, so that bytes leave in between."""
        part, waiting = self._outbox[0]
        for _each in range(AT_ONCE):
            viewer = next(waiting, None)
            if viewer is None:
                self._outbox.popleft()
                break
            viewer.push(part)
        if self._outbox:
            asyncio.get_running_loop().call_soon(self._tell_some)

    def show_count(self, count: int) -> None:
        """Tell how many look on, where that is news."""
        if count != self.count:
            self.count = count
            self.tell(frames.viewers(count))

    @property
    def pins(self) -> list[int]:
        """The rows of what is pinned."""
        return [card["pin"] for card in self.state.get("pins", [])]

    @property
    def is_live(self) -> bool:
        return self.state.get("status") in ("active", "paused")
