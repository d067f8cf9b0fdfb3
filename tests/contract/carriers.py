"""Every carrier adapter, with the server that plays its vendor and the pushes that this vendor sends."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from gifting.carriers.aftership import AfterShip
from gifting.carriers.base import Carrier, Push
from gifting.carriers.chronopost import Chronopost
from gifting.carriers.dhl import Dhl
from gifting.carriers.laposte import LaPoste
from gifting.carriers.sendcloud import Sendcloud
from gifting.carriers.signed import Signed
from gifting.carriers.ups import Ups
from tests.fakes import dhl, ups
from tests.fakes.chronopost import FakeChronopost
from tests.fakes.dhl import FakeDhl
from tests.fakes.laposte import FakeLaPoste
from tests.fakes.server import Answer, Call, Handler, serve
from tests.fakes.ups import FakeUps

NOWHERE = "http://127.0.0.1:1"
RECEIVER = "JESSICA"
SAID_ON = datetime(2026, 11, 2, 9, tzinfo=UTC)
WORDS = ("in_transit", "out_for_delivery", "delivered", "returned")


def whsec(letter: str) -> str:
    return "whsec_" + base64.b64encode(letter.encode() * 32).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """`build` makes the adapter with everything it can be given: the vendor's address, and webhook secrets.

    `plays` is the server that knows parcels; `says` is what is pushed of a word; `seals` are the headers that
    a secret gives to a body. What an adapter does not declare, its vendor need not have.
    """

    alias: str
    kind: type[Carrier]
    build: Callable[[str, Sequence[str]], Carrier]
    code: str = "XN081879383FR"
    other_code: str = "XN081879384FR"
    secrets: tuple[str, str, str] = ("new-secret", "old-secret", "wrong-secret")
    plays: Callable[[dict[str, str]], Handler] | None = None
    says: Callable[[str, str], Any] | None = None
    seals: Callable[[bytes, str], dict[str, str]] | None = None

    def __str__(self) -> str:
        return self.alias

    def answer(self, word: str) -> bytes:
        """What the server answers about the parcel."""
        assert self.plays
        server, answers = self.plays({self.code: word}), []

        def keep(call: Call) -> Answer:
            answers.append(server(call))
            return answers[-1]

        with serve(keep) as running:
            self.build(running.url, []).ask(self.code)
        return answers[-1][2]

    def body(self, word: str) -> bytes:
        assert self.says
        return json.dumps(self.says(self.code, word)).encode()

    def push(self, body: bytes, secret: str) -> Push:
        assert self.seals
        return Push(headers={"content-type": "application/json", **self.seals(body, secret)}, body=body)


def _dhl(url: str, secrets: Sequence[str]) -> Dhl:
    return Dhl(api_key="dhl-key", webhook_header="X-Gift-Token", webhook_tokens=secrets, base_url=url)


def _ups(url: str, secrets: Sequence[str]) -> Ups:
    return ups.ups_at(url, webhook_credentials=secrets)


def _laposte(url: str, secrets: Sequence[str]) -> LaPoste:
    return LaPoste(okapi_key="okapi-key", base_url=url)


def _chronopost(url: str, secrets: Sequence[str]) -> Chronopost:
    return Chronopost(enabled=True, base_url=url)


def _dhl_says(code: str, word: str) -> Any:
    if word == "nothing":
        return {"scope": "subscription.ready", "self": "subscription/1"}
    return {"scope": "subscription.push", "self": "subscription/1", "shipments": [dhl.shipment(code, word)]}


def _sendcloud_says(code: str, word: str) -> Any:
    numbers = {"in_transit": 91, "out_for_delivery": 92, "delivered": 11, "returned": 62992}
    if word == "nothing":
        return {"action": "integration_updated", "timestamp": 5}
    time = int(SAID_ON.timestamp() * 1000)
    parcel = {"id": 7, "name": RECEIVER, "tracking_number": code, "status": {"id": numbers[word]}}
    return {"action": "parcel_status_changed", "timestamp": time, "parcel": parcel}


def _aftership_says(code: str, word: str) -> Any:
    tags = {"in_transit": "InTransit", "out_for_delivery": "OutForDelivery"}
    parcel = {
        "tracking_number": code,
        "tag": tags.get(word, "Delivered"),
        "return_to_sender": word == "returned",
        "signed_by": RECEIVER,
        "checkpoints": [
            {"checkpoint_time": SAID_ON.isoformat(), "message": f"Done, received by {RECEIVER}"},
        ],
    }
    event = "edd_revise" if word == "nothing" else "tracking_update"
    return {"event": event, "event_id": f"event-{word}", "ts": SAID_ON.timestamp(), "msg": parcel}


def _signed_says(code: str, word: str) -> Any:
    told = f"Done, received by {RECEIVER}"
    return {"trackingCode": code, "status": word, "happenedAt": SAID_ON.isoformat(), "description": told}


def _digest(body: bytes, secret: str) -> bytes:
    return hmac.digest(secret.encode(), body, hashlib.sha256)


def _sealed_by_id(body: bytes, secret: str) -> dict[str, str]:
    key, now = f"msg-{hashlib.sha256(body).hexdigest()[:8]}", datetime.now(UTC)
    signature = Webhook(secret).sign(key, now, body.decode())
    return {
        "webhook-id": key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


VENDORS = [
    Vendor(
        alias="ups",
        kind=Ups,
        build=_ups,
        code="1Z204W4R0308071865",
        other_code="1Z204W4R0308071866",
        plays=FakeUps,
        says=ups.alert,
        seals=lambda body, secret: {"credential": secret},
    ),
    Vendor(
        alias="dhl",
        kind=Dhl,
        build=_dhl,
        plays=FakeDhl,
        says=_dhl_says,
        seals=lambda body, secret: {"x-gift-token": secret},
    ),
    Vendor(alias="laposte", kind=LaPoste, build=_laposte, plays=FakeLaPoste),
    Vendor(alias="chronopost", kind=Chronopost, build=_chronopost, plays=FakeChronopost),
    Vendor(
        alias="sendcloud",
        kind=Sendcloud,
        build=lambda url, secrets: Sendcloud(secrets=secrets),
        says=_sendcloud_says,
        seals=lambda body, secret: {"sendcloud-signature": _digest(body, secret).hex()},
    ),
    Vendor(
        alias="aftership",
        kind=AfterShip,
        build=lambda url, secrets: AfterShip(secrets=secrets),
        says=_aftership_says,
        seals=lambda body, secret: {
            "aftership-hmac-sha256": base64.b64encode(_digest(body, secret)).decode()
        },
    ),
    Vendor(
        alias="signed",
        kind=Signed,
        build=lambda url, secrets: Signed(secrets=secrets),
        secrets=(whsec("n"), whsec("o"), whsec("w")),
        says=_signed_says,
        seals=_sealed_by_id,
    ),
]
# What is expected of an adapter follows from what it declares.
ASKED = [vendor for vendor in VENDORS if vendor.build(NOWHERE, []).can_ask]
HEARD = [vendor for vendor in VENDORS if vendor.build(NOWHERE, vendor.secrets[:1]).can_listen]
