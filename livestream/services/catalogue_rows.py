"""Writes a batch of a shop's products with few queries: what is as it was is not written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from livestream.models import Channel, Pin, Product, ProductImage, ProductUnit
from livestream.services.catalogue_entries import ProductEntry, UnitEntry, unit_key

PRODUCT = ("name", "currency", "description", "url", "is_sold_out")
UNIT = ("ext_id", "name", "price", "image", "url", "position", "is_sold_out")
Key = tuple[str, str]


def load(channel: Channel, numbers: Iterable[str]) -> dict[str, Product]:
    """Known products by the shop's numbers, with units and pictures: three queries."""
    rows = Product.objects.filter(channel=channel, ext_id__in=set(numbers) - {""})
    return {row.ext_id: row for row in rows.prefetch_related("units", "images")}


def units_of(product: Product | None) -> dict[Key, ProductUnit]:
    """The units of a loaded product as entries name them."""
    if product is None:
        return {}
    return {unit_key(row.ext_id, row.name, product.name): row for row in product.units.all()}


def key_of(unit: UnitEntry, entry: ProductEntry, row: Product | None) -> Key:
    """The key of what an entry says, among those of `units_of`."""
    product = entry.name if entry.name is not None else (row.name if row else "")
    return unit_key(unit.ext_id, unit.name or "", product)


@dataclass(slots=True)
class Plan:
    """What has to be written. `touched` are known products that change in any way."""

    new: list[Product] = field(default_factory=list)
    other: list[Product] = field(default_factory=list)
    new_units: list[ProductUnit] = field(default_factory=list)
    other_units: list[ProductUnit] = field(default_factory=list)
    lost_units: list[ProductUnit] = field(default_factory=list)
    pictured: list[Product] = field(default_factory=list)
    new_images: list[ProductImage] = field(default_factory=list)
    touched: dict[str, Product] = field(default_factory=dict)


def compare(channel: Channel, entries: list[ProductEntry], there: dict[str, Product]) -> Plan:
    """What checked entries say that is not there yet. Nothing is written."""
    plan = Plan()
    for entry in entries:
        row = there.get(entry.ext_id)
        known = units_of(row)  # by the name that the product had until now
        product = _product(plan, channel, entry, row)
        _images(plan, product, entry, row)
        _units(plan, product, entry, known)
    return plan


def write(plan: Plan) -> None:
    """Add and change the products."""
    _write_products(plan)
    _write_units(plan)


def _product(plan: Plan, channel: Channel, entry: ProductEntry, row: Product | None) -> Product:
    product = row or Product(channel=channel, ext_id=entry.ext_id)
    is_changed = _assign(product, {name: getattr(entry, name) for name in PRODUCT})
    if row is None:
        plan.new.append(product)
    elif is_changed:
        plan.other.append(product)
        plan.touched[entry.ext_id] = product
    return product


def _assign(row: Any, said: dict[str, Any]) -> bool:
    """Take over what was said (None: nothing); whether the row is another one now."""
    changed = {
        name: value for name, value in said.items() if value is not None and getattr(row, name) != value
    }
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _images(plan: Plan, product: Product, entry: ProductEntry, row: Product | None) -> None:
    if entry.images is None:
        return
    wanted = list(dict.fromkeys(entry.images))
    if row is not None:
        if [image.src for image in row.images.all()] == wanted:
            return
        plan.pictured.append(row)
        plan.touched[entry.ext_id] = row
    plan.new_images += [
        ProductImage(product=product, src=src, position=place) for place, src in enumerate(wanted, 1)
    ]


def _units(plan: Plan, product: Product, entry: ProductEntry, known: dict[Key, ProductUnit]) -> None:
    if entry.units is None:
        return
    left, last = dict(known), max((unit.position for unit in known.values()), default=0)
    for place, said in enumerate(entry.units, 1):
        unit = left.pop(key_of(said, entry, product), None)
        where = place if entry.all_units else None
        if unit is None:
            last += 1
            plan.new_units.append(_new_unit(product, said, where or last))
        elif _assign(unit, {**_said(said, product), "position": where}):
            plan.other_units.append(unit)
        else:
            continue
        _touch(plan, product)
    if entry.all_units and left:
        plan.lost_units += left.values()
        _touch(plan, product)


def _touch(plan: Plan, product: Product) -> None:
    if product.pk is not None:
        plan.touched[product.ext_id] = product


def _said(unit: UnitEntry, product: Product) -> dict[str, Any]:
    """A unit with neither number nor name is called as the product is."""
    said = {name: getattr(unit, name) for name in UNIT if name != "position"}
    return said if unit.ext_id or unit.name else {**said, "name": product.name}


def _new_unit(product: Product, said: UnitEntry, place: int) -> ProductUnit:
    unit = ProductUnit(product=product, position=place)
    _assign(unit, {**_said(said, product), "name": said.name or product.name})
    return unit


def _write_products(plan: Plan) -> None:
    Product.objects.bulk_create(plan.new)
    if plan.other:
        Product.objects.bulk_update(plan.other, PRODUCT)
    if plan.pictured:
        ProductImage.objects.filter(product__in=plan.pictured).delete()
    ProductImage.objects.bulk_create(plan.new_images)


def _write_units(plan: Plan) -> None:
    ProductUnit.objects.bulk_create(plan.new_units)
    if plan.other_units:
        ProductUnit.objects.bulk_update(plan.other_units, UNIT)
    if plan.lost_units:
        _drop(plan.lost_units)


def _drop(units: list[ProductUnit]) -> None:
    """What a livestream has shown stays in its history, sold out."""
    numbers = {unit.pk for unit in units}
    shown = set(Pin.objects.filter(unit__in=numbers).values_list("unit", flat=True))
    ProductUnit.objects.filter(pk__in=shown).update(is_sold_out=True)
    ProductUnit.objects.filter(pk__in=numbers - shown).delete()
