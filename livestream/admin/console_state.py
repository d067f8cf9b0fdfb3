"""What the console shows, as JSON: read, never written, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from livestream.dto import Audience
from livestream.models import Cue, LiveStream, Product, ProductClick, ProductImage, ViewerSample
from livestream.services import state
from livestream.services.buses import events_url
from livestream.services.items import find_items
from livestream.services.money import price_text

MOST_FOUND = 30
MOST_IN_TRAY = 500
Document = dict[str, Any]


def console_state(stream: LiveStream, *, now: datetime) -> Document:
    """Everything that changes while the console is open; `events` is where news comes from, or empty."""
    cues = list(stream.cues.order_by("position", "pk"))
    return {
        "state": asdict(state.build(stream, Audience.STAFF)),
        "status": stream.status,
        "status_text": _("rehearsal") if stream.is_rehearsal else stream.get_status_display(),
        "is_rehearsal": stream.is_rehearsal,
        "is_on_air": stream.is_on_air,
        "started_at": stream.started_at and stream.started_at.isoformat(),
        "by": _pinned_by(stream),
        "cues": [_cue(cue) for cue in cues],
        "names": _names(stream, cues),
        "figures": _figures(stream, now=now),
        "events": events_url(stream=stream.pk, audience=Audience.STAFF),
        "now": now.isoformat(),
    }


def _cue(cue: Cue) -> Document:
    return {
        "id": cue.pk,
        "title": cue.title,
        "note": cue.note,
        "seconds": cue.seconds,
        "items": cue.items,
        "done_at": cue.done_at and cue.done_at.isoformat(),
    }


def _names(stream: LiveStream, cues: Iterable[Cue]) -> dict[str, str]:
    """What the items of the run of show are called; what has left the catalogue has no name."""
    ids = [item for cue in cues for item in cue.items]
    return {item.id: _name(item) for item in find_items(channel=stream.channel, ids=ids)}


def _name(item: Any) -> str:
    return f"{item.product.name}, {item.unit.name}" if item.unit else item.product.name


def _pinned_by(stream: LiveStream) -> dict[str, str]:
    """Who pinned what is pinned now: a user name, or the kind of program."""
    rows = stream.pins.open().filter(is_rehearsal=stream.is_rehearsal)
    return {item: who.partition(":")[2] or who for item, who in rows.values_list("item", "pinned_by")}


def _figures(stream: LiveStream, *, now: datetime) -> Document:
    clicks = stream.clicks.filter(is_replay=False).order_by()
    counted = dict(clicks.values_list("action").annotate(n=Count("pk")))
    open_pins = Q(pin__unpinned_at__isnull=True, pin__isnull=False)
    pinned = dict(clicks.filter(open_pins).values_list("pin__item").annotate(n=Count("pk")))
    return {
        "viewers": _viewers(stream, now=now),
        "clicks": counted.get(ProductClick.Action.LINK, 0),
        "baskets": counted.get(ProductClick.Action.BASKET, 0),
        "of_pins": pinned,
    }


def _viewers(stream: LiveStream, *, now: datetime) -> int:
    """Of each process its newest count, as long as it stands; late by one more at most."""
    recent = ViewerSample.objects.filter(stream=stream, at__gt=now - timedelta(minutes=3)).order_by("at")
    newest = {sample.process: sample for sample in recent}
    return sum(one.viewers for one in newest.values() if now - one.at <= timedelta(seconds=2.5 * one.seconds))


def tray(stream: LiveStream) -> list[Document]:
    """The products at hand, with their units, in the order of the tray."""
    wanted = Product.objects.filter(trays__stream=stream).order_by("trays__position", "trays__pk")
    return [_product(stream, product) for product in _loaded(wanted)[:MOST_IN_TRAY]]


def found(stream: LiveStream, text: str) -> list[Document]:
    """What the channel's catalogue has beside the tray: by a word of the name, or the shop's number."""
    words = text.split()
    if not words:
        return []
    asked = Q(ext_id=text) | Q(pk__in=Product.objects.filter(units__ext_id=text))
    named = Q()
    for word in words:
        named &= Q(name__icontains=word)
    beside = Product.objects.filter(channel=stream.channel).exclude(trays__stream=stream)
    wanted = beside.filter(asked | named).order_by("name", "pk")
    return [_product(stream, product) for product in _loaded(wanted)[:MOST_FOUND]]


def _loaded(products: QuerySet[Product]) -> QuerySet[Product]:
    images = Prefetch("images", ProductImage.objects.order_by("position", "pk"))
    return products.prefetch_related(images, "units")


def _product(stream: LiveStream, product: Product) -> Document:
    units = list(product.units.all())
    language = stream.channel.default_language
    prices = [price_text(unit.price, product.currency, language=language) for unit in units]
    images = [image.src for image in product.images.all()]
    return {
        "id": product.public_id,
        "name": product.name,
        "ext_id": product.ext_id,
        "price": prices[0] if prices else "",
        "image": images[0] if images else "",
        "is_sold_out": product.is_sold_out,
        "units": [
            {
                "id": unit.public_id,
                "name": unit.name,
                "ext_id": unit.ext_id,
                "price": price,
                "is_sold_out": unit.is_sold_out,
            }
            for unit, price in zip(units, prices, strict=True)
        ],
    }
