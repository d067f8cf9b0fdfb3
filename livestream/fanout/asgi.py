"""The events endpoint: a bare ASGI application beside Django's. No viewer holds a database connection."""

import asyncio
import gc
import signal
import threading
from collections.abc import Awaitable, Callable
from functools import lru_cache
from types import FrameType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from livestream.bus.direct import SIGNATURE, DirectBus
from livestream.conf import conf
from livestream.errors import LivestreamError, Malformed, NotFound, Unauthorized
from livestream.fanout.answers import (
    ANY_ORIGIN,
    PREFLIGHT,
    Application,
    Headers,
    Receive,
    Scope,
    Send,
    answer,
    refuse,
)
from livestream.fanout.hub import Hub
from livestream.fanout.rooms import Viewer
from livestream.fanout.rounds import Rounds
from livestream.ids import Kind, number_of
from livestream.services import tickets
from livestream.services.buses import get_bus

PUBLISH = "-publish"  # no id of a livestream has a hyphen
LARGEST_BODY = 1_000_000
DEFAULT_PATH = "/live/events/"
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-cache"),
        (b"x-accel-buffering", b"no"),
        ANY_ORIGIN,
    ],
}


def mount(django: Callable[[Any, Any, Any], Awaitable[None]]) -> Application:
    """Django's application, with the events endpoint beside it at the path of EVENTS_URL."""
    events = Events()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await events.live(receive, send)
        elif scope["type"] == "http" and _path(scope).startswith(events.path):
            await events(scope, receive, send)
        else:
            await django(scope, receive, send)

    return application


class Events:
    """The endpoint of one process. Its hub is made when it is first needed, in the loop that serves."""

    def __init__(self) -> None:
        self.path = urlsplit(conf().EVENTS_URL).path or DEFAULT_PATH
        self._rounds: Rounds | None = None

    @property
    def hub(self) -> Hub:
        if self._rounds is None:
            self._rounds = Rounds(Hub(get_bus()))
            self._rounds.start()
        return self._rounds.hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        name = _path(scope).removeprefix(self.path)
        try:
            if get_bus().has_own_viewers:
                raise NotFound("Viewers of this site are connected to nginx.")
            if name == PUBLISH:
                await self._accept(scope, receive, send)
            elif scope["method"] == "OPTIONS":
                await answer(send, 204, headers=PREFLIGHT)
            elif scope["method"] != "GET":
                await answer(send, 405, {"error": "Only GET is allowed"}, [(b"allow", b"GET, OPTIONS")])
            else:
                await self._let_in(_ticket(scope, name), scope, receive, send)
        except LivestreamError as exc:
            await refuse(send, exc)

    async def _let_in(self, ticket: tickets.Ticket, scope: Scope, receive: Receive, send: Send) -> None:
        hub = self.hub
        room = await hub.join(ticket)
        await send(START)
        viewer = Viewer(send, limit=conf().VIEWER_QUEUE, abort=_cutter(send))
        hub.enter(room, ticket, viewer, seen=_seen(scope))
        try:
            while (await receive())["type"] != "http.disconnect":
                continue
        finally:
            viewer.is_over = True
            hub.leave(room, ticket, viewer)

    async def _accept(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A message from a process that changed a livestream."""
        bus = get_bus()
        if not isinstance(bus, DirectBus):
            raise NotFound
        signature = _header(scope, SIGNATURE.lower().encode())
        bus.accept(body=await _read(receive), signature=signature.decode("latin-1"))
        await answer(send, 204)

    async def live(self, receive: Receive, send: Send) -> None:
        """Start with the server, and end with it."""
        await receive()
        _quieten_collector()
        if not get_bus().has_own_viewers:
            _before_the_end(self.hub.send_home)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self._rounds is not None:
            self.hub.send_home()
            await self._rounds.stop()
        await send({"type": "lifespan.shutdown.complete"})


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _ticket(scope: Scope, name: str) -> tickets.Ticket:
    """Raises NotFound and Unauthorized."""
    number = _number(name)
    try:
        query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=10)
    except ValueError:
        query = {}
    ticket = tickets.read(query.get("ticket", [""])[0])
    if ticket.stream != number:
        raise Unauthorized("This page belongs to another livestream. Load it again.")
    return ticket


@lru_cache(maxsize=1000)
def _number(name: str) -> int:
    try:
        number = number_of(Kind.STREAM, name)
    except Malformed:
        raise NotFound from None
    if number is None:
        raise NotFound
    return number


def _seen(scope: Scope) -> int:
    """The version that a page has already; -1 where it says none."""
    given = _header(scope, b"last-event-id")
    return int(given) if given.isdigit() and len(given) < 20 else -1


def _header(scope: Scope, wanted: bytes) -> bytes:
    headers: Headers = scope["headers"]
    return next((value for name, value in headers if name == wanted), b"")


async def _read(receive: Receive) -> bytes:
    """The body of a request. Raises Unauthorized where it is none of ours."""
    body = b""
    while True:
        part = await receive()
        body += bytes(part.get("body", b""))
        if part["type"] == "http.disconnect" or len(body) > LARGEST_BODY:
            raise Unauthorized("This is no message.")
        if not part.get("more_body"):
            return body


def _cutter(send: Send) -> Callable[[], object]:
    """Ends a connection that takes nothing: ASGI has no word for it, uvicorn's `send` has its transport."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    return getattr(transport, "abort", object)


def _quieten_collector() -> None:
    """Many viewers are many objects that live long: looking through them all stops the loop."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def _before_the_end(call: Callable[[], None]) -> None:
    """Servers wait for open connections before they tell us that they stop: hear it from the signal."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        servers = signal.getsignal(number)
        if not callable(servers):
            continue

        def heard(number: int, frame: FrameType | None, servers: Callable[..., Any] = servers) -> None:
            loop.call_soon_threadsafe(call)
            servers(number, frame)

        signal.signal(number, heard)
