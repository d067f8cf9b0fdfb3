"""Two shops of two brands, and a container that the first has opened."""

from typing import Any

import pytest

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
