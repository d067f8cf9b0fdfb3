"""An app that calls the gift API, and the one way to say what an answer of it looks like."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.test import Client

DONE = {"header": {"code": "0000", "status": "success", "message": "success"}, "body": []}
WORDS = {
    "1000": "server error",
    "2000": "invalid parameter",
    "2001": "no such package",
    "2002": "no such gift to confirm",
    "2003": "the receiver already owns or was already sent this pack",
    "2004": "sender and receiver are the same",
    "2005": "the gift expired or was revoked",
    "9000": "non exist apikey",
    "9001": "key blocked",
    "9009": "too many requests",
}


@dataclass(frozen=True)
class App:
    """Sends its key with every call, as a server sees it that tells the undecoded path, such as gunicorn."""

    key: str
    tells_path: bool = True

    def call(self, method: str, path: str, body: Any = b"", content_type: str = "application/json") -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {"RAW_URI": path} if self.tells_path else {}
        return Client().generic(
            method, path, data, content_type=content_type, headers={"apikey": self.key}, **told
        )

    def send(self, sender: str, receiver: str, package: Any = 118, query: str = "", body: Any = b"") -> Any:
        return self.call("POST", pair(sender, receiver, package) + query, body)

    def confirm(self, sender: str, receiver: str, package: Any = 118) -> Any:
        return self.call("PUT", pair(sender, receiver, package))

    def sent(self, user: str, query: str = "") -> Any:
        return self.call("GET", f"/v1/gift/send/{quoted(user)}{query}")

    def received(self, user: str, query: str = "") -> Any:
        return self.call("GET", f"/v1/gift/receive/{quoted(user)}{query}")


def quoted(user: str) -> str:
    return quote(user, safe="")


def pair(sender: str, receiver: str, package: Any = 118) -> str:
    return f"/v1/gift/{package}/{quoted(sender)}/{quoted(receiver)}"


CALLS = [
    ("POST", pair("9937", "8805")),
    ("PUT", pair("9937", "8805")),
    ("GET", "/v1/gift/send/9937"),
    ("GET", "/v1/gift/receive/8805"),
    ("GET", "/v1/package"),
    ("GET", "/v1/package/118"),
    ("POST", "/v1/download/118?userId=8805"),
]


def items(response: HttpResponse) -> Any:
    """The list of a successful answer."""
    assert response.status_code == 200, response.content
    return json.loads(response.content)["body"]["packageList"]


def assert_done(response: HttpResponse) -> None:
    assert (response.status_code, json.loads(response.content)) == (200, DONE)


def assert_code(response: HttpResponse, status: int, code: str) -> None:
    """The envelope of every error, with the words of the contract."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    body = json.loads(response.content)
    assert list(body) == ["header", "body"]
    assert list(body["header"]) == ["code", "status", "message"]
    assert (body["header"]["code"], body["header"]["status"], body["body"]) == (code, "fail", [])
    words, _, detail = body["header"]["message"].partition(": ")
    assert words == WORDS[code]
    assert not detail or code == "2000"
