"""The database as seen from the event loop: in threads, with connections that are closed at once."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

from livestream.errors import Unavailable

T = TypeVar("T")
PATIENCE_SECONDS = 10.0
_threads = ThreadPoolExecutor(4, thread_name_prefix="livestream")


async def in_thread(call: Callable[[], T]) -> T:
    """The result of a blocking call. Raises Unavailable where it takes too long, and what the call raises."""
    running = asyncio.get_running_loop().run_in_executor(_threads, _alone, call)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await running
    except TimeoutError:
        raise Unavailable from None


def _alone(call: Callable[[], T]) -> T:
    try:
        return call()
    finally:
        connections.close_all()
