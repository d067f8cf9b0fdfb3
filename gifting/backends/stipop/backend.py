"""The port to gift packs, spoken to a Stipop account over HTTP."""

from typing import Any

from gifting.backends.packs import (
    LIMIT,
    GiftPackBackend,
    GivenPack,
    PackFacts,
    Page,
    check_number,
    check_page,
)
from gifting.backends.stipop import mapping, places
from gifting.http import Http, Reply

EXPLAINED = (400, 401, 403, 404, 409, 410)
"""Refusals whose envelope says more than the status."""
MOVED = (307, 308)
"""A server that got an encoded slash already decoded asks where it was."""


class StipopBackend(GiftPackBackend):
    """An account by its key. `base_url`: `production`, `sandbox`, or the `/v1` address of a server.

    Raises ValueError without a key, or for a base that is no address. Not to be shared between threads.
    """

    def __init__(self, *, key: str, base_url: str = "production") -> None:
        if not key:
            raise ValueError("The account needs a key: set STIPOP_KEY.")
        self._base = places.base_of(base_url)
        self._http = Http(self._base, headers={"apikey": key})

    def send(self, number: int, *, sender: str, receiver: str, note: str = "") -> None:
        self._give("POST", number, sender, receiver, {"note": note} if note else None)

    def confirm(self, number: int, *, sender: str, receiver: str) -> None:
        self._give("PUT", number, sender, receiver, None)

    def sent(self, user: str, *, page: int = 1, limit: int = LIMIT) -> Page[GivenPack]:
        return self._gifts("send", user, page, limit)

    def received(self, user: str, *, page: int = 1, limit: int = LIMIT) -> Page[GivenPack]:
        return self._gifts("receive", user, page, limit)

    def packs(self, *, page: int = 1, limit: int = LIMIT, user: str = "") -> Page[PackFacts]:
        reply = self._ask("GET", "/package", params={**_asked(page, limit), **_viewer(user)})
        return mapping.page(mapping.body(reply), mapping.pack_facts)

    def pack(self, number: int, *, user: str = "") -> PackFacts:
        check_number(number)
        reply = self._ask("GET", f"/package/{number}", params=_viewer(user))
        return mapping.one_pack(mapping.body(reply))

    def _gifts(self, which: str, user: str, page: int, limit: int) -> Page[GivenPack]:
        path = f"/gift/{which}/{places.segment(user)}"
        reply = self._ask("GET", path, shown=f"/gift/{which}/…", params=_asked(page, limit))
        return mapping.page(mapping.body(reply), mapping.given_pack)

    def _give(self, method: str, number: int, sender: str, receiver: str, json: Any) -> None:
        check_number(number)
        pair = f"{places.segment(sender, 'sendUserId')}/{places.segment(receiver, 'receiveUserId')}"
        path, shown = f"/gift/{number}/{pair}", "/gift/…"
        reply = self._ask(method, path, shown=shown, json=json, also=MOVED)
        if reply.status in MOVED:
            there = places.moved(self._base, path, reply.headers.get("location", ""))
            reply = self._ask(method, there, shown=shown, json=json)
        mapping.body(reply)

    def _ask(self, method: str, path: str, *, also: tuple[int, ...] = (), **more: Any) -> Reply:
        return self._http.request(method, path, ok=(200, *EXPLAINED, *also), **more)


def _asked(page: int, limit: int) -> dict[str, str]:
    check_page(page, limit)
    return {"pageNumber": str(page), "limit": str(limit)}


def _viewer(user: str) -> dict[str, str]:
    places.quoted(user)
    return {"userId": user} if user else {}
