"""UPS: Track API (asking) and Track Alert (listening, not signed)."""

import re
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from gifting.carriers.base import Carrier, ParcelNews, Push
from gifting.carriers.reading import (
    Row,
    answer_of,
    bare,
    document,
    entries,
    entry,
    judged,
    line,
    moment,
    story,
    tracking_code,
)
from gifting.carriers.signatures import accepted, body_key, check_secret
from gifting.dto import ParcelStatus
from gifting.errors import Invalid, ParcelUnknown, VendorRejected, VendorUnavailable
from gifting.http import Http, Reply

NUMBER: Final = re.compile(r"[0-9A-Z]{7,34}")
TOKEN: Final = re.compile(r"[!-~]+")
TOKEN_MARGIN_SECONDS: Final = 60
ANSWERS: Final = (200, 400, 401, 403, 404)
REFUSED: Final = (
    "UPS refuses the credentials. Look at UPS_CLIENT_ID and UPS_CLIENT_SECRET, and whether the app on "
    "developer.ups.com has the product Tracking."
)
DELIVERED: Final = {"011", "026"}
RETURNED: Final = {"034", "067", "081"}
RETURN_BEGUN: Final = {"033", "035", "036"}
OUT_FOR_DELIVERY: Final = {"006", "021", "037", "072", "089", "091"}
TYPES: Final = {"M": ParcelStatus.SHIPPED, "MV": ParcelStatus.SHIPPED, "X": ParcelStatus.PROBLEM}

# Bearer tokens and when they end (monotonic), by server and client. Where two threads ask for one at the same
# time, both tokens are good.
_tokens: dict[tuple[str, str], tuple[str, float]] = {}


class Ups(Carrier):
    """`client_id` and `client_secret` are those of an app on developer.ups.com.

    A push carries one of `webhook_credentials`, which is of your choice when you subscribe.
    """

    serves = frozenset({"ups"})

    def __init__(
        self,
        *,
        client_id: str = "",
        client_secret: str = "",
        webhook_credentials: Sequence[str] = (),
        base_url: str = "https://onlinetools.ups.com",
    ) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.webhook_credentials = accepted(webhook_credentials)
        self.base_url = base_url

    @property
    def can_ask(self) -> bool:
        return bool(self.client_id and self.client_secret)

    @property
    def can_listen(self) -> bool:
        return bool(self.webhook_credentials)

    def ask(self, code: str) -> list[ParcelNews]:
        if not NUMBER.fullmatch(bare(code)):
            raise ParcelUnknown("This is not a tracking number of UPS.")
        http = Http(self.base_url)
        reply = self._details(http, bare(code), self._token(http))
        if reply.status == 401:
            reply = self._details(http, bare(code), self._new_token(http))
        with answer_of("UPS"):
            return story(code, _rows(_own(_answer(reply), code)))

    def check_push(self, push: Push, *, now: datetime) -> str:
        if "credential" in push.headers:
            check_secret(push, header="credential", secrets=self.webhook_credentials)
        else:
            bearers = [f"Bearer {secret}" for secret in self.webhook_credentials]
            check_secret(push, header="authorization", secrets=bearers)
        document(push.body)
        return body_key(push.body)

    def read_push(self, body: bytes) -> list[ParcelNews]:
        said = document(body)
        status = entry(said.get("activityStatus"), "activityStatus")
        code = tracking_code(said.get("trackingNumber"), "trackingNumber")
        has_date = bool(line(said.get("actualDeliveryDate")))
        word = _status(status, "descriptionCode", has_date=has_date)
        return story(code, [(word, _time_of_push(said), line(status.get("description")))])

    def _details(self, http: Http, number: str, token: str) -> Reply:
        headers = {
            "Authorization": f"Bearer {token}",
            "transId": str(uuid.uuid4()),
            "transactionSrc": "giftcast",
        }
        path = f"/api/track/v1/details/{number}"
        return http.request("GET", path, params={"locale": "en_US"}, headers=headers, ok=ANSWERS)

    def _token(self, http: Http) -> str:
        token, ends = _tokens.get((self.base_url, self.client_id), ("", 0.0))
        return token if time.monotonic() < ends else self._new_token(http)

    def _new_token(self, http: Http) -> str:
        reply = http.request(
            "POST",
            "/security/v1/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(self.client_id, self.client_secret),
            ok=ANSWERS,
        )
        with answer_of("UPS"):
            token, seconds = _granted(_answer(reply))
        _tokens[self.base_url, self.client_id] = token, time.monotonic() + seconds - TOKEN_MARGIN_SECONDS
        return token


def _answer(reply: Reply) -> dict[str, Any]:
    """The document. Raises ParcelUnknown, VendorRejected, or Invalid where UPS would not write such a one."""
    if reply.status == 200:
        return entry(reply.json(), "The answer")
    word = _error(reply)
    if reply.status == 404 and not word:  # a wrong address, or a page of somebody in between
        raise Invalid("It does not say what was not found.")
    if reply.status == 404:
        raise ParcelUnknown("UPS does not know this code.")
    sentence = REFUSED if reply.status in (401, 403) else "UPS refuses this question."
    raise VendorRejected(sentence, status=reply.status, word=word)


def _error(reply: Reply) -> str:
    """The code of the first error that UPS names, or nothing."""
    try:
        errors = entry(entry(reply.json(), "").get("response"), "").get("errors")
        return next((line(error.get("code"))[:40] for error in entries(errors, "")), "")
    except (Invalid, VendorUnavailable):
        return ""


def _granted(said: dict[str, Any]) -> tuple[str, int]:
    """The token, and for how many seconds it is good."""
    token, seconds = line(said.get("access_token")), line(said.get("expires_in"))
    if not TOKEN.fullmatch(token):
        raise Invalid("It has no access_token.")
    return token, int(seconds[:9]) if seconds.isdecimal() else 0


def _own(said: dict[str, Any], code: str) -> dict[str, Any]:
    """The package with this code. Raises ParcelUnknown."""
    shipments = entries(entry(said.get("trackResponse"), "trackResponse").get("shipment"), "shipment")
    packages = [package for one in shipments for package in entries(one.get("package"), "package")]
    if not packages and not any(entries(one.get("warnings"), "warnings") for one in shipments):
        raise Invalid("It has no package.")
    own = next((package for package in packages if bare(code) in _numbers(package)), None)
    if own is None:
        raise ParcelUnknown("UPS does not know this code.")
    return own


def _numbers(package: dict[str, Any]) -> list[str]:
    """The numbers of a package: a post office that brings it the last mile has one of its own."""
    others = entries(package.get("alternateTrackingNumber"), "alternateTrackingNumber")
    return [bare(line(one)) for one in (package.get("trackingNumber"), *(o.get("number") for o in others))]


def _rows(package: dict[str, Any]) -> Iterator[Row]:
    """The history, of which UPS writes the newest first. A date of delivery speaks of the newest."""
    activities = entries(package.get("activity"), "activity")
    statuses = [entry(activity.get("status"), "status") for activity in activities]
    dates = entries(package.get("deliveryDate"), "deliveryDate")
    has_date = any(line(one.get("type")) == "DEL" and line(one.get("date")) for one in dates)
    goes_back = any(_digits(status.get("statusCode")) in RETURN_BEGUN for status in statuses)
    for place in reversed(range(len(activities))):
        status = _status(statuses[place], "statusCode", has_date=has_date and place == 0)
        if goes_back and status is ParcelStatus.DELIVERED:
            status = ParcelStatus.RETURNED
        yield status, _time_of_activity(activities[place]), line(statuses[place].get("description"))


def _status(status: dict[str, Any], code: str, *, has_date: bool) -> ParcelStatus | None:
    """Our word for the status whose field `code` holds the three digits. Where UPS gives none, type D with a
    date of delivery is a delivery; type D alone is also "loaded" and "waiting at the counter".
    """
    kind, digits = line(status.get("type")).upper(), _digits(status.get(code))
    if digits in RETURNED:
        return ParcelStatus.RETURNED
    if digits in RETURN_BEGUN:
        return ParcelStatus.PROBLEM
    if digits in OUT_FOR_DELIVERY:
        return ParcelStatus.OUT_FOR_DELIVERY
    if kind == "D" and digits in DELIVERED:
        return ParcelStatus.DELIVERED
    if kind == "D" and not digits and has_date:
        return judged(ParcelStatus.DELIVERED, line(status.get("description")))
    return TYPES.get(kind, ParcelStatus.IN_TRANSIT) if kind or digits else None


def _digits(code: Any) -> str:
    """A code of UPS: they also come as numbers, which have lost their zeros."""
    return line(code).zfill(3) if line(code) else ""


def _time_of_activity(activity: dict[str, Any]) -> datetime | None:
    if line(activity.get("gmtDate")) and line(activity.get("gmtTime")):
        return _time(activity.get("gmtDate"), activity.get("gmtTime"))
    return _time(activity.get("date"), activity.get("time"), activity.get("gmtOffset"))


def _time_of_push(said: dict[str, Any]) -> datetime | None:
    kinds = ("gmtActivity", "localActivity", "actualDelivery")
    kind = next((kind for kind in kinds if line(said.get(f"{kind}Date"))), "")
    return _time(said.get(f"{kind}Date"), said.get(f"{kind}Time"))


def _time(day: Any, clock: Any, offset: Any = "") -> datetime | None:
    """`20240423` with `095004`, `95004` or `09:50:04`; UTC where no offset (`-04:00`) says otherwise."""
    digits = line(clock).replace(":", "").zfill(6)
    return moment(f"{line(day)}T{digits}{line(offset)}")
