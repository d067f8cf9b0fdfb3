"""What the OpenAPI document says of a call: its body, its answers, and every error it can give."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from gifting.api.errors import WIRE
from gifting.api.v3 import examples, schemas

JSON = "application/json"
STATUS = {code: status for status, code in WIRE.values()}
HEADERS = {
    "unauthorized": {"WWW-Authenticate": {"schema": {"type": "string", "enum": ["Bearer"]}}},
    "rate_limited": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
}
DESCRIPTION = """
Video gift messages on orders. Every call needs `Authorization: Bearer <private key>`.

Every error has one shape: `{"error": "<code>", "message": "<sentence>"}`, and with the code `invalid`
also `"fields": {"<name>": "<problem>"}`. Fields that are not known are ignored; null counts as absent.
"""


def describe(
    success: Mapping[int, type[BaseModel] | None],
    *,
    errors: Sequence[str],
    body: type[BaseModel] | None = None,
    media_type: str = "",
) -> dict[str, Any]:
    """Keyword arguments for a router: `media_type` is that of a file, `body` is read by the call itself."""
    extra: dict[str, Any] = {"responses": {STATUS[code]: _error(code) for code in errors}}
    if media_type:
        schema = {"type": "string", "contentMediaType": media_type}
        extra["responses"][200] = {"content": {media_type: {"schema": schema}}}
    if body:
        extra["requestBody"] = {"required": True, "content": {JSON: {"schema": body.model_json_schema()}}}
    statuses = tuple(STATUS[code] for code in errors)
    return {"response": {**success, statuses: schemas.ErrorOut}, "openapi_extra": extra}


def _error(code: str) -> dict[str, Any]:
    return {"content": {JSON: {"example": examples.ERRORS[code]}}, "headers": HEADERS.get(code, {})}
