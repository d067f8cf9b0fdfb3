"""An application that calls the livestream API, and the one way to say what an error looks like."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from livestream.models import Channel, LiveStream, Playlist
from livestream.services import applications
from tests.livestream.conftest import (  # The things of the stories are the same.
    channel,
    live,
    new_product,
    other_channel,
    products,
    stream,
)

__all__ = ["channel", "live", "new_product", "other_channel", "products", "stream"]
READ, WRITE = "livestreams:read", "livestreams:write"
OLD, NEW = "/api/oauth_app/live_streams", "/api/v1/live_streams"


@dataclass(frozen=True)
class Api:
    """Sends its access token with every call; bodies are JSON unless they are bytes."""

    token: str

    def call(self, method: str, path: str, body: Any = b"", content_type: str = "application/json") -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}"}
        return Client().generic(method, path, data, content_type=content_type, headers=headers)

    def details(self, public_id: str, family: str = NEW) -> Any:
        return self.call("GET", f"{family}/{public_id}/detail")

    def playlist(self, public_id: str, query: str = "", family: str = NEW) -> Any:
        return self.call("GET", f"{family}/playlists/{public_id}/videos{query}")

    def pin(self, public_id: str, *ids: str) -> Any:
        return self.call("POST", f"{NEW}/{public_id}/pin_product", {"product_ids": ids})

    def unpin(self, public_id: str, *ids: str) -> Any:
        return self.call("POST", f"{NEW}/{public_id}/unpin_product", {"product_ids": ids})

    def end(self, public_id: str) -> Any:
        return self.call("PATCH", f"{NEW}/{public_id}/end")


def credentials(channel: Channel, now: datetime) -> dict[str, str]:
    """Those of a new application of the channel that keeps a secret."""
    made = applications.create(channel=channel, name="Till", now=now)
    return {"client_id": made.application.client_id, "client_secret": made.client_secret}


def get_token(known: dict[str, str], scope: str = f"{READ} {WRITE}") -> str:
    """What `/oauth/token` gives for client credentials."""
    said = {"grant_type": "client_credentials", "scope": scope, **known}
    response = Client().post("/oauth/token", said)
    assert response.status_code == 200, response.content
    return str(response.json()["access_token"])


@pytest.fixture
def known(channel: Channel, now: datetime) -> dict[str, str]:
    """Client id and secret of an application of the channel."""
    return credentials(channel, now)


@pytest.fixture
def api(known: dict[str, str]) -> Api:
    return Api(get_token(known))


@pytest.fixture
def reader(known: dict[str, str]) -> Api:
    """May read and not write."""
    return Api(get_token(known, READ))


@pytest.fixture
def other_api(other_channel: Channel, now: datetime) -> Api:
    """An application of another channel."""
    return Api(get_token(credentials(other_channel, now)))


@pytest.fixture
def playlist(channel: Channel, stream: LiveStream) -> Playlist:
    """A playlist with one livestream."""
    made = Playlist.objects.create(channel=channel, name="Winter")
    made.entries.create(stream=stream)
    return made


def calls(stream: str, playlist: str) -> list[tuple[str, str]]:
    """Every call of the API."""
    reads = [
        ("GET", f"{family}/{path}")
        for family in (OLD, NEW)
        for path in (f"{stream}/detail", f"playlists/{playlist}/videos")
    ]
    return [*reads, *writes(stream)]


def writes(stream: str) -> list[tuple[str, str]]:
    return [
        ("POST", f"{NEW}/{stream}/pin_product"),
        ("POST", f"{NEW}/{stream}/unpin_product"),
        ("PATCH", f"{NEW}/{stream}/end"),
    ]


def assert_error(response: HttpResponse, status: int, sentence: str) -> None:
    """The one shape of every error."""
    assert (response.status_code, json.loads(response.content)) == (status, {"error": sentence})
    assert response["Content-Type"] == "application/json"
