"""What proves that a push is the vendor's: `FW-Webhooks-Signature: t=<unix ms>,v1=<base64>`."""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from livestream.errors import Unauthorized

HEADER = "fw-webhooks-signature"
TOLERANCE = timedelta(minutes=5)
"""Ours: the vendor's documentation names none. Each of its attempts is signed anew."""


def check(signature: str, *, body: bytes, secrets: Sequence[str], now: datetime) -> None:
    """Raises Unauthorized for what none of the secrets signed, or not within the last minutes."""
    moment, given = _parts(signature)
    signed = moment.encode() + b"." + body
    expected = [b64encode(hmac.digest(secret.encode(), signed, "sha256")) for secret in secrets]
    # All pairs are compared, so that the time tells nothing of which secret it was.
    if not sum(hmac.compare_digest(one, known) for one in given for known in expected):
        raise Unauthorized("The signature of this push is missing or wrong.")
    if abs(now - _time(moment)) > TOLERANCE:
        raise Unauthorized("The signature of this push is too old.")


def _parts(signature: str) -> tuple[str, list[bytes]]:
    """The time as it is written, and the signatures of the scheme that we know."""
    pairs = [part.strip().partition("=") for part in signature.split(",")]
    moments = [value for name, _, value in pairs if name == "t" and value.isascii() and value.isdigit()]
    if len(moments) != 1 or len(moments[0]) > 15:
        raise Unauthorized("The signature of this push is missing or wrong.")
    return moments[0], [value.encode(errors="replace") for name, _, value in pairs if name == "v1"]


def _time(moment: str) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(moment))
