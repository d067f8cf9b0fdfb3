"""What can be pinned: a product of the channel, or one of its units, by the id that stands for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from livestream.errors import Malformed
from livestream.ids import Kind, decode
from livestream.models import Channel, Product, ProductUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """`id` is the public id of the unit, or of the product where there is no unit."""

    id: str
    product: Product
    unit: ProductUnit | None = None


def find_items(*, channel: Channel, ids: Sequence[str]) -> list[Item]:
    """Those that are the channel's own, each once, in the order of `ids`. Raises Malformed."""
    wanted = {text: _decoded(text) for text in ids}
    products = _products(channel, [number for kind, number in wanted.values() if kind == Kind.PRODUCT])
    units = _units(channel, [number for kind, number in wanted.values() if kind == Kind.UNIT])
    found = {**products, **units}
    return [found[text] for text in wanted if text in found]


def _decoded(text: str) -> tuple[Kind, int]:
    try:
        return decode(text)
    except Malformed:
        raise Malformed("Malformed product id") from None


def _products(channel: Channel, numbers: list[int]) -> dict[str, Item]:
    rows = Product.objects.filter(channel=channel, pk__in=numbers) if numbers else []
    return {row.public_id: Item(id=row.public_id, product=row) for row in rows}


def _units(channel: Channel, numbers: list[int]) -> dict[str, Item]:
    if not numbers:
        return {}
    rows = ProductUnit.objects.filter(product__channel=channel, pk__in=numbers).select_related("product")
    return {row.public_id: Item(id=row.public_id, product=row.product, unit=row) for row in rows}
