"""A viewer's page as far as events go: connects, reads, and remembers the last id."""

import json
import socket
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 20


@dataclass(frozen=True, slots=True)
class Event:
    """`id` is empty where the event has none."""

    name: str
    id: str
    data: Any

    @property
    def pins(self) -> list[str]:
        return [card["id"] for card in self.data["pins"]]


class Page:
    """One connection. `retry` is what the server asked for, in milliseconds; `comments` counts heartbeats."""

    def __init__(self, url: str, *, last: str = "", method: str = "GET", buffer: int = 0) -> None:
        parts = urlsplit(url)
        self.connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        self.connection.connect()
        if buffer:
            self.connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last} if last else {})}
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.connection.request(method, path, headers=headers)
        self.response: HTTPResponse = self.connection.getresponse()
        self.last = last
        self.retry = 0
        self.comments = 0

    @property
    def status(self) -> int:
        return self.response.status

    def document(self) -> Any:
        """The JSON of a refusal."""
        return json.loads(self.response.read())

    def next(self, *names: str) -> Event:
        """The next event, of these names where some are given. Raises EOFError where the server has ended."""
        deadline = time.monotonic() + PATIENCE
        while True:
            event = self._event(deadline)
            if not names or event.name in names:
                return event

    def _event(self, deadline: float) -> Event:
        fields: dict[str, str] = {}
        while True:
            assert time.monotonic() < deadline, "Nothing came but signs of life."
            line = self.response.readline().decode()
            if not line:
                raise EOFError
            if line == "\n" and "data" in fields:
                self.last = fields.get("id", self.last)
                return Event(fields.get("event", ""), fields.get("id", ""), json.loads(fields["data"]))
            self._note(line.rstrip("\n"), fields)

    def _note(self, line: str, fields: dict[str, str]) -> None:
        name, _colon, value = line.partition(":")
        if line.startswith(":"):
            self.comments += 1
        elif name == "retry":
            self.retry = int(value)
        elif name:
            fields[name] = value.lstrip()

    def close(self) -> None:
        self.response.close()
        self.connection.close()
