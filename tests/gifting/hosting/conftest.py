"""A brand whose gifts live in a hosted account, which is a fake."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gifting.models import Brand, VideoContainer
from tests.fakes import livstick
from tests.fakes.livstick import Account


@pytest.fixture
def account(settings: Any) -> Iterator[Account]:
    with livstick.account() as running:
        settings.GIFTING = {**settings.GIFTING, "BACKENDS": running.settings}
        yield running


@pytest.fixture
def brand(account: Account, brand: Brand) -> Brand:
    """The brand of the shop, whose gifts live in the account."""
    brand.backend = "livstick"
    brand.save()
    return brand


@pytest.fixture
def gift(new_container: Callable[..., VideoContainer]) -> VideoContainer:
    return new_container(crid="ML-1", receiver_email="bob@example.com")
