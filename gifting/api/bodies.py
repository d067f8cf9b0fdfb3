"""Request bodies: read within the limit, strict JSON, checked against a schema."""

import json
from typing import Any, NoReturn, TypeVar

from django.http import HttpRequest
from pydantic import BaseModel, ValidationError

from gifting.api.body_stream import body_stream
from gifting.conf import conf
from gifting.errors import Invalid, TooLarge, UnsupportedMediaType
from gifting.services import orders

Schema = TypeVar("Schema", bound=BaseModel)
PROBLEMS = {
    "missing": "Is required.",
    "string_type": "Must be a string.",
    "string_unicode": "Must be valid Unicode text.",
    "dict_type": "Must be an object.",
    "model_type": "Must be a JSON object.",
}


def read_body(request: HttpRequest, schema: type[Schema]) -> Schema:
    """The body as `schema`; an absent one counts as `{}`.

    Raises UnsupportedMediaType, TooLarge, and Invalid with the `fields` that are missing or of a wrong type.
    """
    body = read_bytes(request, limit=conf().MAX_BODY_BYTES)
    if body and not _is_json(request.content_type or "application/json"):
        raise UnsupportedMediaType("Send the body as JSON, with Content-Type: application/json.")
    try:
        return schema.model_validate(_parse(body) if body else {})
    except ValidationError as exc:
        raise orders.invalid(_problems(exc)) from None


def read_bytes(request: HttpRequest, *, limit: int) -> bytes:
    """The whole body. Raises TooLarge, as soon as that is clear."""
    declared = request.META.get("CONTENT_LENGTH", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    stream, body = body_stream(request), b""
    while piece := stream.read(limit + 1 - len(body)):
        body += piece
        if len(body) > limit:
            raise _too_large(limit)
    return body


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is too large: at most {limit} bytes are accepted.")


def _is_json(content_type: str) -> bool:
    return content_type == "application/json" or (
        content_type.startswith("application/") and content_type.endswith("+json")
    )


def _parse(body: bytes) -> Any:
    """Strict JSON: UTF-8, every name once in its object, no NaN. A byte order mark is let pass."""
    try:
        return json.loads(body.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as exc:
        raise Invalid("The body is not valid JSON.", fields={"body": f"{exc}."}) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) < len(pairs):
        raise ValueError("A name comes twice in the same object")
    return names


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a value of JSON")


def _problems(exc: ValidationError) -> dict[str, str]:
    errors = exc.errors(include_url=False, include_context=False, include_input=False)
    return {str(next(iter(one["loc"]), "body")): PROBLEMS.get(one["type"], one["msg"]) for one in errors}
