"""Pages of a playlist, newest livestream first."""

from collections.abc import Sequence
from dataclasses import dataclass

from livestream.models import LiveStream, Playlist, PlaylistEntry

PAGE_SIZE, PAGE_MOST = 10, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`before` is the number to ask the next page with; None on the last page."""

    streams: list[LiveStream]
    before: int | None


def page(*, playlist: Playlist, size: int, before: int | None) -> Page:
    """The livestreams numbered below `before`; one more than asked is looked for, to know if more follow.

    Their numbers first, then their rows: in one statement PostgreSQL may walk through all that are newer.
    """
    entries = playlist.entries.order_by("-stream_id")
    wanted = entries.filter(stream_id__lt=before) if before is not None else entries
    numbers = list(wanted.values_list("stream_id", flat=True)[: size + 1])
    shown = numbers[:size]
    rows = LiveStream.objects.in_bulk(shown)
    return Page(
        streams=[rows[number] for number in shown if number in rows],
        before=shown[-1] if len(numbers) > size else None,
    )


def add(*, playlist: Playlist, streams: Sequence[LiveStream]) -> int:
    """Put livestreams of the playlist's own channel into it: how many were not in it before."""
    there = set(playlist.entries.filter(stream__in=streams).values_list("stream_id", flat=True))
    new = [one for one in streams if one.pk not in there and one.channel_id == playlist.channel_id]
    PlaylistEntry.objects.bulk_create(
        [PlaylistEntry(playlist=playlist, stream=one) for one in new], ignore_conflicts=True
    )
    return len(new)
