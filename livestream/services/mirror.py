"""The playlists of hosted accounts, walked now and then: their livestreams are rows of ours too."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from livestream.backends.base import LiveBackend, StreamFacts
from livestream.conf import conf
from livestream.errors import BusUnavailable, LivestreamError, VendorError, VendorUnavailable
from livestream.http import within
from livestream.models import LiveStream, Playlist, PlaylistEntry
from livestream.services import accounts, hosted, jobs

PAGE_SIZE, PAGES_MOST = 100, 20
DETAILS_MOST = 100
SOON = timedelta(days=2)
LONGEST_SECONDS = 200
"""Of all calls of one walk: well within the time after which a worker is stopped."""
LIVE = (LiveStream.Status.ACTIVE, LiveStream.Status.PAUSED)


@dataclass(slots=True)
class Walk:
    """What a playlist holds, newest first, as far as it could be read; and what went wrong."""

    streams: list[StreamFacts] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_whole: bool = False
    unread: int = 0
    retry_after: int = 0


def start_due(*, now: datetime) -> None:
    """Every minute: have those playlists walked whose time has come."""
    if conf().MIRROR_MINUTES:
        _start(_hosted().filter(mirror_due_at__lte=now))


def look_again(*, alias: str, now: datetime) -> int:
    """An account has news: have its playlists walked now, or once more where they are being walked.

    How many there are.
    """
    playlists = _hosted().filter(channel__backend=alias)
    Playlist.objects.filter(pk__in=playlists.values("pk")).update(mirror_due_at=now)
    return _start(playlists)


def _hosted() -> "QuerySet[Playlist]":
    return Playlist.objects.exclude(remote_id="").exclude(channel__backend="").order_by("mirror_due_at")


def _start(playlists: "QuerySet[Playlist]") -> int:
    numbers = list(playlists.values_list("pk", flat=True))
    for number in numbers:
        jobs.start("mirror_playlist", number)
    return len(numbers)


def mirror(*, pk: int, now: datetime) -> None:
    """Walk one playlist, and take over what is in it. Does nothing where another worker does."""
    held_until = now + timedelta(seconds=conf().JOB_LEASE_SECONDS)
    if not _claim(pk, held_until, now=now):
        return
    playlist = Playlist.objects.select_related("channel").get(pk=pk)
    walk = Walk()
    try:
        with within(LONGEST_SECONDS):
            account = accounts.account_of(playlist.channel)
            _read_pages(playlist, account, walk)
            _read_details(account, walk, now=now)
    except VendorError as exc:
        walk.problems.append(exc.message)
        walk.retry_after = getattr(exc, "retry_after", None) or 0
    except LivestreamError as exc:  # such as a playlist that the account does not have
        walk.problems.append(exc.message)
    _take(playlist, walk, now=now)
    _release(playlist, walk, held_until, now=now)


def _claim(pk: int, held_until: datetime, *, now: datetime) -> bool:
    """The playlist is ours for a while. Its next time is set first: this walk may kill the worker."""
    free = Q(mirror_held_until=None) | Q(mirror_held_until__lte=now)
    due = Playlist.objects.exclude(remote_id="").filter(free, pk=pk, mirror_due_at__lte=now)
    return bool(due.update(mirror_held_until=held_until, mirror_due_at=_next_time(now)))


def _next_time(now: datetime) -> datetime:
    return now + timedelta(minutes=max(conf().MIRROR_MINUTES, 1))


def _release(playlist: Playlist, walk: Walk, held_until: datetime, *, now: datetime) -> None:
    """`mirror_due_at` stays where somebody asked meanwhile to look again."""
    ours = Playlist.objects.filter(pk=playlist.pk, mirror_held_until=held_until)
    said = {"mirror_error": "\n".join(dict.fromkeys(walk.problems)), "mirror_held_until": None}
    ours.update(**said, **({"mirrored_at": now} if walk.is_whole else {}))
    if walk.retry_after:
        later = max(_next_time(now), now + timedelta(seconds=walk.retry_after))
        Playlist.objects.filter(pk=playlist.pk).update(mirror_due_at=later)


def _read_pages(playlist: Playlist, account: LiveBackend, walk: Walk) -> None:
    before, asked = "", set[str]()
    for _ in range(PAGES_MOST):
        page = account.playlist(playlist.remote_id, page_size=PAGE_SIZE, before=before)
        walk.streams += page.streams
        walk.unread += page.unread
        before = page.before
        if not before:
            walk.is_whole = True
            break
        if before in asked:
            raise VendorUnavailable("The account's pages lead in a circle.")
        asked.add(before)
    else:
        walk.problems.append(f"Only the newest {len(walk.streams)} livestreams of this playlist are here.")
    if walk.unread:
        walk.problems.append(f"Left out, because they were told in an unknown form: {walk.unread}.")


def _read_details(account: LiveBackend, walk: Walk, *, now: datetime) -> None:
    """The products of what is on air or soon will be, the nearest first."""
    wanted = [facts for facts in walk.streams if _is_near(facts, now)]
    wanted.sort(key=lambda facts: (facts.status not in LIVE, abs((facts.scheduled_at or now) - now)))
    details: dict[str, StreamFacts] = {}
    try:
        for facts in wanted[:DETAILS_MOST]:
            _read_detail(facts, account, details, walk)
    finally:
        walk.streams = [details.get(facts.id, facts) for facts in walk.streams]


def _read_detail(
    facts: StreamFacts, account: LiveBackend, details: dict[str, StreamFacts], walk: Walk
) -> None:
    """One that the account refuses stops no other."""
    try:
        details[facts.id] = account.fetch(facts.id)
    except VendorUnavailable:
        raise
    except LivestreamError as exc:
        walk.problems.append(f"{facts.event_name}: {exc.message}")


def _is_near(facts: StreamFacts, now: datetime) -> bool:
    is_soon = facts.scheduled_at is None or abs(facts.scheduled_at - now) <= SOON
    return facts.status in LIVE or (facts.status == LiveStream.Status.IDLE and is_soon)


def _take(playlist: Playlist, walk: Walk, *, now: datetime) -> None:
    """The oldest first: lists go by the numbers of rows. What left the playlist leaves it here too."""
    facts_by_id = {facts.id: facts for facts in reversed(walk.streams)}
    known = {row.remote_id: row for row in _rows(playlist, facts_by_id)}
    for id, facts in facts_by_id.items():
        row = known.get(id)
        if facts.products or row is None or not hosted.is_as(row, facts):
            _take_one(playlist, facts, walk, now=now)
    rows = _rows(playlist, facts_by_id)
    there = set(playlist.entries.values_list("stream_id", flat=True))
    PlaylistEntry.objects.bulk_create(
        [PlaylistEntry(playlist=playlist, stream=row) for row in rows if row.pk not in there],
        ignore_conflicts=True,
    )
    if walk.is_whole and not walk.unread:
        hosted_entries = playlist.entries.exclude(stream__remote_id="")
        hosted_entries.exclude(stream__in=[row.pk for row in rows]).delete()


def _rows(playlist: Playlist, ids: Collection[str]) -> list[LiveStream]:
    return list(LiveStream.objects.filter(channel=playlist.channel_id, remote_id__in=ids))


def _take_one(playlist: Playlist, facts: StreamFacts, walk: Walk, *, now: datetime) -> None:
    try:
        hosted.take(channel=playlist.channel, facts=facts, now=now)
    except BusUnavailable as exc:
        walk.problems.append(exc.message)
