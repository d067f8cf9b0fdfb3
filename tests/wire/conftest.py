"""Two shops of two brands, a container that the first has opened, and an app with a pack to give."""

from datetime import datetime
from typing import Any

import pytest

from gifting.models import ApiKey, Brand, StickerPack
from gifting.services import keys
from tests.gifting.pack_gifts import new_pack
from tests.wire.app import App
from tests.wire.live import (  # noqa: F401  (fixtures of the livestream API)
    api,
    channel,
    known,
    live,
    new_product,
    other_api,
    other_channel,
    playlist,
    products,
    reader,
    stream,
)
from tests.wire.shop import NEW, Shop


@pytest.fixture
def shop(key: str) -> Shop:
    return Shop(key)


@pytest.fixture
def other_shop(other_key: str) -> Shop:
    return Shop(other_key)


@pytest.fixture
def opened(shop: Shop) -> Any:
    """What the API answered when the container of the contract's first example was opened."""
    return shop.open().json()


@pytest.fixture
def crid(opened: Any) -> str:
    """The number of an order whose container is open."""
    assert opened["crid"] == NEW["crid"]
    return str(opened["crid"])


@pytest.fixture
def app(brand: Brand, now: datetime) -> App:
    """Holds a key for gift packs."""
    return App(keys.create_key(brand=brand, kind=ApiKey.Kind.PACKS, now=now)[1])


@pytest.fixture
def other_app(other_brand: Brand, now: datetime) -> App:
    return App(keys.create_key(brand=other_brand, kind=ApiKey.Kind.PACKS, now=now)[1])


@pytest.fixture
def stuart(brand: Brand) -> StickerPack:
    """The pack of the contract's example, number 118."""
    return new_pack(brand)
