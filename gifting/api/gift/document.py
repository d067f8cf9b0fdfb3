"""What the OpenAPI document says of a call: its parameters, its answers, and every error it can give."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from gifting.api.gift import examples, schemas
from gifting.api.gift.envelope import WIRE

JSON = "application/json"
STATUS: dict[str, int] = {}
for _status, _code in WIRE.values():
    STATUS.setdefault(_code, _status)
ANY_CALL = ("2000", "9000", "9001", "9009", "1000")
HEADERS = {429: {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}}
DESCRIPTION = """
Sticker packs, given by one user of a shop to another. Every call needs the header `apikey`.

Every answer has one shape: `{"header": {"code", "status", "message"}, "body"}`.
The code of success is `0000`; the body of an error is an empty list.
User ids are any strings of 1 to 190 characters, percent-encoded in paths.

| code | HTTP | meaning |
|---|---|---|
| `1000` | 500 | server error |
| `2000` | 400 | invalid parameter; with 404 an unknown address, with 405 a method that it does not take |
| `2001` | 404 | no such package |
| `2002` | 404 | no such gift to confirm |
| `2003` | 409 | the receiver already owns or was already sent this pack |
| `2004` | 400 | sender and receiver are the same |
| `2005` | 410 | the gift expired or was revoked |
| `9000` | 401 | the key does not exist |
| `9001` | 403 | the key is blocked |
| `9009` | 429 | too many requests; `Retry-After` says when to come back |
"""
REDIRECT = {
    "description": "A user id holds an encoded slash, and this server cannot see where: ask again there, "
    "with the same method and headers.",
    "headers": {"Location": {"schema": {"type": "string"}}},
    "content": {JSON: {"schema": {"$ref": "#/components/schemas/Refused"}}},
}


def describe(
    success: type[BaseModel],
    *,
    codes: Sequence[str] = (),
    parameters: Sequence[dict[str, Any]] = (),
    body: type[BaseModel] | None = None,
    may_redirect: bool = False,
) -> dict[str, Any]:
    """Keyword arguments for a router. `parameters` and `body` are read by the call itself."""
    all_codes = (*ANY_CALL, *codes)
    statuses = tuple({STATUS[code]: None for code in all_codes})
    responses: dict[int, Any] = {status: _failure(status, all_codes) for status in statuses}
    if may_redirect:
        responses[307] = REDIRECT
    extra: dict[str, Any] = {"responses": responses, "parameters": list(parameters)}
    if body:
        extra["requestBody"] = {"required": False, "content": {JSON: {"schema": body.model_json_schema()}}}
    return {"response": {200: success, statuses: schemas.Refused}, "openapi_extra": extra}


def _failure(status: int, codes: Sequence[str]) -> dict[str, Any]:
    shown = {code: {"value": examples.FAILURES[code]} for code in codes if STATUS[code] == status}
    return {"content": {JSON: {"examples": shown}}, "headers": HEADERS.get(status, {})}
