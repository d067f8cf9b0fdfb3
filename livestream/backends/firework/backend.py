"""The port to livestreams, spoken to a Firework account over HTTP."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from livestream.backends.base import LiveBackend, PlaylistPage, StreamFacts
from livestream.backends.firework import mapping, pushes, refusals, signatures
from livestream.backends.firework.tokens import Grant, Tokens, tokens_of
from livestream.http import Http, Reply, address_of

BASES = {"production": "https://api.firework.com"}
TOKEN_PATH = "/oauth/token"  # noqa: S105
SCOPES = "livestreams:read livestreams:write"
NEW, OLD = "/api/v1/live_streams", "/api/oauth_app/live_streams"
# A refusal's body says more than its status; 429 says when to come back, which the door reads.
ANSWERS = frozenset({200, *range(400, 500)} - {429})


class FireworkBackend(LiveBackend):
    """An account by its OAuth client. `base_url`: `production`, or the address of a server, without a path.

    `webhook_secrets` are those of its webhook endpoints; several while one is replaced.
    Raises ValueError without a client, or for a base that is no address. Not to be shared between threads.
    """

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        base_url: str = "production",
        webhook_secrets: Sequence[str] = (),
        tokens: Tokens | None = None,
    ) -> None:
        if not (client_id and client_secret):
            raise ValueError("The account needs FIREWORK_CLIENT_ID and FIREWORK_CLIENT_SECRET.")
        if isinstance(webhook_secrets, str):
            raise TypeError("webhook_secrets must be a list, or each letter would be one")
        base = address_of(base_url, BASES)
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._secrets = tuple(secret.strip() for secret in webhook_secrets if secret.strip())
        self._tokens = tokens or tokens_of(base, client_id, client_secret)
        self._http = Http(base)

    @property
    def can_listen(self) -> bool:  # type: ignore[override]
        return bool(self._secrets)

    def fetch(self, stream: str) -> StreamFacts:
        return mapping.stream_facts(self._read(f"{_segment(stream)}/detail").json(), id=stream)

    def playlist(self, playlist: str, *, page_size: int = 10, before: str = "") -> PlaylistPage:
        asked = {"page_size": str(page_size), **({"before_id": before} if before else {})}
        return mapping.playlist_page(
            self._read(f"/playlists{_segment(playlist)}/videos", params=asked).json()
        )

    def pin(self, stream: str, product_ids: Sequence[str]) -> list[str]:
        said = self._order("POST", stream, refusals.PIN, json={"product_ids": list(product_ids)})
        return mapping.product_ids(said, "pinned_product_ids")

    def unpin(self, stream: str, product_ids: Sequence[str]) -> list[str]:
        said = self._order("POST", stream, refusals.UNPIN, json={"product_ids": list(product_ids)})
        return mapping.product_ids(said, "unpinned_product_ids")

    def end(self, stream: str) -> None:
        mapping.check_ended(self._order("PATCH", stream, refusals.END))

    def check_push(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        signatures.check(headers.get(signatures.HEADER, ""), body=body, secrets=self._secrets, now=now)

    def is_news(self, body: bytes) -> bool:
        return pushes.is_news(body)

    def _read(self, path: str, **more: Any) -> Reply:
        """From the address that the vendor names as the coming one, else from that of the seed."""
        reply = self._ask("GET", NEW + path, **more)
        if reply.status == 404:
            older = self._ask("GET", OLD + path, **more)
            reply = older if older.status == 200 else reply
        return self._success(reply, refusals.READ)

    def _order(self, method: str, stream: str, call: str, **more: Any) -> Any:
        return self._success(self._ask(method, f"{NEW}{_segment(stream)}/{call}", **more), call).json()

    def _success(self, reply: Reply, call: str) -> Reply:
        if reply.status != 200:
            raise refusals.refusal(reply, call, host=self._http.host)
        return reply

    def _ask(self, method: str, path: str, **more: Any) -> Reply:
        """The answer. A token that ended earlier than it said is replaced once: nothing was done with it."""
        token = self._tokens.get(self._grant)
        reply = self._send(method, path, token, **more)
        if reply.status == 401 and not refusals.is_denied(reply):
            reply = self._send(method, path, self._tokens.get(self._grant, refused=token), **more)
        return reply

    def _send(self, method: str, path: str, token: str, **more: Any) -> Reply:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if method != "GET":  # the seed wants it also where there is no body
            headers["Content-Type"] = "application/json"
        return self._http.request(method, path, ok=ANSWERS, headers=headers, **more)

    def _grant(self) -> Grant:
        form = {"grant_type": "client_credentials", "scope": SCOPES, **self._client}
        reply = self._http.request("POST", TOKEN_PATH, ok=ANSWERS, headers={}, data=form)
        if reply.status != 200:
            raise mapping.no_grant(reply.status)
        return mapping.grant(reply.json())


def _segment(id: str) -> str:
    """An id as a part of a path. Dots alone would be directions to every client."""
    return f"/{quote(id, safe='') or '-'}" if id not in (".", "..") else "/-"
