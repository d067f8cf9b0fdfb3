"""What viewers must see: built from the rows, and handed to the bus once it is safe."""

import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import PurePath
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from django.db import transaction
from django.db.models import Prefetch
from django.urls import reverse

from livestream.bus.base import Bus, Message, topic
from livestream.conf import conf
from livestream.dto import Audience, LiveState, Mode, PinnedCard, Player
from livestream.errors import NotFound
from livestream.models import LiveStream, Pin, ProductImage
from livestream.services.buses import get_bus
from livestream.services.money import price_text

Status = LiveStream.Status
NAMES = re.compile(r"\{([^{}]*)\}")
MODES = {
    Status.IDLE: Mode.TRAILER,
    Status.ACTIVE: Mode.LIVE,
    Status.PAUSED: Mode.FRAME,
    Status.REPLAY: Mode.REPLAY,
    Status.COMPLETED: Mode.TRAILER,
    Status.EXPIRED: Mode.TRAILER,
}


def load(*, number: int, audience: Audience) -> LiveState:
    """The state as the database has it. Raises NotFound."""
    stream = LiveStream.objects.select_related("channel").filter(pk=number).first()
    if stream is None:
        raise NotFound
    return build(stream, audience)


def build(stream: LiveStream, audience: Audience) -> LiveState:
    """The state of a row as it is now: one query where something is pinned or may be."""
    shown = status_for(stream, audience)
    return LiveState(
        stream=stream.public_id,
        version=stream.version,
        status=shown,
        player=player(stream, shown),
        pins=_cards(stream, shown, audience),
    )


def status_for(stream: LiveStream, audience: Audience) -> Status:
    """A rehearsal is a live show to staff, and nothing yet to the public."""
    if not (stream.is_rehearsal and audience == Audience.STAFF):
        return Status(stream.status)
    return Status.ACTIVE if stream.is_on_air else Status.PAUSED


def player(stream: LiveStream, status: Status) -> Player:
    """What to play in this status (seed 002)."""
    mode = MODES[status]
    captions = stream.captions_url if mode == Mode.REPLAY else ""
    return Player(
        mode=mode,
        src=_source(stream, mode),
        poster=_poster(stream, mode),
        captions=captions,
        captions_language=stream.captions_language if captions else "",
    )


def _source(stream: LiveStream, mode: Mode) -> str:
    if mode == Mode.LIVE:
        return stream.live_url or _encoded(stream)
    if mode == Mode.REPLAY:
        recorded = reverse("livestream:replay", args=[stream.public_id]) if stream.replay_file else ""
        return stream.replay_url or recorded
    return stream.trailer_url if mode == Mode.TRAILER else ""


def _encoded(stream: LiveStream) -> str:
    """What the media server makes of the encoder's signal: under the public id, never the key."""
    return f"{conf().HLS_BASE_URL.rstrip('/')}/{stream.public_id}/index.m3u8" if conf().HLS_BASE_URL else ""


def _poster(stream: LiveStream, mode: Mode) -> str:
    if mode == Mode.FRAME and stream.frame:
        made = PurePath(str(stream.frame.name)).stem  # another pause, another picture: another address
        return f"{reverse('livestream:frame', args=[stream.public_id])}?{made}"
    return stream.poster_url


def _cards(stream: LiveStream, status: Status, audience: Audience) -> tuple[PinnedCard, ...]:
    """Pins stand while the show is live; in the replay they come at their moments."""
    if status not in (Status.ACTIVE, Status.PAUSED):
        return ()
    rehearsed = stream.is_rehearsal and audience == Audience.STAFF
    return tuple(card(stream, pin) for pin in shown_pins(stream).open().filter(is_rehearsal=rehearsed))


def shown_pins(stream: LiveStream) -> Any:
    """The pins of a livestream, with all that a card needs, in two queries."""
    images = Prefetch("product__images", ProductImage.objects.order_by("position", "pk"))
    return stream.pins.select_related("product", "unit").prefetch_related(images, "product__units")


def card(stream: LiveStream, pin: Pin) -> PinnedCard:
    """The card of one pin, whose product, unit, pictures and units are loaded."""
    product, unit = pin.product, pin.unit
    units = list(product.units.all())
    priced = unit or (units[0] if units else None)
    images = [image.src for image in product.images.all()]
    language = stream.channel.default_language
    return PinnedCard(
        id=pin.item,
        pin=pin.pk,
        product_id=product.public_id,
        ext_id=(unit.ext_id if unit else "") or product.ext_id,
        name=product.name,
        variant=unit.name if unit else "",
        price=price_text(priced.price, product.currency, language=language) if priced else "",
        image=(unit.image if unit else "") or next(iter(images), ""),
        url=reverse("livestream:click", args=[stream.public_id, pin.item]) if _sold_at(pin) else "",
        is_sold_out=product.is_sold_out or bool(unit and unit.is_sold_out),
    )


def shop_url(stream: LiveStream, pin: Pin) -> str:
    """Where the shop sells it, with the channel's attribution parameters; empty where nobody said."""
    base = _sold_at(pin)
    if not base:
        return ""
    facts = {"stream": quote(stream.public_id), "product": quote(pin.item)}
    parts = urlsplit(base)
    query = "&".join(filter(None, [parts.query, _filled(stream.channel.attribution, facts)]))
    return urlunsplit(parts._replace(query=query))


def _sold_at(pin: Pin) -> str:
    return (pin.unit.url if pin.unit else "") or pin.product.url


def _filled(pattern: str, facts: dict[str, str]) -> str:
    """The pattern with its known names filled in; anything else in braces is left out."""
    return NAMES.sub(lambda found: facts.get(found[1], ""), pattern)


def as_json(state: LiveState) -> bytes:
    """The state on the wire, in the snapshot and in pages."""
    return json.dumps(asdict(state), separators=(",", ":"), ensure_ascii=False).encode()


def versions(numbers: Collection[int]) -> dict[int, int]:
    """The newest version of each livestream, by its row number."""
    return dict(LiveStream.objects.filter(pk__in=numbers).values_list("pk", "version"))


def announce(*streams: LiveStream) -> None:
    """Hand the new states to every viewer after the commit. The caller holds the rows' locks and has saved.

    The commit's caller gets BusUnavailable where the bus does not answer: the change is saved all the same.
    """
    if streams:
        transaction.on_commit(_publication(streams))


def publish(stream: LiveStream) -> None:
    """Hand the state of a row to every viewer now. Raises BusUnavailable."""
    _publication([stream])()


def _publication(streams: Sequence[LiveStream]) -> Callable[[], None]:
    known = {stream.pk: stream.version for stream in streams}
    said = [message for stream in streams for message in messages(stream)]
    return partial(_publish, get_bus(), said, known)


def _publish(bus: Bus, said: list[Message], known: dict[int, int]) -> None:
    """Our hubs leave out what is older than what they show. A bus that holds the viewers itself keeps what
    comes last: where another change was faster than this one, that is handed over once more.
    """
    bus.publish(said)
    while bus.has_own_viewers and (newer := _newer(known)):
        bus.publish([message for stream in newer for message in messages(stream)])
        known = {stream.pk: stream.version for stream in newer}


def _newer(known: dict[int, int]) -> list[LiveStream]:
    """The livestreams whose version is not the known one any more."""
    numbers = [number for number, version in versions(known).items() if version > known[number]]
    return list(LiveStream.objects.select_related("channel").filter(pk__in=numbers)) if numbers else []


def messages(stream: LiveStream) -> list[Message]:
    """The state of a row, for everybody who may be looking on: staff see another one in a rehearsal alone."""
    public = as_json(build(stream, Audience.PUBLIC))
    staff = as_json(build(stream, Audience.STAFF)) if stream.is_rehearsal else public
    return [
        Message(topic=topic(stream.pk, Audience.PUBLIC), body=public),
        Message(topic=topic(stream.pk, Audience.STAFF), body=staff),
    ]
