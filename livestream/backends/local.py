"""Livestreams kept in this database."""

from collections.abc import Sequence

from django.utils import timezone

from livestream.backends.base import LiveBackend, PlaylistPage, ProductFacts, StreamFacts
from livestream.dto import Actor, ActorKind
from livestream.errors import Invalid, Malformed
from livestream.ids import Kind, number_of
from livestream.models import Channel, LiveStream
from livestream.services import details, pins, playlists, streams


class LocalBackend(LiveBackend):
    """The livestreams of one channel; `actor` is who the journal names."""

    def __init__(self, channel: Channel, *, actor: Actor = Actor(ActorKind.SYSTEM)) -> None:  # noqa: B008
        self.channel, self.actor = channel, actor

    def fetch(self, stream: str) -> StreamFacts:
        row = self._stream(stream)
        return _facts(row, details.products(row))

    def playlist(self, playlist: str, *, page_size: int = 10, before: str = "") -> PlaylistPage:
        row = details.find_playlist(channel=self.channel, public_id=playlist)
        if not 1 <= page_size <= playlists.PAGE_MOST:
            raise Invalid(f"page_size must be a whole number from 1 to {playlists.PAGE_MOST}")
        page = playlists.page(playlist=row, size=page_size, before=_number(before))
        streams = tuple(_facts(stream, []) for stream in page.streams)
        return PlaylistPage(streams=streams, before="" if page.before is None else str(page.before))

    def pin(self, stream: str, product_ids: Sequence[str]) -> list[str]:
        row, ids = self._stream(stream), pins.check_ids(list(product_ids))
        return pins.pin(stream=row, ids=ids, actor=self.actor, now=timezone.now())

    def unpin(self, stream: str, product_ids: Sequence[str]) -> list[str]:
        row, ids = self._stream(stream), pins.check_ids(list(product_ids))
        return pins.unpin(stream=row, ids=ids, actor=self.actor, now=timezone.now())

    def end(self, stream: str) -> None:
        streams.end(stream=self._stream(stream), actor=self.actor, now=timezone.now())

    def _stream(self, stream: str) -> LiveStream:
        return details.find_stream(channel=self.channel, public_id=stream)


def _facts(row: LiveStream, products: Sequence[ProductFacts]) -> StreamFacts:
    return StreamFacts(
        id=row.public_id,
        status=row.status,
        scheduled_at=row.scheduled_at,
        event_name=row.event_name,
        event_description=row.event_description,
        products=tuple(products),
    )


def _number(before: str) -> int | None:
    """From a number or an id. Raises Invalid."""
    if not before or (before.isascii() and before.isdigit()):
        return int(before) if before else None
    try:
        number = number_of(Kind.STREAM, before)
    except Malformed:
        number = None
    if number is None:
        raise Invalid("before_id must be the id of a livestream or a number")
    return number
