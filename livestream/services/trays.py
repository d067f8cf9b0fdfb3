"""The tray: all products of a livestream, below the video."""

from dataclasses import dataclass

from django.db.models import Prefetch

from livestream.dto import PinnedCard
from livestream.models import LiveStream, Pin, Product, ProductImage, ProductUnit
from livestream.services import state
from livestream.services.money import price_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A unit that can be chosen. `price` is formatted for people."""

    id: str
    name: str
    price: str
    ext_id: str
    is_sold_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayItem:
    """A product, and its units where there is more than one. The card's `pin` is 0: it stands for no pin."""

    card: PinnedCard
    choices: tuple[Choice, ...]


def tray(stream: LiveStream) -> tuple[TrayItem, ...]:
    """The products of the livestream in their order, in three queries."""
    images = Prefetch("product__images", ProductImage.objects.order_by("position", "pk"))
    entries = stream.tray.select_related("product").prefetch_related(images, "product__units")
    return tuple(_item(stream, entry.product) for entry in entries)


def _item(stream: LiveStream, product: Product) -> TrayItem:
    shown = Pin(pk=0, stream=stream, product=product, item=product.public_id)
    units = list(product.units.all())
    choices = tuple(_choice(stream, product, unit) for unit in units) if len(units) > 1 else ()
    return TrayItem(card=state.card(stream, shown), choices=choices)


def _choice(stream: LiveStream, product: Product, unit: ProductUnit) -> Choice:
    return Choice(
        id=unit.public_id,
        name=unit.name,
        price=price_text(unit.price, product.currency, language=stream.channel.default_language),
        ext_id=unit.ext_id or product.ext_id,
        is_sold_out=product.is_sold_out or unit.is_sold_out,
    )
