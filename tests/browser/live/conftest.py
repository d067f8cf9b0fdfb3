"""Shows in the running shop, and a merchant's page on another origin."""

from collections.abc import Iterator

import pytest

from tests.browser.live.shows import START, Show, Shows
from tests.browser.running import RunningShop
from tests.browser.widget.host import Host, serve


@pytest.fixture(scope="session")
def merchant(shop: RunningShop) -> Iterator[Host]:
    """The merchant's site, which may show the player in a frame."""
    with serve(shop.url) as site:
        yield site


@pytest.fixture(scope="session")
def shows(shop: RunningShop, merchant: Host) -> Shows:
    return Shows.prepare(shop, origins=[merchant.url])


@pytest.fixture
def live(shows: Shows) -> Show:
    """On air, with the scarf pinned."""
    return shows.new(START, shows.pin("Scarf"))
