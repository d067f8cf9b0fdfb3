"""A hosted account as a fake: it opens gifts, takes changes, and does what a test tells it to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.fakes.server import Answer, Call, Misbehaviour, Server, answer, serve

KEY = "gc_the_account"


@dataclass(slots=True)
class Account:
    """`gifts` are its documents by crid; `trouble` is what it answers to a method, to the end of a path, or
    to everything (`*`).
    """

    gifts: dict[str, dict[str, Any]] = field(default_factory=dict)
    trouble: dict[str, Answer | Misbehaviour] = field(default_factory=dict)
    server: Server | None = None

    @property
    def url(self) -> str:
        assert self.server
        return self.server.url

    @property
    def settings(self) -> dict[str, Any]:
        """For `GIFTING["BACKENDS"]`."""
        options = {"key": KEY, "base_url": f"{self.url}/v3"}
        return {"livstick": {"BACKEND": "gifting.backends.livstick.LivstickBackend", "OPTIONS": options}}

    @property
    def calls(self) -> list[Call]:
        assert self.server
        return self.server.calls

    @property
    def asked(self) -> list[str]:
        """The calls that should change something, in their order: `POST /v3/containers`."""
        return [f"{call.method} {call.path}" for call in self.calls if call.method != "GET"]

    def handle(self, call: Call) -> Answer | Misbehaviour:
        for cause in (call.method, call.path.rpartition("/")[2], "*"):
            if cause in self.trouble:
                return self.trouble[cause]
        if call.headers.get("authorization") != f"Bearer {KEY}":
            return answer({"error": "unauthorized", "message": "No."}, 401)
        crid, _, rest = unquote(call.path.removeprefix("/v3/containers").removeprefix("/")).partition("/")
        return self._open(call.json()) if not crid else self._about(crid, rest, call)

    def _open(self, said: dict[str, Any]) -> Answer:
        crid = said["crid"]
        is_new = crid not in self.gifts
        links = {"recordingUrl": f"{self.url}/r/{crid}", "previewUrl": f"{self.url}/p/{crid}"}
        opened = {"crid": crid, "urid": f"there{len(self.gifts)}", "editKey": "key-of-the-account"}
        self.gifts.setdefault(crid, {**opened, "state": "recording_open", "links": links})
        return answer(self.gifts[crid], 201 if is_new else 200)

    def _about(self, crid: str, rest: str, call: Call) -> Answer:
        if crid not in self.gifts:
            return answer({"error": "not_found", "message": "No such gift."}, 404)
        if rest == "url":
            return answer({"url": f"{self.url}/w/{crid}"})
        return answer(self.gifts[crid] if call.method == "GET" else {"result": "ok"})


@contextmanager
def account() -> Iterator[Account]:
    """An account that works, until a test fills `trouble`."""
    fake = Account()
    with serve(fake.handle) as server:
        fake.server = server
        yield fake
