"""Run as a module: one playlist of very many livestreams, and what its first and a deep page take."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

TIMES, SIZE = 40, 10
STREAMS = """
    INSERT INTO livestream_livestream
        (channel_id, remote_id, event_name, event_description, scheduled_at, status, version, is_rehearsal,
         is_on_air, live_url, trailer_url, poster_url, frame, replay_url, replay_file, captions_url,
         captions_language, stream_key, created_at)
    SELECT %(channel)s, '', 'Show ' || n, 'An evening.', %(now)s, 'completed', 1, false,
           false, '', '', '', '', '', '', '', '', 'key-' || n, %(now)s
    FROM generate_series(1::bigint, %(streams)s) AS n
"""
ENTRIES = """
    INSERT INTO livestream_playlistentry (playlist_id, stream_id)
    SELECT %(playlist)s, id FROM livestream_livestream
"""


def fill(streams: int) -> tuple[str, Any]:
    """A token, and the playlist."""
    from livestream.models import Playlist
    from tests.benchmarks.live_api_seed import new_channel

    token, channel = new_channel()
    playlist = Playlist.objects.create(channel=channel, name="All")
    with connection.cursor() as cursor:
        cursor.execute(STREAMS, {"channel": channel.pk, "streams": streams, "now": timezone.now()})
        cursor.execute(ENTRIES, {"playlist": playlist.pk})
        cursor.execute("VACUUM ANALYZE")
    return token, playlist


def measure(token: str, path: str) -> dict[str, float]:
    """Queries and the milliseconds that they take, the least of many times: whatever else runs only adds."""
    taken: list[list[float]] = []

    def clock(execute: Callable[..., Any], *question: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*question)
        finally:
            taken[-1].append(1000 * (time.perf_counter() - start))

    for _ in range(TIMES):
        taken.append([])
        with connection.execute_wrapper(clock):
            answer = Client(SERVER_NAME="localhost").get(path, headers={"Authorization": f"Bearer {token}"})
        if len(answer.json()["live_streams"]) != SIZE:
            raise RuntimeError(answer.content)
    return {"queries": len(taken[-1]), "milliseconds": min(map(sum, taken))}


def main(streams: int) -> None:
    """Prints a document: for each page what it took."""
    call_command("migrate", verbosity=0)
    token, playlist = fill(streams)
    path = f"/api/v1/live_streams/playlists/{playlist.public_id}/videos?page_size={SIZE}"
    deep = playlist.entries.order_by("stream_id")[SIZE].stream_id
    middle = playlist.entries.order_by("stream_id")[streams // 2].stream_id
    pages = {"first": path, "middle": f"{path}&before_id={middle}", "last": f"{path}&before_id={deep}"}
    print(json.dumps({name: measure(token, address) for name, address in pages.items()}))


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))
