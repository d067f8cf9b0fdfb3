"""A show that is over, and one with a little of everything."""

from datetime import datetime

import pytest

from livestream.models import LiveStream, Product
from livestream.services import streams
from tests.livestream.admin.conftest import person  # noqa: F401  (a fixture)
from tests.livestream.conftest import STAFF
from tests.livestream.reports.counted import HOUR, MINUTE, click, pin, sample


@pytest.fixture
def began(now: datetime) -> datetime:
    """An hour ago, on a whole minute."""
    return (now - HOUR).replace(second=0, microsecond=0)


@pytest.fixture
def show(stream: LiveStream, began: datetime) -> LiveStream:
    """Live for 20 minutes, an hour ago, and over."""
    live = streams.move(stream=stream, to=LiveStream.Status.ACTIVE, actor=STAFF, now=began)
    return streams.end(stream=live, actor=STAFF, now=began + 20 * MINUTE)


@pytest.fixture
def full(show: LiveStream, products: list[Product], began: datetime) -> LiveStream:
    """A show with a little of everything."""
    for minute in range(20):
        sample(show, began + minute * MINUTE, 100 * minute, 40)
    scarf = pin(show, products[0], began + MINUTE, began + 5 * MINUTE, impressions=400)
    pin(show, products[1], began + 5 * MINUTE, None, impressions=200)
    for _ in range(10):
        click(show, products[0], began + 2 * MINUTE, pin=scarf)
    click(show, products[2], began + 3 * MINUTE)
    return show
