"""The sample channel: a catalogue, a livestream in each status, and one that is on air all day."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.templatetags.static import static

from config.demo import live_video
from config.demo.products import BY_SLUG
from livestream.dto import Actor, ActorKind
from livestream.errors import BusUnavailable
from livestream.models import (
    Channel,
    LiveStream,
    Playlist,
    PlaylistEntry,
    Product,
    ProductUnit,
    item_of,
)
from livestream.services import catalogue, pins, streams
from livestream.services.catalogue_entries import UnitEntry

Status = LiveStream.Status
LUNE, SOLEIL = "maison-lune", "maison-soleil"
ACTOR = Actor(ActorKind.SYSTEM, "demo")
NAMES = {LUNE: ("Maison Lune", "#8a4b2a", "en"), SOLEIL: ("Maison Soleil", "#2f6d5a", "fr")}
UNITS = {
    "chocolates": (("Box of 8", "24.00"), ("Box of 16", "44.00")),
    "tea": (("Tin, 80 g", "18.50"), ("Refill, 80 g", "14.00")),
    "honey": (("350 g", "14.00"),),
    "caramels": (("200 g", "16.00"), ("400 g", "29.00")),
    "candle": (("Orange blossom", "29.00"), ("Cedar", "29.00")),
    "basket": (("For two", "68.00"),),
}
PINS = (("chocolates",), ("tea", "honey"), ("candle",))
REPLAY_SECONDS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What a run leaves: `streams` has one public id for every status."""

    streams: dict[str, str]
    playlist_id: str
    product_ids: list[str]
    unit_ids: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """A sample livestream, `hours` from now, and what happened to it: `play(stream, now)`."""

    name: str
    about: str
    hours: float
    play: Callable[[LiveStream, datetime], None]


def ensure_channel(*, slug: str, base_url: str) -> Channel:
    """The channel at `base_url`. What staff changed about its look stays."""
    name, color, language = NAMES[slug]
    look = {"name": name, "accent_color": color, "default_language": language, "base_url": base_url}
    channel, _ = Channel.objects.get_or_create(slug=slug, defaults=look)
    channel.base_url = base_url
    if base_url not in channel.embed_origins:
        channel.embed_origins = [*channel.embed_origins, base_url]
    channel.save()
    return channel


def ensure_live(*, channel: Channel, now: datetime) -> Live:
    """Catalogue, shows and playlist. A show that somebody played on with is kept, and another one made."""
    live_video.ensure_video()
    # Before the server is started nobody watches, and nobody has to be told.
    with suppress(BusUnavailable), transaction.atomic():
        live = _ensure_rows(channel, now=now)
    return live


def _ensure_rows(channel: Channel, *, now: datetime) -> Live:
    products = [_ensure_product(channel, slug) for slug in UNITS]
    shows = {status: _ensure_show(channel, products, status, now=now) for status in SHOWS}
    playlist = _ensure_playlist(channel, list(shows.values()))
    units = ProductUnit.objects.filter(product__in=products).order_by("pk")
    return Live(
        streams={str(status): stream.public_id for status, stream in shows.items()},
        playlist_id=playlist.public_id,
        product_ids=[product.public_id for product in products],
        unit_ids=[unit.public_id for unit in units],
    )


def _ensure_product(channel: Channel, slug: str) -> Product:
    """By the call that a shop's catalogue makes, at its address of today. What staff changed stays."""
    sold = BY_SLUG[slug]
    there = Product.objects.filter(channel=channel, ext_id=slug).first()
    return catalogue.upsert_product(
        channel=channel,
        ext_id=slug,
        name=there.name if there else sold.name,
        currency=there.currency if there else "EUR",
        description=None if there else sold.story,
        url=channel.url(f"/shop/gifts/{slug}/"),
        images=[channel.url(static(sold.picture))],
        units=None if there else [_unit(slug, place) for place in range(len(UNITS[slug]))],
    )


def _unit(slug: str, place: int) -> UnitEntry:
    name, price = UNITS[slug][place]
    return UnitEntry(ext_id=f"{slug}-{place + 1}", name=name, price=Decimal(price))


def _ensure_show(
    channel: Channel, products: list[Product], status: LiveStream.Status, *, now: datetime
) -> LiveStream:
    there = channel.streams.filter(event_name=SHOWS[status].name, status=status).last()
    if there is None:
        there = _make_show(channel, products, SHOWS[status], now=now)
    return streams.change(stream=there, actor=ACTOR, now=now, **_places(channel, there))


def _places(channel: Channel, stream: LiveStream) -> dict[str, str]:
    """Where the video is: the sample shop serves it itself."""
    if not settings.DEMO:
        return {}
    replay = "" if stream.replay_file else live_video.REPLAY_OF.format(stream.public_id)
    return {
        "replay_url": replay and channel.url(f"/shop/live/video/{replay}"),
        "live_url": channel.url(f"/shop/live/video/{live_video.LIVE}"),
        "trailer_url": channel.url(f"/shop/live/video/{live_video.TRAILER}"),
        "poster_url": channel.url(static("demo/hero.svg")),
    }


@transaction.atomic
def _make_show(channel: Channel, products: list[Product], show: Show, *, now: datetime) -> LiveStream:
    """All at once: nobody sees the show before its last state."""
    then = now + timedelta(hours=show.hours)
    stream = streams.create(
        channel=channel,
        event_name=show.name,
        event_description=show.about,
        scheduled_at=then,
        actor=ACTOR,
        now=min(then, now),
    )
    streams.fill_tray(stream=stream, products=products)
    show.play(stream, then)
    return stream


def _pin(stream: LiveStream, slugs: tuple[str, ...], now: datetime) -> None:
    tray = {product.ext_id: product for product in stream.products.all()}
    wanted = [item_of(tray[slug], None) for slug in slugs]
    pins.pin(stream=stream, ids=wanted, actor=ACTOR, now=now)


def _wait(stream: LiveStream, now: datetime) -> None:
    """Nothing has happened yet."""


def _go_live(stream: LiveStream, now: datetime) -> None:
    streams.move(stream=stream, to=Status.ACTIVE, actor=ACTOR, now=now)
    _pin(stream, PINS[0], now + timedelta(seconds=5))


def _pause(stream: LiveStream, now: datetime) -> None:
    _go_live(stream, now)
    streams.move(stream=stream, to=Status.PAUSED, actor=ACTOR, now=now + timedelta(minutes=2))


def _end(stream: LiveStream, now: datetime) -> None:
    """A show of 18 seconds, as long as its video, with something new every six."""
    streams.move(stream=stream, to=Status.ACTIVE, actor=ACTOR, now=now)
    for place, slugs in enumerate(PINS):
        _pin(stream, slugs, now + timedelta(seconds=1 + 6 * place))
    streams.end(stream=stream, actor=ACTOR, now=now + timedelta(seconds=REPLAY_SECONDS))
    with (live_video.folder() / live_video.REPLAY).open("rb") as file:
        stream.refresh_from_db()
        stream.replay_file.save("sample-replay.mp4", File(file))


def _complete(stream: LiveStream, now: datetime) -> None:
    _end(stream, now)
    then = now + timedelta(days=30)
    streams.move(stream=stream, to=Status.COMPLETED, actor=ACTOR, now=then)


def _expire(stream: LiveStream, now: datetime) -> None:
    streams.move(stream=stream, to=Status.EXPIRED, actor=ACTOR, now=now + timedelta(hours=3))


SHOWS = {
    Status.IDLE: Show(
        name="The winter table", about="Candles, honey and what goes between them.", hours=26, play=_wait
    ),
    Status.ACTIVE: Show(
        name="An evening with Maison Lune",
        about="We open the boxes, taste what is in them, and answer what you ask.",
        hours=-0.2,
        play=_go_live,
    ),
    Status.PAUSED: Show(
        name="Behind the kitchen door", about="Caramel, from copper to paper.", hours=-1, play=_pause
    ),
    Status.REPLAY: Show(
        name="Tea before sunrise", about="How jasmine gets into white tea.", hours=-48, play=_end
    ),
    Status.COMPLETED: Show(
        name="The first honey", about="Twelve hives, one morning.", hours=-24 * 40, play=_complete
    ),
    Status.EXPIRED: Show(
        name="The snowed-in session", about="The road was closed, and nobody came.", hours=-72, play=_expire
    ),
}


def _ensure_playlist(channel: Channel, shows: list[LiveStream]) -> Playlist:
    playlist, _ = Playlist.objects.get_or_create(channel=channel, name="All our evenings")
    for stream in shows:
        PlaylistEntry.objects.get_or_create(playlist=playlist, stream=stream)
    return playlist
