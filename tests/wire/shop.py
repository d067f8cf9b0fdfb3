"""A shop that calls the API, and the one way to say what an error looks like."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.test import Client

NEW: dict[str, Any] = {
    "crid": "ORD-2026-1234",
    "email": "alice@example.com",
    "receiverEmail": "bob@example.com",
    "language": "en",
    "additionalData": {"senderFirstName": "Alice", "receiverFirstName": "Bob", "productName": "Gift Box"},
}
CONTAINERS = "/v3/containers"


@dataclass(frozen=True)
class Shop:
    """Sends its private key with every call; bodies are JSON unless they are bytes."""

    key: str

    def call(self, method: str, path: str, body: Any = b"", content_type: str = "application/json") -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.key}"}
        return Client().generic(method, path, data, content_type=content_type, headers=headers)

    def open(self, **changes: Any) -> Any:
        """POST the body of the contract's first example, with changes; None leaves a field out."""
        said = {name: value for name, value in (NEW | changes).items() if value is not None}
        return self.call("POST", CONTAINERS, said)

    def get(self, crid: str, rest: str = "") -> Any:
        return self.call("GET", address(crid, rest))

    def patch(self, crid: str, **changes: Any) -> Any:
        return self.call("PATCH", address(crid), changes)

    def notify(self, crid: str) -> Any:
        return self.call("POST", address(crid, "/notify"))


def address(crid: str, rest: str = "") -> str:
    return f"{CONTAINERS}/{quote(crid, safe='')}{rest}"


CALLS = [
    ("POST", CONTAINERS),
    ("GET", address(NEW["crid"])),
    ("PATCH", address(NEW["crid"])),
    ("POST", address(NEW["crid"], "/notify")),
    ("GET", address(NEW["crid"], "/qrcode")),
    ("GET", address(NEW["crid"], "/card")),
    ("GET", address(NEW["crid"], "/url")),
]
ONE_ORDER = CALLS[1:]
WITH_BODY = [CALLS[0], CALLS[2]]


def assert_error(response: HttpResponse, status: int, code: str, *fields: str) -> None:
    """The one shape of every error: code, sentence, and `fields` only where some are at fault."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    body = json.loads(response.content)
    assert list(body) == ["error", "message", *(["fields"] if fields else [])]
    assert body["error"] == code
    assert body["message"].endswith(".")
    assert set(body.get("fields", {})) == set(fields)
