"""The words of tus 1.0 (https://tus.io/protocols/resumable-upload): headers to values, errors to answers."""

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.http.request import HttpHeaders

from gifting.api.errors import error_response
from gifting.errors import GiftingError, Invalid

VERSION = "1.0.0"
CHUNK_TYPE = "application/offset+octet-stream"
EXTENSIONS = "creation,creation-with-upload,creation-defer-length,termination,expiration,checksum"
ALGORITHMS = ("sha1", "sha256")
MAX_METADATA = 4096
NUMBER = re.compile(r"[0-9]{1,18}")
KEY = re.compile(r"[!-+\--~]{1,100}")  # printable ASCII without space and comma


class WrongVersion(GiftingError):
    """The client speaks another version of tus (412)."""

    code = "unsupported_version"


class ChecksumMismatch(GiftingError):
    """The bytes that arrived are not those that were sent (460)."""

    code = "checksum_mismatch"


STATUS: dict[type[Exception], int] = {WrongVersion: 412, ChecksumMismatch: 460}


def tus_error_response(exc: Exception) -> HttpResponse:
    """What only tus answers, in the shape of all errors; anything else as everywhere."""
    if isinstance(exc, GiftingError) and (status := STATUS.get(type(exc))):
        return JsonResponse({"error": exc.code, "message": exc.message}, status=status)
    return error_response(exc)


def check_version(headers: HttpHeaders) -> None:
    """Raises WrongVersion."""
    if headers.get("Tus-Resumable") != VERSION:
        raise WrongVersion(f"This server speaks tus {VERSION}. Send the header Tus-Resumable: {VERSION}.")


def new_length(headers: HttpHeaders) -> int | None:
    """The length of a new upload in bytes, None where it is deferred. Raises Invalid."""
    deferred, said = headers.get("Upload-Defer-Length"), headers.get("Upload-Length")
    if (deferred is None) == (said is None) or deferred not in (None, "1"):
        raise Invalid("Send either Upload-Length, or Upload-Defer-Length: 1.")
    return None if said is None else _number("Upload-Length", said)


def late_length(headers: HttpHeaders) -> int | None:
    """The length that a chunk brings after it was deferred. Raises Invalid."""
    said = headers.get("Upload-Length")
    return None if said is None else _number("Upload-Length", said)


def offset(headers: HttpHeaders) -> int:
    """Where a chunk begins. Raises Invalid."""
    return _number("Upload-Offset", headers.get("Upload-Offset", ""))


def _number(name: str, said: str) -> int:
    if not NUMBER.fullmatch(said):
        raise Invalid(f"The header {name} must be a number of bytes.")
    return int(said)


def metadata(headers: HttpHeaders) -> dict[str, str]:
    """The pairs of Upload-Metadata; a key without a value has an empty one. Raises Invalid."""
    header = headers.get("Upload-Metadata", "")
    if len(header) > MAX_METADATA:
        raise Invalid(f"The header Upload-Metadata must have at most {MAX_METADATA} characters.")
    pairs = [pair.strip().partition(" ") for pair in header.split(",")] if header.strip() else []
    found = {key: _decoded(value) for key, _, value in pairs if KEY.fullmatch(key)}
    if len(found) < len(pairs):
        raise Invalid("The keys in Upload-Metadata must be unique, and of printable ASCII characters.")
    return found


def _decoded(value: str) -> str:
    try:
        text = b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        text = "\x00"
    if "\x00" in text:  # no database text can hold it
        raise Invalid("The values in Upload-Metadata must be Base64 of UTF-8 text.")
    return text


def metadata_header(said: Mapping[str, str]) -> str:
    """The pairs as they were sent."""
    return ",".join(f"{key} {b64encode(value.encode()).decode()}".strip() for key, value in said.items())


@dataclass(frozen=True, slots=True)
class Checksum:
    """Sees the bytes go by in `running`; `expected` is the digest of Upload-Checksum."""

    running: Any
    expected: bytes

    def verify(self) -> None:
        """Raises ChecksumMismatch."""
        if self.running.digest() != self.expected:
            raise ChecksumMismatch("The bytes were damaged on their way. Send the chunk again.")


def checksum(headers: HttpHeaders) -> Checksum | None:
    """What Upload-Checksum demands of a chunk. Raises Invalid for an algorithm that is not ours."""
    said = headers.get("Upload-Checksum")
    if said is None:
        return None
    algorithm, _, digest = said.partition(" ")
    if algorithm not in ALGORITHMS:
        raise Invalid(f"This checksum algorithm is not known; use one of {', '.join(ALGORITHMS)}.")
    try:
        return Checksum(hashlib.new(algorithm), b64decode(digest, validate=True))
    except binascii.Error:
        raise Invalid("The digest in Upload-Checksum must be Base64.") from None
