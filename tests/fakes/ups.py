"""UPS as a server: OAuth tokens and the Track API; and what Track Alert pushes."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gifting.carriers.ups import Ups
from tests.fakes.server import Answer, Call, Server, answer, serve

RECEIVER = "JESSICA"
DETAILS = "/api/track/v1/details/"
CLIENT_ID, CLIENT_SECRET = "ups-client", "ups-secret"
WEBHOOK_CREDENTIAL = "ups-credential"
# Words of `ParcelStatus`, as UPS says them: type, statusCode, description.
WORDS = {
    "shipped": ("M", "003", "Shipper created a label, UPS has not received the package yet."),
    "in_transit": ("I", "005", "Departed from Facility"),
    "out_for_delivery": ("I", "021", "Out For Delivery Today"),
    "problem": ("X", "058", "Clearance Information Required"),
    "returned": ("D", "034", "Returned to Sender"),
    "delivered": ("D", "011", "DELIVERED"),
}
JOURNEY = ("shipped", "in_transit", "out_for_delivery")


def activity(kind: str, code: Any, description: str, hour: int) -> dict[str, Any]:
    return {
        "location": {"address": {"city": "PARIS", "countryCode": "FR", "country": "FR"}, "slic": "8566"},
        "status": {"type": kind, "description": description, "code": "XX", "statusCode": code},
        "date": "20261102",
        "time": f"{hour + 1:02}0000",
        "gmtDate": "20261102",
        "gmtTime": f"{hour}0000",  # UPS loses the zero in front
        "gmtOffset": "+01:00",
    }


def package(code: str, word: str) -> dict[str, Any]:
    """As UPS tells it, the newest activity first."""
    before = JOURNEY[: JOURNEY.index(word)] if word in JOURNEY else JOURNEY
    activities = [activity(*WORDS[one], hour) for hour, one in enumerate((*before, word), start=7)][::-1]
    delivered = word == "delivered"
    return {
        "trackingNumber": code,
        "deliveryDate": [{"type": "DEL" if delivered else "SDD", "date": "20261102"}],
        "deliveryTime": {"type": "DEL", "endTime": "110000"} if delivered else {},
        "deliveryInformation": {"receivedBy": RECEIVER, "location": "FRONT DESK"} if delivered else {},
        "activity": activities,
        "currentStatus": activities[0]["status"],
        "packageCount": 1,
    }


def found(*packages: dict[str, Any]) -> dict[str, Any]:
    number = packages[0]["trackingNumber"]
    return {"trackResponse": {"shipment": [{"inquiryNumber": number, "package": list(packages)}]}}


def warned(code: str) -> dict[str, Any]:
    """How UPS answers about some codes that it does not know, with status 200."""
    warnings = [{"code": "TW0001", "message": "Tracking Information Not Found"}]
    return {"trackResponse": {"shipment": [{"inquiryNumber": code, "warnings": warnings}]}}


def refusal(word: str, status: int) -> Answer:
    return answer({"response": {"errors": [{"code": word, "message": "No."}]}}, status)


def alert(code: str, word: str, **changes: Any) -> dict[str, Any]:
    """A push of Track Alert."""
    kind, digits, description = WORDS[word]
    return {
        "trackingNumber": code,
        "localActivityDate": "20261102",
        "localActivityTime": "100000",
        "activityLocation": {"city": "PARIS", "stateProvince": "", "postalCode": "75001", "country": "FR"},
        "activityStatus": {
            "type": kind,
            "code": "XX",
            "description": description,
            "descriptionCode": digits,
        },
        "scheduledDeliveryDate": "20261102",
        "gmtActivityDate": "20261102",
        "gmtActivityTime": "90000",
        "actualDeliveryDate": "20261102" if word == "delivered" else "",
        "actualDeliveryTime": "100000" if word == "delivered" else "",
        "receivedBy": RECEIVER,
        **changes,
    }


class FakeUps:
    """`parcels`: which word is told of which code. `tokens` are those that it gave out, the last is good."""

    def __init__(self, parcels: dict[str, str] | None = None, *, token_seconds: int = 14_399) -> None:
        self.parcels = parcels or {}
        self.token_seconds = token_seconds
        self.tokens: list[str] = []

    def __call__(self, call: Call) -> Answer:
        if call.path == "/security/v1/oauth/token":
            return self._token(call)
        if not self.tokens or call.headers.get("authorization") != f"Bearer {self.tokens[-1]}":
            return refusal("250002", 401)
        return self.details(call)

    def details(self, call: Call) -> Answer:
        """What a known client is told."""
        code = call.path.removeprefix(DETAILS)
        if code not in self.parcels:
            return refusal("TW0001", 404)
        return answer(found(package(code, self.parcels[code])))

    def _token(self, call: Call) -> Answer:
        basic = b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if call.headers.get("authorization") != f"Basic {basic}":
            return refusal("10401", 401)
        if call.form() != {"grant_type": "client_credentials"}:
            return refusal("10400", 400)
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        granted = {"token_type": "Bearer", "access_token": self.tokens[-1], "status": "approved"}
        return answer({**granted, "expires_in": str(self.token_seconds)})


def ups_at(url: str, **options: Any) -> Ups:
    """The carrier with the credentials that the fake accepts."""
    known = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return Ups(**{**known, "webhook_credentials": [WEBHOOK_CREDENTIAL], "base_url": url, **options})


@contextmanager
def fake_ups(parcels: dict[str, str] | None = None) -> Iterator[tuple[Ups, Server]]:
    """UPS with these parcels, and the carrier that asks it."""
    with serve(FakeUps(parcels)) as server:
        yield ups_at(server.url), server
