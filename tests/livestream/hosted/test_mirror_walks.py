"""When the playlists of a hosted account are walked, and what comes of trouble on the way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django_q.models import OrmQ
from pytest_django import Settings

from livestream import tasks
from livestream.models import Channel, JournalEntry, LiveStream, Playlist
from livestream.services import mirror
from tests.fakes.firework import Account, error, product, unit
from tests.fakes.server import Call, answer, drop, serve
from tests.livestream.hosted.mirroring import tray, walk

Status, Event = LiveStream.Status, JournalEntry.Event
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# -- When


def started() -> list[Any]:
    """The playlists that the queue holds."""
    return [task.task["args"] for task in OrmQ.objects.all() if "mirror_playlist" in str(task.task["func"])]


def test_the_sweep_starts_what_is_due(playlist: Playlist, now: datetime) -> None:
    mirror.start_due(now=now)
    assert started() == [(playlist.pk,)]


def test_after_a_walk_the_next_one_waits(playlist: Playlist, vendor: Account, now: datetime) -> None:
    walk(playlist, now)
    for later, expected in ((9 * MINUTE, 0), (10 * MINUTE, 1)):
        mirror.start_due(now=now + later)
        assert len(started()) == expected


def test_without_minutes_nothing_is_walked_by_itself(
    playlist: Playlist, settings: Settings, now: datetime
) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "MIRROR_MINUTES": 0}
    mirror.start_due(now=now)
    assert started() == []


@pytest.mark.parametrize("why", ["no hosted id", "channel lives here"])
def test_playlists_that_live_here_are_left_alone(
    playlist: Playlist, channel: Channel, now: datetime, why: str
) -> None:
    if why == "no hosted id":
        Playlist.objects.update(remote_id="")
    else:
        Channel.objects.update(backend="")
    mirror.start_due(now=now)
    assert started() == []


def test_the_sweep_has_it_as_a_part() -> None:
    assert mirror.start_due in tasks.PARTS


def test_a_walk_that_somebody_else_is_at_is_not_begun(
    playlist: Playlist, vendor: Account, now: datetime
) -> None:
    Playlist.objects.update(mirror_held_until=now + MINUTE)
    mirror.mirror(pk=playlist.pk, now=now)
    assert vendor.calls == []


def test_a_walk_whose_worker_was_killed_begins_again(
    playlist: Playlist, vendor: Account, now: datetime
) -> None:
    Playlist.objects.update(mirror_held_until=now - MINUTE)
    walk(playlist, now)
    assert (playlist.mirrored_at, playlist.mirror_held_until) == (now, None)


def test_of_two_workers_one_walks(playlist: Playlist, vendor: Account, now: datetime) -> None:
    mirror.mirror(pk=playlist.pk, now=now)
    asked = len(vendor.calls)
    mirror.mirror(pk=playlist.pk, now=now)
    assert len(vendor.calls) == asked


@pytest.mark.django_db(transaction=True)
def test_news_during_a_walk_have_it_walked_again(
    playlist: Playlist, vendor: Account, now: datetime, settings: Settings
) -> None:
    answer_as_usual = vendor.handle

    def handle(call: Call) -> Any:
        if call.path.endswith("/videos"):
            Playlist.objects.update(mirror_due_at=now + MINUTE)  # as news do
        return answer_as_usual(call)

    with serve(handle) as server:
        backend = vendor.settings["firework"]
        backend["OPTIONS"]["base_url"] = server.url
        settings.LIVESTREAM = {**settings.LIVESTREAM, "BACKENDS": {"firework": backend}}
        walk(playlist, now)
    assert (playlist.mirrored_at, playlist.mirror_due_at) == (now, now + MINUTE)


def test_news_have_the_accounts_playlists_walked(
    playlist: Playlist, other_channel: Channel, vendor: Account, now: datetime
) -> None:
    Playlist.objects.create(channel=other_channel, name="Here", remote_id="list")
    walk(playlist, now)
    mirror.look_again(alias="firework", now=now + MINUTE)
    playlist.refresh_from_db()
    assert (started(), playlist.mirror_due_at) == ([(playlist.pk,)], now + MINUTE)


# -- Trouble

TROUBLES = {
    "refusal": (error("This playlist was archived.", 410), "This playlist was archived."),
    "nothing there": (error("Playlist not found", 404), "Playlist not found"),
    "denied": (error("Access denied to this playlist", 401), "Access denied to this playlist"),
    "trouble": (answer({}, 503), "127.0.0.1 has trouble of its own (status 503)."),
    "silence": (drop, "127.0.0.1 cannot be reached."),
    "html": ((200, {}, b"<h1>"), "The answer is not a JSON document."),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_went_wrong_is_kept_in_the_accounts_words(
    playlist: Playlist, vendor: Account, now: datetime, trouble: str
) -> None:
    vendor.trouble["videos"], sentence = TROUBLES[trouble]
    walk(playlist, now)
    assert (playlist.mirror_error, playlist.mirrored_at) == (sentence, None)
    assert (playlist.mirror_held_until, playlist.mirror_due_at) == (None, now + 10 * MINUTE)


def test_an_error_is_gone_after_a_walk_that_works(playlist: Playlist, vendor: Account, now: datetime) -> None:
    vendor.trouble["videos"] = [drop, drop, drop]
    assert walk(playlist, now).mirror_error
    assert walk(playlist, now + HOUR).mirror_error == ""


def test_an_account_that_asks_for_a_pause_gets_it(playlist: Playlist, vendor: Account, now: datetime) -> None:
    vendor.trouble["videos"] = answer({}, 429, Retry_After="7200")
    walk(playlist, now)
    assert playlist.mirror_due_at == now + 2 * HOUR


def test_what_was_read_before_the_trouble_is_kept(playlist: Playlist, vendor: Account, now: datetime) -> None:
    for id in ("one", "two"):
        vendor.add(id, product("p1", unit("u1")), status="active", at=now)
    vendor.trouble["detail"] = [None, answer({}, 503)]
    walk(playlist, now)
    assert sorted([tray("one"), tray("two")]) == [[], ["p1"]]
    assert playlist.mirror_error.endswith("has trouble of its own (status 503).")


def test_one_livestream_that_is_refused_stops_no_other(
    playlist: Playlist, vendor: Account, now: datetime
) -> None:
    vendor.add("one", product("p1", unit("u1")), status="active", at=now)
    vendor.add("two", product("p1", unit("u1")), status="active", at=now)
    vendor.denied = {"two"}
    walk(playlist, now)
    assert (tray("one"), tray("two")) == (["p1"], [])
    assert playlist.mirror_error == "Show two: Access denied to this livestream"


def test_one_in_an_unknown_form_is_counted_and_deletes_nothing(
    playlist: Playlist, vendor: Account, now: datetime
) -> None:
    for id in ("one", "two"):
        vendor.add(id, at=now)
    walk(playlist, now)
    vendor.streams["two"]["status"] = "dreaming"
    walk(playlist, now + HOUR)
    assert playlist.mirror_error == "Left out, because they were told in an unknown form: 1."
    assert playlist.entries.count() == 2


def test_pages_that_lead_in_a_circle_end(playlist: Playlist, vendor: Account, now: datetime) -> None:
    vendor.trouble["videos"] = answer({"live_streams": [], "paging": {"next": "/x?before_id=7"}})
    walk(playlist, now)
    assert playlist.mirror_error == "The account's pages lead in a circle."
    assert len(vendor.calls) == 3


def test_a_playlist_without_end_is_walked_so_far(playlist: Playlist, vendor: Account, now: datetime) -> None:
    vendor.trouble["videos"] = [
        answer({"live_streams": [], "paging": {"next": f"/x?before_id={number}"}}) for number in range(500)
    ]
    walk(playlist, now)
    assert playlist.mirror_error.startswith("Only the newest")
    assert len(vendor.calls) == 1 + mirror.PAGES_MOST


def test_without_the_account_in_the_settings_it_says_so(
    playlist: Playlist, settings: Settings, now: datetime
) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "BACKENDS": {}}
    walk(playlist, now)
    assert "no account firework that works" in playlist.mirror_error


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_account_is_asked(
    playlist: Playlist, vendor: Account, now: datetime, settings: Settings
) -> None:
    """Rows that were written before the account was asked can be seen, and written, by everybody else."""
    vendor.add("show", product("p1", unit("u1")), status="active", at=now)
    seen: list[bool] = []
    answer_as_usual = vendor.handle

    def look(call: Call) -> Any:
        with ThreadPoolExecutor() as pool:
            seen.append(pool.submit(can_write, playlist).result())
        return answer_as_usual(call)

    with serve(look) as server:
        backend = vendor.settings["firework"]
        backend["OPTIONS"]["base_url"] = server.url
        settings.LIVESTREAM = {**settings.LIVESTREAM, "BACKENDS": {"firework": backend}}
        walk(playlist, now)
    assert (playlist.mirror_error, seen) == ("", [True] * 3)


def can_write(playlist: Playlist) -> bool:
    try:
        return bool(Playlist.objects.filter(pk=playlist.pk).update(name="Spring"))
    finally:
        connection.close()


def test_a_walk_of_what_is_known_costs_the_same_however_long_it_is(
    playlist: Playlist, vendor: Account, now: datetime, django_assert_num_queries: Any
) -> None:
    for number in range(40):
        vendor.add(f"s{number}", status="completed", at=now)
    walk(playlist, now)
    Playlist.objects.update(mirror_due_at=now)
    with django_assert_num_queries(7):
        mirror.mirror(pk=playlist.pk, now=now + HOUR)
