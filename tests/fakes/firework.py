"""A hosted account of livestreams as a fake, by the vendor's documents: it does what a test says."""

import hmac
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from tests.fakes.server import Answer, Call, Misbehaviour, Server, answer, serve

CLIENT = {"client_id": "the-client", "client_secret": "s3cr3t-of-the-client"}
SECRET = "s3cr3t-of-the-endpoint"
NEW, OLD = "/api/v1/live_streams/", "/api/oauth_app/live_streams/"
LIVE = ("active", "paused")
Document = dict[str, Any]


def error(sentence: str, status: int) -> Answer:
    return answer({"error": sentence}, status)


def unit(id: str, price: float = 149.99, **more: Any) -> Document:
    said = {"id": id, "unit_name": f"Unit {id}", "unit_price": price, "unit_price_string": f"${price}"}
    return {**said, "unit_ext_id": f"variant-{id}", **more}


def product(id: str, *units: Document, **more: Any) -> Document:
    image = {"id": f"i{id}", "image_src": f"https://cdn.example/{id}.jpg", "image_position": 1}
    said = {"id": id, "product_name": f"Product {id}", "product_description": "", "product_currency": "USD"}
    return {**said, "product_images": [image], "product_units": list(units), **more}


@dataclass(slots=True)
class Account:
    """`streams` are the details by id, `pinned` what viewers see there, `playlists` hold ids, newest first.

    `trouble` is what it answers to a method, to the end of a path, or to everything (`*`); where that is a
    list, one after the other, and then as usual. `denied` belongs to somebody else.
    """

    streams: dict[str, Document] = field(default_factory=dict)
    pinned: dict[str, list[str]] = field(default_factory=dict)
    playlists: dict[str, list[str]] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    trouble: dict[str, Any] = field(default_factory=dict)
    roots: tuple[str, ...] = (NEW, OLD)
    seconds: int = 3600
    tokens: list[str] = field(default_factory=list)
    server: Server | None = None

    def add(self, id: str, *products: Document, status: str = "idle", at: datetime, **more: Any) -> None:
        """A livestream, the newest one of playlist `list`."""
        said = {"status": status, "scheduled_at": f"{at:%Y-%m-%dT%H:%M:%S.%fZ}", "event_name": f"Show {id}"}
        self.streams[id] = {**said, "event_description": "", "products": list(products), **more}
        self.playlists.setdefault("list", []).insert(0, id)

    @property
    def url(self) -> str:
        assert self.server
        return self.server.url

    @property
    def settings(self) -> dict[str, Any]:
        """For `LIVESTREAM["BACKENDS"]`."""
        options = {**CLIENT, "base_url": self.url, "webhook_secrets": [SECRET]}
        backend = "livestream.backends.firework.FireworkBackend"
        return {"firework": {"BACKEND": backend, "OPTIONS": options}}

    @property
    def calls(self) -> list[Call]:
        assert self.server
        return self.server.calls

    @property
    def orders(self) -> list[str]:
        """The calls that should change something, in their order: `POST /api/v1/live_streams/..."""
        return [f"{c.method} {c.path}" for c in self.calls if c.method != "GET" and "token" not in c.path]

    def handle(self, call: Call) -> Answer | Misbehaviour:
        for cause in (call.method, call.path.rpartition("/")[2], "*"):
            trouble = self.trouble.get(cause)
            if isinstance(trouble, list):
                trouble = trouble.pop(0) if trouble else None
            if trouble is not None:
                return trouble
        if call.path == "/oauth/token":
            return self._grant(call)
        if call.headers.get("authorization") not in [f"Bearer {token}" for token in self.tokens]:
            return error("Invalid or missing access token", 401)
        return self._answer(call)

    def _grant(self, call: Call) -> Answer:
        form = call.form()
        if {name: form.get(name) for name in CLIENT} != CLIENT or form["grant_type"] != "client_credentials":
            return answer({"error": "invalid_client"}, 401)
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        said = {"access_token": self.tokens[-1], "token_type": "Bearer", "expires_in": self.seconds}
        return answer({**said, "scope": form["scope"]})

    def _answer(self, call: Call) -> Answer:
        root = next((root for root in self.roots if call.path.startswith(root)), None)
        if root is None:
            return error("Not Found", 404)
        id, _, verb = call.path.removeprefix(root).rpartition("/")
        if verb == "videos":
            return self._page(unquote(id.removeprefix("playlists/")), root, call)
        return self._about(unquote(id), verb, call) if root == NEW or verb == "detail" else error("No", 404)

    def _about(self, id: str, verb: str, call: Call) -> Answer:
        if not (id.isascii() and id.isalnum()):
            return error("Malformed livestream id", 400)
        if id in self.denied:
            return error("Access denied to this livestream", 401)
        if id not in self.streams:
            return error("Livestream not found", 404)
        if verb == "detail":
            return answer(self.streams[id])
        return self._end(id) if verb == "end" else self._pins(id, verb, call)

    def _pins(self, id: str, verb: str, call: Call) -> Answer:
        asked = call.json().get("product_ids")
        if asked is None:
            return error("product_ids is required", 400)
        if not asked:
            return error("product_ids cannot be empty", 400)
        if len(asked) > 3:
            return error("Maximum 3 products allowed per request", 400)
        return self._pin(id, asked) if verb == "pin_product" else self._unpin(id, asked)

    def _pin(self, id: str, asked: list[str]) -> Answer:
        document = self.streams[id]
        known = {one["id"] for one in document["products"]}
        known |= {unit["id"] for one in document["products"] for unit in one["product_units"]}
        found = [one for one in asked if one in known]
        if not found:
            return error("No valid products found", 404)
        if document["status"] not in LIVE:
            return error("Livestream must be active or paused to pin products", 422)
        self.pinned[id] = found
        return answer({"pinned_product_ids": found})

    def _unpin(self, id: str, asked: list[str]) -> Answer:
        there = self.pinned.get(id, [])
        gone = [one for one in asked if one in there]
        if not gone:
            return error("No valid products found to unpin", 404)
        self.pinned[id] = [one for one in there if one not in gone]
        return answer({"unpinned_product_ids": gone})

    def _end(self, id: str) -> Answer:
        if self.streams[id]["status"] not in LIVE:
            return error("Livestream must be active or paused to end", 400)
        self.streams[id]["status"] = "replay"
        return answer({"live_stream_id": id, "status": "ended"})

    def _page(self, id: str, root: str, call: Call) -> Answer:
        """Entries are numbered from the oldest; `before_id` takes such a number."""
        if id not in self.playlists:
            return error("Playlist not found", 404)
        ids = self.playlists[id]
        size, last = int(call.query.get("page_size", 10)), len(ids)
        start = last - int(call.query.get("before_id", last + 1)) + 1
        rows = [self._row(one) for one in ids[start : start + size]]
        following = f"{root}playlists/{id}/videos?before_id={last - start - size + 1}&test_mode=false"
        return answer({"live_streams": rows, "paging": {"next": following} if start + size < last else {}})

    def _row(self, id: str) -> Document:
        return {"id": id, **{name: said for name, said in self.streams[id].items() if name != "products"}}


@contextmanager
def account() -> Iterator[Account]:
    """An account that works, until a test fills `trouble`."""
    fake = Account()
    with serve(fake.handle) as server:
        fake.server = server
        yield fake


def sign(body: bytes, *, at: datetime, secret: str = SECRET) -> str:
    """The header of a push, as the vendor makes it."""
    moment = str(round(at.timestamp() * 1000))
    digest = hmac.digest(secret.encode(), moment.encode() + b"." + body, "sha256")
    return f"t={moment},v1={b64encode(digest).decode()}"
