"""Counts clicks on pinned products, without a trace of who clicked."""

from datetime import datetime

from livestream.errors import NotFound
from livestream.models import LiveStream, Pin, ProductClick


def last_pin(*, stream: LiveStream, item: str) -> Pin:
    """The newest pin of a product or unit that the public saw. Raises NotFound."""
    pins = stream.pins.filter(item=item, is_rehearsal=False).select_related("product", "unit")
    found = pins.order_by("-pk").first()
    if found is None:
        raise NotFound("This product was not shown in this livestream.")
    return found


def count(*, stream: LiveStream, pin: Pin, action: ProductClick.Action, now: datetime) -> ProductClick:
    """Write down one click."""
    return ProductClick.objects.create(
        stream=stream,
        pin=pin,
        product=pin.product,
        unit=pin.unit,
        action=action,
        is_replay=stream.status == LiveStream.Status.REPLAY,
        at=now,
    )
