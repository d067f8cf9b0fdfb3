"""The reference without a product: an ASGI application that sends what is posted to whoever is connected."""

import asyncio
import gc
from typing import Any

gc.disable()
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")],
}
queues: set[asyncio.Queue[bytes]] = set()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "http" and scope["method"] != "GET":
        frame = b"event: snapshot\ndata: " + (await receive())["body"] + b"\n\n"
        for queue in queues:
            queue.put_nowait(frame)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
    elif scope["type"] == "http":
        await _watch(receive, send)


async def _watch(receive: Any, send: Any) -> None:
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    queues.add(queue)
    gone = asyncio.create_task(_gone(receive, queue))
    try:
        await send(START)
        await send(
            {"type": "http.response.body", "body": b"event: snapshot\ndata: {}\n\n", "more_body": True}
        )
        while frame := await queue.get():
            await send({"type": "http.response.body", "body": frame, "more_body": True})
    finally:
        queues.discard(queue)
        gone.cancel()


async def _gone(receive: Any, queue: asyncio.Queue[bytes]) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    queue.put_nowait(b"")
