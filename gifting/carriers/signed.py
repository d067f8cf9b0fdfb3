"""Your own courier, or a carrier that we do not know: pushes in the form of Standard Webhooks, signed."""

import binascii
from base64 import b64decode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from standardwebhooks import Webhook

from gifting.carriers.base import Carrier, ParcelNews, Push
from gifting.carriers.reading import document, line, moment, shown, tracking_code
from gifting.carriers.signatures import accepted
from gifting.dto import ParcelStatus
from gifting.errors import Invalid, Unauthorized

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = range(24, 65)
LONGEST_KEY: Final = 255


class Signed(Carrier):
    """`secrets`: `whsec_` and 24 to 64 random bytes in base64; the old one may stay in while it changes.

    What a courier's own system does, with any library of Standard Webhooks (standardwebhooks.com):

        body = json.dumps({"trackingCode": "TOUR-7-042", "status": "delivered"})
        id, sent_at = "tour-7-stop-042-delivered", datetime.now(UTC)  # the same id for the same event
        headers = {
            "webhook-id": id,
            "webhook-timestamp": str(int(sent_at.timestamp())),
            "webhook-signature": Webhook("whsec_...").sign(msg_id=id, timestamp=sent_at, data=body),
        }
        requests.post("https://shop.example/webhooks/signed", data=body, headers=headers)

    In the body, `trackingCode` and `status` (shipped, in_transit, out_for_delivery, problem, returned,
    delivered) must be there; `happenedAt` (ISO 8601; else the time of reading) and `description` may be.
    """

    serves = frozenset({"coursier", "other"})
    is_signed = True

    def __init__(self, *, secrets: Sequence[str] = ()) -> None:
        self.keys = [_key(secret) for secret in accepted(secrets)]

    @property
    def can_listen(self) -> bool:
        return bool(self.keys)

    def check_push(self, push: Push, *, now: datetime) -> str:
        """The `webhook-id`. A push is good for five minutes by the library's own clock, not by `now`."""
        if not any(_is_signed_with(key, push) for key in self.keys):
            raise Unauthorized("The signature of this push is missing, wrong or too old.")
        self.read_push(push.body)  # Whoever wrote it learns at once what is wrong.
        key = push.headers["webhook-id"]
        if not (len(key) <= LONGEST_KEY and key.isprintable()):
            raise Invalid(
                f"The webhook-id must have 1 to {LONGEST_KEY} printable characters.",
                fields={"webhook-id": f"Must have 1 to {LONGEST_KEY} printable characters."},
            )
        return key

    def read_push(self, body: bytes) -> list[ParcelNews]:
        said = document(body)
        return [
            ParcelNews(
                code=tracking_code(said.get("trackingCode"), "trackingCode"),
                status=_status(said.get("status")),
                happened_at=_time(said.get("happenedAt")),
                label=shown(line(said.get("description"))),
            )
        ]


def _key(secret: str) -> Webhook:
    """The secret as the library takes it, which itself would take a typing error too."""
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not (secret.startswith(PREFIX) and len(key) in SECRET_BYTES):
        raise ImproperlyConfigured("A secret of signed pushes is “whsec_” and 24 to 64 bytes in base64.")
    return Webhook(key)


def _is_signed_with(key: Webhook, push: Push) -> bool:
    try:
        key.verify(push.body, dict(push.headers), json_parse=False)
    except Exception:  # Besides its own error the library lets out whatever a malformed header causes.
        return False
    return True


def _status(value: Any) -> ParcelStatus:
    try:
        return ParcelStatus(line(value))
    except ValueError as exc:
        words = ", ".join(ParcelStatus)
        raise Invalid(
            f"The status is not known; use one of {words}.", fields={"status": f"Must be one of {words}."}
        ) from exc


def _time(value: Any) -> datetime:
    if value is None:
        return datetime.now(UTC)
    if time := moment(value):
        return time
    raise Invalid(
        "happenedAt is not a time in ISO 8601.",
        fields={"happenedAt": "Must be a time in ISO 8601, such as 2026-11-30T14:05:00+01:00."},
    )
