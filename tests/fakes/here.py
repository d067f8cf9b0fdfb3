"""A carrier inside this process, for tests of what is done with news: it says what a test wants."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gifting.carriers.base import Carrier, ParcelNews, Push
from gifting.dto import ParcelStatus
from gifting.errors import Invalid, ParcelUnknown, Unauthorized

PATH = f"{__name__}.Here"
SECRET = "here-secret"


@dataclass
class Knowledge:
    """What is told of each code (news, or the error that is raised), and who was asked about what."""

    says: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    greeted: list[bytes] = field(default_factory=list)


WORLD = Knowledge()


@contextmanager
def fresh_world() -> Iterator[Knowledge]:
    """Nobody knows anything, before and after."""
    for part in (WORLD.says, WORLD.asked, WORLD.greeted):
        part.clear()
    yield WORLD
    WORLD.says.clear()


class Here(Carrier):
    """`secret` lets it push, `asks` lets it be asked. What it says may depend on it: `says["name/code"]`."""

    def __init__(self, *, name: str = "here", secret: str = "", asks: bool = True, **port: Any) -> None:
        self.name, self.secret, self.asks = name, secret, asks
        for attribute, value in port.items():  # serves, is_signed, interval, per_day, spacing
            setattr(self, attribute, value)

    @property
    def can_ask(self) -> bool:
        return self.asks

    @property
    def can_listen(self) -> bool:
        return bool(self.secret)

    def ask(self, code: str) -> list[ParcelNews]:
        WORLD.asked.append((self.name, code))
        unknown = ParcelUnknown("No such parcel here.")
        said = WORLD.says.get(f"{self.name}/{code}", WORLD.says.get(code, unknown))
        if callable(said):
            said = said()
        if isinstance(said, Exception):
            raise said
        return list(said)

    def check_push(self, push: Push, *, now: datetime) -> str:
        if push.headers.get("x-secret") != self.secret:
            raise Unauthorized("The secret of this push is wrong.")
        _document(push.body)
        return push.headers.get("x-key") or hashlib.sha256(push.body).hexdigest()

    def read_push(self, body: bytes) -> list[ParcelNews]:
        said = _document(body)
        if "bug" in said:
            raise KeyError("alice@example.com")
        return [
            news(said["code"], one["status"], datetime.fromisoformat(one["at"]), one.get("label", ""))
            for one in said.get("events", [])
        ]

    def shake_hands(self, body: bytes) -> bool:
        said = _document(body)
        if isinstance(WORLD.says.get("greeting"), Exception):
            raise WORLD.says["greeting"]
        if "hello" in said:
            WORLD.greeted.append(body)
        return "hello" in said


def news(code: str, status: str, happened_at: datetime, label: str = "") -> ParcelNews:
    return ParcelNews(code=code, status=ParcelStatus(status), happened_at=happened_at, label=label)


def body(code: str, *events: tuple[str, datetime], **more: Any) -> bytes:
    """A push that `Here` reads."""
    told = [{"status": status, "at": at.isoformat()} for status, at in events]
    return json.dumps({"code": code, "events": told, **more}).encode()


def push(content: bytes, *, secret: str = SECRET, **headers: str) -> Push:
    return Push(headers={"x-secret": secret, **headers}, body=content)


def carrier(name: str = "here", **options: Any) -> dict[str, Any]:
    """An entry of `GIFTING["CARRIERS"]`."""
    return {"BACKEND": PATH, "OPTIONS": {"name": name, **options}}


def asking(name: str = "here", *, serves: str = "ups", **options: Any) -> dict[str, Any]:
    """One that can be asked about parcels of these words."""
    return carrier(name, serves=frozenset(serves.split()), **options)


def telling(name: str = "here", **options: Any) -> dict[str, Any]:
    """One that pushes, signed unless said otherwise, and cannot be asked."""
    return carrier(name, **{"secret": SECRET, "asks": False, "is_signed": True, **options})


def connect(settings: Any, **carriers: dict[str, Any]) -> None:
    """These are the carriers of the installation."""
    settings.GIFTING = {**settings.GIFTING, "CARRIERS": carriers}


def in_hours(hours: float) -> timedelta:
    return timedelta(hours=hours)


def _document(content: bytes) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads(content)
    except ValueError as exc:
        raise Invalid("The body is not a JSON document.") from exc
    return said
