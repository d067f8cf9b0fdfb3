"""A small real HTTP server for fakes of vendors: it keeps every call, and can misbehave on the wire."""

import json
import ssl
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from threading import Event, Thread
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PATIENCE = 20
"""Seconds after which even a misbehaviour ends: a test without protection fails, and does not hang."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What came in. The names of `headers` are lower case; `path` is still quoted, `query` is not."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


Answer = tuple[int, Mapping[str, str], bytes]
Misbehaviour = Callable[["Wire"], None]
Handler = Callable[[Call], Answer | Misbehaviour]


def answer(document: Any, status: int = 200, **headers: str) -> Answer:
    """A JSON document. In the names of `headers` an underscore stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {"Content-Type": "application/json", **named}, json.dumps(document).encode()


@dataclass(slots=True)
class Server:
    """The running fake: where it is, and what it was asked so far, in order."""

    url: str
    calls: list[Call] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wire:
    """What a misbehaviour is given: the raw connection, closed afterwards, and the end of the test."""

    socket: socket
    stopping: Event


def drop(wire: Wire) -> None:
    """Hang up without an answer."""


def hang(wire: Wire) -> None:
    """Never answer."""
    wire.stopping.wait(PATIENCE)


def trickle(wire: Wire, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n") -> None:
    """Begin an answer, then send a byte of it now and then."""
    wire.socket.sendall(head)
    ends = monotonic() + PATIENCE
    while monotonic() < ends and not wire.stopping.wait(0.05):
        wire.socket.sendall(b"x")


def trickle_head(wire: Wire) -> None:
    """Send even the status line and the headers by the byte."""
    trickle(wire, b"HTTP/1.1 200 OK\r\nX: ")


def flood(wire: Wire, size: int = 30_000_000) -> None:
    """Send 30 MB where a small document is expected."""
    wire.socket.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
    for _ in range(0, size, 100_000):
        wire.socket.sendall(b" " * 100_000)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, handler: Handler, tls: ssl.SSLContext | None, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Line)
        self.handler, self.stopping, self.sockets = handler, Event(), set[socket]()
        scheme = "https" if tls else "http"
        self.server = Server(f"{scheme}://127.0.0.1:{self.server_port}")
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.sockets.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.sockets.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):  # clients that hang up are part of the tests
            super().handle_error(request, client_address)

    def close(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        for connection in list(self.sockets):  # kept-alive ones would be answered after the end
            try:
                connection.shutdown(SHUT_RDWR)
            except OSError:
                self.sockets.discard(connection)


class _Line(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65_537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        reaction = self.server.handler(self._call())
        if callable(reaction):
            self.close_connection = True
            reaction(Wire(self.connection, self.server.stopping))
        else:
            self._answer(*reaction)

    def _call(self) -> Call:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        call = Call(method=self.command, path=parts.path, query=query, headers=headers, body=body)
        self.server.server.calls.append(call)
        return call

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def serve(handler: Handler, *, tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[Server]:
    """Answers with `handler` on 127.0.0.1 until the block ends; the same `port` again is the same vendor.

    A handler that raises hangs up, and its traceback is on stderr.
    """
    listener = _Listener(handler, tls, port)
    Thread(target=listener.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield listener.server
    finally:
        listener.close()
