"""What goes over the wire: server-sent events, written once and shared by every viewer."""

import json
from typing import Any

State = dict[str, Any]
Part = dict[str, Any]  # of an answer, as ASGI sends it


def part(frame: bytes) -> Part:
    """More of the stream."""
    return {"type": "http.response.body", "body": frame, "more_body": True}


HEARTBEAT = part(b":\n\n")
RESYNC = part(b"event: resync\ndata: {}\n\n")
END: Part = {"type": "http.response.body", "body": b"", "more_body": False}


def event(name: str, data: bytes, *, version: int | None = None) -> bytes:
    """One event; `data` is JSON in one line. The version comes back as Last-Event-ID."""
    number = b"" if version is None else b"id: %d\n" % version
    return b"event: %s\n%sdata: %s\n\n" % (name.encode(), number, data)


def snapshot(body: bytes, *, version: int) -> bytes:
    """The whole state."""
    return event("snapshot", body, version=version)


def change(old: State, new: State) -> bytes:
    """What the newer state has to say: the pins alone, or the status and what to play as well."""
    names = ["version", "pins"]
    if any(old[name] != new[name] for name in ("status", "player")):
        return _some("status", new, ["version", "status", "player", "pins"])
    return _some("pins", new, names)


def viewers(count: int) -> bytes:
    """How many are looking on."""
    return event("viewers", b'{"viewers":%d}' % count)


def retry(milliseconds: int) -> bytes:
    """How long the page waits before it connects again."""
    return b"retry: %d\n\n" % milliseconds


def _some(name: str, state: State, names: list[str]) -> bytes:
    said = {one: state[one] for one in names}
    data = json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()
    return event(name, data, version=state["version"])
