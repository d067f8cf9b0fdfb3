"""What a shop says of its products, and what is wrong with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from livestream.errors import Invalid

CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
MOST_PRICE = Decimal("9999999999.99")
CENT = Decimal("0.01")
LONGEST = {"ext_id": 120, "name": 200, "url": 500, "image": 500}
MOST_IMAGES = MOST_UNITS = 1_000
is_url = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEntry:
    """One variant. It is known by `ext_id`, or by its name where the shop has no number for it.

    None leaves a field of a known unit as it is. A new unit needs a price, in the product's currency;
    one without a name is called as the product is.
    """

    ext_id: str = ""
    name: str | None = None
    price: Decimal | None = None
    image: str | None = None
    url: str | None = None
    is_sold_out: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductEntry:
    """One product, known by `ext_id`. None leaves a field of a known product as it is.

    A new product needs a name and a currency (three capital letters). `images` are addresses in their
    order. `units` are added or changed; with `all_units` those that are not among them go: they are
    deleted, or sold out where a livestream has shown them.
    """

    ext_id: str
    name: str | None = None
    currency: str | None = None
    description: str | None = None
    url: str | None = None
    is_sold_out: bool | None = None
    images: Sequence[str] | None = None
    units: Sequence[UnitEntry] | None = None
    all_units: bool = True


def unit_key(ext_id: str, name: str, product: str) -> tuple[str, str]:
    """What a unit is known by; one without a number may be called as its product is, or not at all."""
    return ("number", ext_id) if ext_id else ("name", "" if name == product else name)


def check_product(entry: ProductEntry, *, is_new: bool) -> None:
    """Whether the product itself can be kept; its units have `check_unit`. Raises Invalid."""
    if not entry.ext_id:
        raise Invalid(_("The product has no number."))
    if entry.name == "" or (is_new and entry.name is None):
        raise Invalid(_("The product has no name."))
    if is_new and entry.currency is None:
        raise Invalid(_("The product has no currency."))
    if entry.currency is not None and not CURRENCY.fullmatch(entry.currency):
        words = _("“%(text)s” is no currency: it is written in three capital letters, such as EUR.")
        raise Invalid(words % {"text": entry.currency[:20]})
    _check_texts(ext_id=entry.ext_id, name=entry.name, url=entry.url)
    for image in entry.images or ():
        _check_texts(image=image)
    if len(entry.images or ()) > MOST_IMAGES or len(entry.units or ()) > MOST_UNITS:
        raise Invalid(_("A product has at most 1,000 pictures and 1,000 units."))


def check_unit(unit: UnitEntry, *, is_new: bool) -> None:
    """Whether the unit can be kept. Raises Invalid."""
    if unit.price is None and is_new:
        raise Invalid(_("The unit “%(unit)s” has no price.") % {"unit": unit.ext_id or unit.name or ""})
    if unit.price is not None:
        _check_price(unit.price)
    _check_texts(ext_id=unit.ext_id, name=unit.name, url=unit.url, image=unit.image)


def _check_price(price: Decimal) -> None:
    if not price.is_finite() or price > MOST_PRICE:
        raise Invalid(_("The price is too large."))
    if price < 0:
        raise Invalid(_("The price is negative."))
    if price != price.quantize(CENT):
        raise Invalid(_("The price has more than two digits behind the point."))


def _check_texts(**texts: str | None) -> None:
    for name, text in texts.items():
        if text and len(text) > LONGEST[name]:
            words = _("%(column)s is too long: at most %(longest)d characters.")
            raise Invalid(words % {"column": name, "longest": LONGEST[name]})
        if text and "\0" in text:
            raise Invalid(_("%(column)s holds a character that cannot be kept.") % {"column": name})
        if text and name in ("url", "image"):
            _check_url(text)


def _check_url(text: str) -> None:
    try:
        is_url(text)
    except ValidationError:
        words = _("“%(text)s” is no address: it begins with https:// or http://.")
        raise Invalid(words % {"text": text[:80]}) from None
