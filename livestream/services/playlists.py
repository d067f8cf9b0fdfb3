"""Pages of a playlist, newest livestream first."""

from dataclasses import dataclass

from livestream.models import LiveStream, Playlist

PAGE_SIZE, PAGE_MOST = 10, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`before` is the number to ask the next page with; None on the last page."""

    streams: list[LiveStream]
    before: int | None


def page(*, playlist: Playlist, size: int, before: int | None) -> Page:
    """The livestreams numbered below `before`; one more than asked is read, to know if more follow."""
    entries = playlist.entries.order_by("-stream_id").select_related("stream")
    wanted = entries.filter(stream_id__lt=before) if before is not None else entries
    found = [entry.stream for entry in wanted[: size + 1]]
    streams = found[:size]
    return Page(streams=streams, before=streams[-1].pk if len(found) > size else None)
