"""Secrets of pushes: several are accepted at once, so that they can be changed without losing a push."""

import hashlib
import hmac
from collections.abc import Callable, Sequence

from gifting.carriers.base import Push
from gifting.errors import Unauthorized


def accepted(secrets: Sequence[str]) -> tuple[str, ...]:
    """The secrets that open something; empty ones never do. Raises TypeError for a bare string."""
    if isinstance(secrets, str):
        raise TypeError("secrets must be a list, or each letter would be one")
    return tuple(secret.strip() for secret in secrets if secret.strip())


def check_secret(push: Push, *, header: str, secrets: Sequence[str]) -> None:
    """The header holds one of the secrets. Raises Unauthorized."""
    _check(push, header, secrets)


def check_hmac(push: Push, *, header: str, secrets: Sequence[str], encode: Callable[[bytes], str]) -> None:
    """The header holds the HMAC-SHA256 of the body by one of the secrets. Raises Unauthorized."""
    digests = [hmac.digest(secret.encode(), push.body, hashlib.sha256) for secret in secrets]
    _check(push, header, [encode(digest) for digest in digests])


def _check(push: Push, header: str, expected: Sequence[str]) -> None:
    """Compared in constant time, as bytes: a header may hold characters that no secret has."""
    given = push.headers.get(header.lower(), "").encode(errors="replace")
    if not any(hmac.compare_digest(given, one.encode()) for one in expected):
        raise Unauthorized("The secret or signature of this push is missing or wrong.")


def body_key(body: bytes) -> str:
    """The key of an event whose sender gives it none."""
    return hashlib.sha256(body).hexdigest()
