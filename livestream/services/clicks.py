"""Counts clicks on the products of a livestream, without a trace of who clicked."""

from datetime import datetime

from livestream.errors import Malformed, NotFound
from livestream.models import LiveStream, Pin, ProductClick
from livestream.services.items import Item, find_items


def find(*, stream: LiveStream, item: str) -> Pin:
    """The newest pin of a product or unit that the public saw. One that is only in the tray comes as a pin
    that is not saved. Raises NotFound.
    """
    pins = stream.pins.filter(item=item, is_rehearsal=False).select_related("product", "unit")
    return pins.order_by("-pk").first() or _of_tray(stream, item)


def _of_tray(stream: LiveStream, item: str) -> Pin:
    found = _known(stream, item)
    if found is None or not stream.tray.filter(product=found.product).exists():
        raise NotFound("This product was not shown in this livestream.")
    return Pin(stream=stream, product=found.product, unit=found.unit, item=item)


def _known(stream: LiveStream, item: str) -> Item | None:
    try:
        return next(iter(find_items(channel=stream.channel, ids=[item])), None)
    except Malformed:
        return None


def count(*, stream: LiveStream, pin: Pin, action: ProductClick.Action, now: datetime) -> ProductClick:
    """Write down one click on what `find` found."""
    return ProductClick.objects.create(
        stream=stream,
        pin=pin if pin.pk else None,
        product=pin.product,
        unit=pin.unit,
        action=action,
        is_replay=stream.status == LiveStream.Status.REPLAY,
        at=now,
    )
