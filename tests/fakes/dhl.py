"""DHL as a server: Shipment Tracking Unified, and the confirmation of a push subscription."""

from typing import Any

from tests.fakes.server import Answer, Call, answer

RECEIVER = "JESSICA"
SUBSCRIPTIONS = "/tracking/push/v1/subscription/"
# Words of `ParcelStatus`, as DHL says them: statusCode, status, description.
WORDS = {
    "shipped": ("pre-transit", "pre-transit", "Shipment information received"),
    "in_transit": ("transit", "transit", "Processed at PARIS"),
    "out_for_delivery": ("transit", "transit", "Out for delivery"),
    "problem": ("failure", "failure", "Delivery attempted; recipient not home"),
    "returned": ("delivered", "delivered", "Returned to shipper"),
    "delivered": ("delivered", "DELIVERED", RECEIVER),
}
JOURNEY = ("shipped", "in_transit", "out_for_delivery")


def event(word: str, hour: int) -> dict[str, Any]:
    code, status, description = WORDS[word]
    return {
        "timestamp": f"2026-11-02T{hour:02}:53:47Z",
        "location": {"address": {"addressLocality": "Paris"}},
        "statusCode": code,
        "status": status,
        "description": description,
    }


def shipment(code: str | int, word: str, service: str = "express") -> dict[str, Any]:
    """As DHL tells it: where the parcel is, and what was before, the newest first."""
    before = JOURNEY[: JOURNEY.index(word)] if word in JOURNEY else JOURNEY
    events = [event(one, hour) for hour, one in enumerate((*before, word), start=7)][::-1]
    return {
        "id": code,
        "service": service,
        "status": {**events[0], "remark": "It is returned to sender if nobody is there."},
        "details": {"proofOfDelivery": {"signed": {"name": RECEIVER}}},
        "events": events,
    }


class FakeDhl:
    """`parcels`: which word is told of which code."""

    def __init__(self, parcels: dict[str, str] | None = None, api_key: str = "dhl-key") -> None:
        self.parcels = parcels or {}
        self.api_key = api_key
        self.confirmed: dict[str, str] = {}

    def __call__(self, call: Call) -> Answer:
        if call.headers.get("dhl-api-key") != self.api_key:
            return answer({"title": "Unauthorized", "status": 401}, 401)
        if call.method == "POST" and call.path.startswith(SUBSCRIPTIONS):
            self.confirmed[call.path.removeprefix(SUBSCRIPTIONS)] = call.headers["dhl-api-hook-secret"]
            return 204, {}, b""
        code = call.query["trackingNumber"]
        if code not in self.parcels:
            return answer({"title": "No result found", "status": 404, "detail": "No shipment."}, 404)
        return answer({"shipments": [shipment(code, self.parcels[code])]})
