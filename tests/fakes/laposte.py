"""La Poste as a server: Suivi v2."""

from typing import Any

from tests.fakes.server import Answer, Call, answer

# Words of `ParcelStatus`, as La Poste says them.
WORDS = {
    "shipped": ("DR1", "Votre colis est prêt à être expédié."),
    "in_transit": ("ET1", "Votre colis est en cours d'acheminement."),
    "out_for_delivery": ("MD2", "Votre colis est préparé en vue de sa distribution."),
    "problem": ("ND1", "Votre colis n'a pas pu être livré."),
    "returned": ("DI2", "Votre colis a été distribué à l'expéditeur."),
    "delivered": ("DI1", "Votre colis est livré."),
}
JOURNEY = ("shipped", "in_transit", "out_for_delivery")


def event(code: str, label: str, hour: int) -> dict[str, Any]:
    return {"code": code, "label": label, "date": f"2026-11-02T{hour:02}:00:00+01:00"}


def shipment(code: str, word: str) -> dict[str, Any]:
    """As La Poste tells it, the newest event first."""
    before = JOURNEY[: JOURNEY.index(word)] if word in JOURNEY else JOURNEY
    events = [event(*WORDS[one], hour) for hour, one in enumerate((*before, word), start=7)]
    return found(code, events[::-1])


def found(code: str, events: list[dict[str, Any]]) -> dict[str, Any]:
    """`isFinal` is true also where the parcel went back."""
    parcel = {"idShip": code, "product": "chronopost", "isFinal": True, "event": events}
    return {"lang": "fr_FR", "scope": "open", "returnCode": 200, "shipment": parcel}


class FakeLaPoste:
    """`parcels`: which word is told of which code."""

    def __init__(self, parcels: dict[str, str] | None = None, okapi_key: str = "okapi-key") -> None:
        self.parcels = parcels or {}
        self.okapi_key = okapi_key

    def __call__(self, call: Call) -> Answer:
        if call.headers.get("x-okapi-key") != self.okapi_key:
            return answer({"code": "UNAUTHORIZED", "message": "No key."}, 401)
        code = call.path.removeprefix("/suivi/v2/idships/")
        if code not in self.parcels:
            said = {"lang": "fr_FR", "scope": "open", "returnCode": 404, "returnMessage": "Inconnu"}
            return answer({**said, "idShip": code}, 404)
        return answer(shipment(code, self.parcels[code]))
