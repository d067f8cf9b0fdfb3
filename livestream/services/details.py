"""Finds what an id stands for, and tells all that a shop may know of it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from livestream.backends.base import ImageFacts, ProductFacts, UnitFacts
from livestream.errors import AccessDenied, Malformed, NotFound
from livestream.ids import Kind, encode, number_of
from livestream.models import Channel, LiveStream, Playlist, ProductImage, ProductUnit
from livestream.services.money import price_text


def find_stream(*, channel: Channel, public_id: str) -> LiveStream:
    """A livestream of the channel. Raises Malformed, NotFound, AccessDenied."""
    number = number_of(Kind.STREAM, public_id)
    stream = LiveStream.objects.filter(pk=number).first() if number else None
    if stream is None:
        raise NotFound
    if stream.channel_id != channel.pk:
        raise AccessDenied
    stream.channel = channel
    return stream


def find_playlist(*, channel: Channel, public_id: str) -> Playlist:
    """A playlist of the channel. Raises Malformed, NotFound, AccessDenied."""
    try:
        number = number_of(Kind.PLAYLIST, public_id)
    except Malformed:
        raise Malformed("Malformed playlist id") from None
    playlist = Playlist.objects.filter(pk=number).first() if number else None
    if playlist is None:
        raise NotFound("Playlist not found")
    if playlist.channel_id != channel.pk:
        raise AccessDenied("Access denied to this playlist")
    return playlist


def products(stream: LiveStream) -> list[ProductFacts]:
    """The tray of a livestream in its order, in three queries however long it is."""
    rows = stream.tray.order_by("position", "pk").values_list(
        "product_id", "product__name", "product__description", "product__currency"
    )
    listed = list(rows)
    language = stream.channel.default_language
    currencies = {number: currency for number, _name, _description, currency in listed}
    images, units = _images(currencies), _units(currencies, language)
    return [
        ProductFacts(
            id=encode(Kind.PRODUCT, number),
            name=name,
            description=description,
            currency=currency,
            images=tuple(images[number]),
            units=tuple(units[number]),
        )
        for number, name, description, currency in listed
    ]


def _images(numbers: Iterable[int]) -> dict[int, list[ImageFacts]]:
    rows = ProductImage.objects.filter(product__in=numbers).order_by("position", "pk")
    found: dict[int, list[ImageFacts]] = defaultdict(list)
    for product, number, src, position in rows.values_list("product_id", "pk", "src", "position"):
        found[product].append(ImageFacts(id=encode(Kind.IMAGE, number), src=src, position=position))
    return found


def _units(currencies: dict[int, str], language: str) -> dict[int, list[UnitFacts]]:
    rows: Any = ProductUnit.objects.filter(product__in=currencies).order_by("position", "pk")
    found: dict[int, list[UnitFacts]] = defaultdict(list)
    for product, number, name, price, ext_id in rows.values_list(
        "product_id", "pk", "name", "price", "ext_id"
    ):
        text = price_text(price, currencies[product], language=language)
        unit = UnitFacts(id=encode(Kind.UNIT, number), name=name, price=price, price_text=text, ext_id=ext_id)
        found[product].append(unit)
    return found
