"""Takes over the products that a hosted account shows in a livestream, with their pictures and units."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from livestream.backends.base import ImageFacts, ProductFacts, UnitFacts
from livestream.models import Channel, LiveStream, Product, ProductImage, ProductUnit, StreamProduct
from livestream.services import catalogue

NAME_LENGTH, NUMBER_LENGTH = 200, 120


@transaction.atomic
def take(*, stream: LiveStream, products: Sequence[ProductFacts]) -> None:
    """These are the products of the livestream, as the account has them; the shop's own addresses stay.

    A product of the shop's catalogue is known by the number of one of its units, and becomes the hosted one.
    Raises BusUnavailable once it is saved.
    """
    # Two playlists may bring the same products at once.
    channel = Channel.objects.select_for_update(of=("self",)).get(pk=stream.channel_id)
    rows, changed = [], []
    for facts in {one.id: one for one in products}.values():
        row, is_changed = _take_product(channel, facts)
        rows.append(row)
        if is_changed:
            changed.append(row.pk)
    _arrange(stream, rows)
    if changed:
        catalogue.tell_viewers(changed)


def _arrange(stream: LiveStream, products: list[Product]) -> None:
    """The tray holds these, in this order."""
    wanted = [product.pk for product in products]
    if wanted == list(stream.tray.values_list("product_id", flat=True)):
        return
    stream.tray.exclude(product__in=wanted).delete()
    StreamProduct.objects.bulk_create(
        [StreamProduct(stream=stream, product_id=pk, position=place) for place, pk in enumerate(wanted, 1)],
        update_conflicts=True,
        unique_fields=["stream", "product"],
        update_fields=["position"],
    )


def _take_product(channel: Channel, facts: ProductFacts) -> tuple[Product, bool]:
    """The row, and whether anything about it changed."""
    row = _known(channel, facts) or Product(channel=channel)
    said = {"name": facts.name[:NAME_LENGTH], "description": facts.description, "currency": facts.currency}
    changes = [_assign(row, remote_id=facts.id, **said), _take_images(row, facts.images)]
    return row, any([*changes, _take_units(row, facts.units)])


def _known(channel: Channel, facts: ProductFacts) -> Product | None:
    hosted = channel.products.filter(remote_id=facts.id).first()
    numbers = [unit.ext_id for unit in facts.units if unit.ext_id]
    if hosted or not numbers:
        return hosted
    return channel.products.filter(remote_id="", units__ext_id__in=numbers).order_by("pk").first()


def _assign(row: Any, **said: Any) -> bool:
    """Save what is new; whether anything is."""
    changed = [name for name, value in said.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, said[name])
    if row.pk is None:
        row.save()
    elif changed:
        row.save(update_fields=changed)
    return bool(changed)


def _take_images(row: Product, images: Sequence[ImageFacts]) -> bool:
    wanted = [(image.src, image.position) for image in sorted(images, key=lambda image: image.position)]
    if not wanted or wanted == list(row.images.values_list("src", "position")):
        return False
    row.images.all().delete()
    ProductImage.objects.bulk_create(
        [ProductImage(product=row, src=src, position=position) for src, position in wanted]
    )
    return True


def _take_units(row: Product, units: Sequence[UnitFacts]) -> bool:
    there = list(row.units.all())
    hosted = {unit.remote_id: unit for unit in there if unit.remote_id}
    own = {unit.ext_id: unit for unit in there if unit.ext_id and not unit.remote_id}
    changes = [
        _assign(
            hosted.pop(facts.id, None) or own.pop(facts.ext_id, None) or ProductUnit(product=row),
            remote_id=facts.id,
            ext_id=facts.ext_id[:NUMBER_LENGTH],
            name=facts.name[:NAME_LENGTH],
            price=facts.price,
            position=place,
        )
        for place, facts in enumerate({one.id: one for one in units}.values(), 1)
    ]
    return any([*changes, _drop(list(hosted.values()))])


def _drop(units: list[ProductUnit]) -> bool:
    """The account has them no more: deleted, or sold out where a livestream has shown them."""
    gone = ProductUnit.objects.filter(pk__in=[unit.pk for unit in units])
    if units:
        gone.filter(pins__isnull=True).delete()
        gone.update(remote_id="", is_sold_out=True)
    return bool(units)
