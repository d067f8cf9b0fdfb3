"""The port to video gifts, spoken to a Livstick account over HTTP."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from gifting.backends.base import GiftFacts, OpenedGift, VideoGiftBackend
from gifting.backends.livstick import mapping, places
from gifting.dto import NewContainer
from gifting.errors import VendorUnavailable
from gifting.http import Http, Reply

CONTAINERS = "/containers"
SUCCESS = (200, 201)
EXPLAINED = (400, 401, 403, 404, 409)
"""Refusals whose body says more than the status."""


class LivstickBackend(VideoGiftBackend):
    """An account by its private key. `base_url`: `production`, `staging`, or the `/v3` address of a server.

    Raises ValueError without a key, or for a base that is no address. Not to be shared between threads.
    """

    def __init__(self, *, key: str, base_url: str = "production", widget_url: str = "") -> None:
        if not key:
            raise ValueError("The account needs a key: set LIVSTICK_KEY.")
        base = places.base_of(base_url)
        self._widget_url = widget_url or places.widget_of(base)
        self._http = Http(base, headers={"Authorization": f"Bearer {key}"})

    @property
    def widget_url(self) -> str:
        return self._widget_url

    def open(self, request: NewContainer) -> OpenedGift:
        return mapping.opened_gift(self._call("POST", CONTAINERS, json=mapping.opening(request)).json())

    def fetch(self, crid: str) -> GiftFacts:
        return mapping.gift_facts(self._call("GET", _path(crid)).json())

    def change(self, crid: str, changes: Mapping[str, Any]) -> None:
        self._call("PATCH", _path(crid), json=dict(changes))

    def activate(self, crid: str) -> None:
        self._call("POST", _path(crid, "/notify"))

    def watch_url(self, crid: str) -> str:
        return mapping.address(self._call("GET", _path(crid, "/url")).json())

    def qr_code(self, crid: str) -> bytes:
        return _file(self._call("GET", _path(crid, "/qrcode")), b"\x89PNG\r\n\x1a\n")

    def card(self, crid: str) -> bytes:
        return _file(self._call("GET", _path(crid, "/card")), b"%PDF-")

    def _call(self, method: str, path: str, *, json: Any = None) -> Reply:
        reply = self._http.request(method, path, json=json, ok=(*SUCCESS, *EXPLAINED))
        if reply.status in EXPLAINED:
            raise mapping.refusal(reply.status, _document(reply))
        return reply


def _path(crid: str, rest: str = "") -> str:
    return f"{CONTAINERS}/{quote(crid, safe='')}{rest}"


def _document(reply: Reply) -> Any:
    """The body of a refusal, whose status says enough where there is none."""
    try:
        return reply.json()
    except VendorUnavailable:
        return None


def _file(reply: Reply, signature: bytes) -> bytes:
    if not reply.body.startswith(signature):
        raise VendorUnavailable(mapping.UNKNOWN_FORM)
    return reply.body
