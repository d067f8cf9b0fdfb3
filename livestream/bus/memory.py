"""Publisher and viewers in one process: no server is needed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from livestream.bus.base import Bus, Message

Listener = tuple[asyncio.AbstractEventLoop, "asyncio.Queue[Message]"]
_listeners: set[Listener] = set()


class MemoryBus(Bus):
    """Reaches the event loops of this process alone."""

    def publish(self, messages: Sequence[Message]) -> None:
        for loop, queue in tuple(_listeners):
            with suppress(RuntimeError):  # that loop has ended meanwhile, and its viewers with it
                for message in messages:
                    loop.call_soon_threadsafe(queue.put_nowait, message)

    async def subscribe(self) -> AsyncIterator[Message]:
        queue: asyncio.Queue[Message] = asyncio.Queue()
        listener = (asyncio.get_running_loop(), queue)
        _listeners.add(listener)
        try:
            yield Message(topic="", body=b"")
            while True:
                yield await queue.get()
        finally:
            _listeners.discard(listener)
