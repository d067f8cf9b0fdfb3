"""What the OpenAPI document says of a call: its scope, its body, its answers, and every error it can give."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from livestream.api import schemas
from livestream.api.auth import AccessToken
from livestream.api.errors import status_of
from livestream.errors import (
    AccessDenied,
    InsufficientScope,
    LivestreamError,
    Malformed,
    NotFound,
    RateLimited,
    Unauthorized,
    Unavailable,
)

JSON = "application/json"
HEADERS = {
    401: {"WWW-Authenticate": {"description": "`Bearer`, see RFC 6750.", "schema": {"type": "string"}}},
    403: {"WWW-Authenticate": {"description": "`Bearer`, see RFC 6750.", "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
}
ANY_CALL: tuple[LivestreamError, ...] = (
    Unauthorized(),
    InsufficientScope(),
    RateLimited("More than 600 calls in a minute, wait until the next one", retry_after=1),
    Unavailable(),
)
ONE_STREAM: tuple[LivestreamError, ...] = (Malformed(), NotFound(), AccessDenied())
DESCRIPTION = """
Livestreams of a channel: read what is on, pin products while it is live, end it.

Every call needs `Authorization: Bearer <access token>`. An application gets its token at `/oauth/token`, by
its client credentials or by an authorization code with PKCE (`/oauth/authorize`); it belongs to one channel.
`/.well-known/oauth-authorization-server` tells OAuth clients the rest.

Every error has one shape: `{"error": "<sentence>"}`. The calls under `/api/oauth_app` are the older names of
those under `/api/v1`. Fields and parameters that are not known are ignored.
"""


def describe(
    success: type[BaseModel],
    *,
    scope: str,
    errors: Sequence[LivestreamError] = (),
    body: type[BaseModel] | None = None,
    parameters: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """Keyword arguments for a router. `body` and `parameters` are read by the call itself."""
    said: dict[int, list[str]] = defaultdict(list)
    for error in (*ANY_CALL, *errors):
        said[status_of(error)].append(error.message)
    extra: dict[str, Any] = {
        "responses": {status: _refusal(status, said[status]) for status in said},
        "parameters": list(parameters),
        "security": ({AccessToken.__name__: [scope]},),  # A tuple replaces the list that has no scopes.
    }
    if body:
        extra["requestBody"] = {"required": True, "content": {JSON: {"schema": body.model_json_schema()}}}
    return {
        "auth": AccessToken(scope),
        "response": {200: success, tuple(said): schemas.ErrorOut},
        "openapi_extra": extra,
    }


def _refusal(status: int, sentences: list[str]) -> dict[str, Any]:
    shown = {sentence: {"value": {"error": sentence}} for sentence in sentences}
    return {"content": {JSON: {"examples": shown}}, "headers": HEADERS.get(status, {})}
