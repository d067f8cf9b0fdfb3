"""The documents of the livestream API in our words: pure functions."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from livestream.backends.base import (
    STATUSES,
    ImageFacts,
    PlaylistPage,
    ProductFacts,
    StreamFacts,
    UnitFacts,
)
from livestream.backends.firework.tokens import Grant
from livestream.errors import VendorRejected, VendorUnavailable

Facts = TypeVar("Facts")
UNKNOWN_FORM = "The account answered in a form that we do not know."
ASSUMED_SECONDS = 300
"""How long a token is good that does not say so."""
LONGEST_ID, LONGEST_TOKEN = 64, 8192
HIGHEST_PRICE = Decimal("9999999999.99")
TOKEN = re.compile(r"[!-~]+")


def stream_facts(document: Any, *, id: str = "") -> StreamFacts:
    """A livestream; `id` where the document does not name it. Raises VendorUnavailable where it is none."""
    status = _text(document, "status")
    if status not in STATUSES:
        raise VendorUnavailable(UNKNOWN_FORM)
    return StreamFacts(
        id=id or _id(document),
        status=status,
        scheduled_at=_time(document, "scheduled_at"),
        event_name=_text(document, "event_name"),
        event_description=_text(document, "event_description"),
        products=tuple(_readable(_rows(document, "products"), product_facts)),
        raw=document,
    )


def product_facts(document: Any) -> ProductFacts:
    """A product, with those pictures and units that can be read."""
    return ProductFacts(
        id=_id(document),
        name=_text(document, "product_name"),
        description=_text(document, "product_description"),
        currency=_currency(document),
        images=tuple(_readable(_rows(document, "product_images"), _image)),
        units=tuple(_readable(_rows(document, "product_units"), _unit)),
    )


def playlist_page(document: Any) -> PlaylistPage:
    """One page; livestreams that cannot be read are counted. Raises VendorUnavailable where it is none."""
    rows = _required(document, "live_streams", list)
    streams = tuple(_readable(rows, stream_facts))
    return PlaylistPage(streams=streams, before=_before(document), unread=len(rows) - len(streams))


def product_ids(document: Any, name: str) -> list[str]:
    """The ids that an order was carried out for. Raises VendorUnavailable where there are none."""
    found = _required(document, name, list)
    if not found or not all(isinstance(one, str) for one in found):
        raise VendorUnavailable(UNKNOWN_FORM)
    return found


def check_ended(document: Any) -> None:
    """Raises VendorUnavailable where the answer does not say that the livestream ended."""
    if _required(document, "status", str) != "ended":
        raise VendorUnavailable(UNKNOWN_FORM)


def grant(document: Any) -> Grant:
    """The answer of `/oauth/token`. Raises VendorUnavailable where it holds no bearer token."""
    token = _required(document, "access_token", str)
    if not TOKEN.fullmatch(token) or len(token) > LONGEST_TOKEN:
        raise VendorUnavailable(UNKNOWN_FORM)
    seconds = document.get("expires_in")
    is_said = isinstance(seconds, int | Decimal) and not isinstance(seconds, bool) and seconds > 0
    return Grant(token=token, seconds=float(seconds) if is_said else ASSUMED_SECONDS)


def no_grant(status: int) -> VendorRejected:
    """The account gave no token."""
    return VendorRejected(
        "The account refuses our client: check FIREWORK_CLIENT_ID and FIREWORK_CLIENT_SECRET.", status=status
    )


def _readable(rows: list[Any], read: Callable[[Any], Facts]) -> Iterator[Facts]:
    """What can be read of a list: one odd row hides no other."""
    for row in rows:
        with suppress(VendorUnavailable):
            yield read(row)


def _before(document: Any) -> str:
    """What the path of the next page asks with; empty where there is none."""
    paging = document.get("paging")
    following = _text(paging, "next") if paging else ""
    try:
        return parse_qs(urlsplit(following).query).get("before_id", [""])[0][:LONGEST_ID]
    except ValueError:
        raise VendorUnavailable(UNKNOWN_FORM) from None


def _image(document: Any) -> ImageFacts:
    id, src, position = _id(document), _url(document, "image_src"), document.get("image_position")
    is_place = isinstance(position, int) and 0 <= position < 32_768
    return ImageFacts(id=id, src=src, position=position if is_place else 1)


def _unit(document: Any) -> UnitFacts:
    return UnitFacts(
        id=_id(document),
        name=_text(document, "unit_name"),
        price=_price(document),
        price_text=_text(document, "unit_price_string"),
        ext_id=_text(document, "unit_ext_id"),
    )


def _required(document: Any, name: str, kind: type[Facts]) -> Facts:
    found = document.get(name) if isinstance(document, dict) else None
    if not isinstance(found, kind):
        raise VendorUnavailable(UNKNOWN_FORM)
    return found


def _rows(document: Any, name: str) -> list[Any]:
    """An optional list."""
    return _required(document, name, list) if document.get(name) is not None else []


def _text(document: Any, name: str) -> str:
    """An optional text, without what no database takes."""
    value = document.get(name) if isinstance(document, dict) else 0
    if value is None:
        return ""
    if not isinstance(value, str):
        raise VendorUnavailable(UNKNOWN_FORM)
    return value.replace("\0", "").encode(errors="ignore").decode()


def _id(document: Any) -> str:
    value = _text(document, "id")
    if not value or len(value) > LONGEST_ID or not value.isprintable():
        raise VendorUnavailable(UNKNOWN_FORM)
    return value


def _url(document: Any, name: str) -> str:
    """An address that a browser would simply open."""
    value = _text(document, name)
    if not value.startswith(("https://", "http://")) or not value.isprintable() or len(value) > 500:
        raise VendorUnavailable(UNKNOWN_FORM)
    return value


def _currency(document: Any) -> str:
    value = _text(document, "product_currency").upper()
    if not re.fullmatch("[A-Z]{3}", value):
        raise VendorUnavailable(UNKNOWN_FORM)
    return value


def _price(document: Any) -> Decimal:
    value = document.get("unit_price")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise VendorUnavailable(UNKNOWN_FORM)
    price = Decimal(value)
    if not 0 <= price <= HIGHEST_PRICE:
        raise VendorUnavailable(UNKNOWN_FORM)
    return price.quantize(Decimal("0.01"))


def _time(document: Any, name: str) -> datetime | None:
    """An optional moment; without a time zone it is UTC."""
    value = _text(document, name)
    try:
        moment = datetime.fromisoformat(value) if value else None
    except ValueError:
        raise VendorUnavailable(UNKNOWN_FORM) from None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
