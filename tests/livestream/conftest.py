"""The shop, the things and the show of the stories about live shopping."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from livestream.dto import Actor, ActorKind
from livestream.models import Channel, LiveStream, Product, ProductImage, ProductUnit
from livestream.models.files import live_storage
from livestream.services import streams

STAFF = Actor(ActorKind.STAFF, "maria")


@pytest.fixture
def channel(db: None) -> Channel:
    return Channel.objects.create(slug="atelier", name="Atelier Nord", base_url="https://atelier.example")


@pytest.fixture
def other_channel(db: None) -> Channel:
    return Channel.objects.create(slug="sud", name="Comptoir Sud", base_url="https://sud.example")


@pytest.fixture
def new_product(channel: Channel) -> Callable[..., Product]:
    """`new_product("Scarf", price="49.00", units=("Red", "Blue"), channel=...)`, with one picture."""

    def make(
        name: str, *, price: str = "49.00", units: tuple[str, ...] = ("One size",), **fields: Any
    ) -> Product:
        fields = {"channel": channel, "currency": "EUR", "url": "https://shop.example/p", **fields}
        product = Product.objects.create(name=name, **fields)
        ProductImage.objects.create(product=product, src="https://cdn.example/scarf.jpg", position=1)
        for place, unit in enumerate(units, 1):
            ProductUnit.objects.create(product=product, name=unit, price=Decimal(price), position=place)
        return product

    return make


@pytest.fixture
def products(new_product: Callable[..., Product]) -> list[Product]:
    """Five products of the channel."""
    return [new_product(name) for name in ("Scarf", "Hat", "Gloves", "Coat", "Boots")]


@pytest.fixture
def stream(channel: Channel, products: list[Product], now: datetime) -> LiveStream:
    """An idle livestream with the five products in its tray."""
    stream = streams.create(
        channel=channel,
        event_name="Winter evening",
        scheduled_at=now + timedelta(hours=1),
        actor=STAFF,
        now=now,
    )
    streams.fill_tray(stream=stream, products=products)
    return stream


@pytest.fixture
def live(stream: LiveStream, now: datetime) -> LiveStream:
    """The livestream, on air."""
    return streams.move(stream=stream, to=LiveStream.Status.ACTIVE, actor=STAFF, now=now)


@pytest.fixture
def recorded(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """RECORDINGS_DIR, empty; and nothing of a livestream is in the storage."""
    folder = tmp_path / "recorded"
    folder.mkdir()
    settings.LIVESTREAM = {**settings.LIVESTREAM, "RECORDINGS_DIR": str(folder)}
    shutil.rmtree(live_storage().path("live"), ignore_errors=True)
    yield folder
    shutil.rmtree(live_storage().path("live"), ignore_errors=True)
