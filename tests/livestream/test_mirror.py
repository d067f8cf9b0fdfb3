"""The playlists of a hosted account: what is in them is here too, and what changed there changes here."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django_q.models import OrmQ
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from livestream import tasks
from livestream.bus.base import Message
from livestream.bus.memory import MemoryBus
from livestream.errors import BusUnavailable
from livestream.models import Channel, JournalEntry, LiveStream, Playlist, Product, ProductUnit
from livestream.services import desk, mirror, rehearsals
from tests.fakes.firework import Account, account, error, product, unit
from tests.fakes.server import Call, answer, drop, serve
from tests.livestream.conftest import STAFF

Status, Event = LiveStream.Status, JournalEntry.Event
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SENT: list[Message] = []


class Recorder(MemoryBus):
    """A bus that remembers, and is down when it shall."""

    is_down = False

    def publish(self, messages: Sequence[Message]) -> None:
        if Recorder.is_down:
            raise BusUnavailable
        SENT.extend(messages)


@pytest.fixture
def vendor(settings: Settings, channel: Channel) -> Iterator[Account]:
    with account() as vendor:
        settings.LIVESTREAM = {
            **settings.LIVESTREAM,
            "BACKENDS": vendor.settings,
            "BUS": {"BACKEND": f"{__name__}.Recorder"},
        }
        channel.backend = "firework"
        channel.save()
        vendor.playlists["list"] = []
        SENT.clear()
        Recorder.is_down = False
        yield vendor


@pytest.fixture
def playlist(channel: Channel, vendor: Account, now: datetime) -> Playlist:
    return Playlist.objects.create(channel=channel, name="Winter", remote_id="list", mirror_due_at=now)


def walk(playlist: Playlist, at: datetime) -> Playlist:
    """What a worker does with it once its time has come."""
    Playlist.objects.filter(pk=playlist.pk).update(mirror_due_at=at)
    mirror.mirror(pk=playlist.pk, now=at)
    playlist.refresh_from_db()
    return playlist


def show(id: str = "show") -> LiveStream:
    return LiveStream.objects.get(remote_id=id)


# -- What is there is here


def test_livestreams_of_a_playlist_are_here_too(playlist: Playlist, vendor: Account, now: datetime) -> None:
    vendor.add("show", status="replay", at=now.astimezone(UTC), event_description="Join us")
    walk(playlist, now)
    row = show()
    assert (row.channel_id, row.event_name, row.event_description) == (
        playlist.channel_id,
        "Show show",
        "Join us",
    )
    assert (row.status, row.scheduled_at) == ("replay", now)
    assert [entry.stream for entry in playlist.entries.all()] == [row]
    assert (playlist.mirrored_at, playlist.mirror_error) == (now, "")


def test_the_journal_says_where_it_came_from(playlist: Playlist, vendor: Account, now: datetime) -> None:
    vendor.add("show", at=now)
    walk(playlist, now)
    assert [(entry.event, entry.actor) for entry in show().journal.all()] == [
        (Event.CREATED, "vendor:firework")
    ]


def test_lists_keep_the_accounts_order_over_pages(
    playlist: Playlist, vendor: Account, now: datetime, settings: Settings
) -> None:
    for number in range(230):
        vendor.add(f"s{number}", status="completed", at=now)
    walk(playlist, now)
    ours = [entry.stream.remote_id for entry in playlist.entries.select_related("stream")]
    assert ours == vendor.playlists["list"]


def test_walking_again_changes_nothing(playlist: Playlist, vendor: Account, now: datetime) -> None:
    vendor.add("show", product("p1", unit("u1")), status="active", at=now)
    walk(playlist, now)
    was, entries = show().version, show().journal.count()
    walk(playlist, now + HOUR)
    assert (show().version, show().journal.count()) == (was, entries)
    assert (Product.objects.count(), playlist.entries.count()) == (1, 1)


def test_what_changed_there_changes_here(playlist: Playlist, vendor: Account, now: datetime) -> None:
    vendor.add("show", at=now)
    walk(playlist, now)
    vendor.streams["show"] |= {"event_name": "New name", "scheduled_at": "2031-02-03T04:05:06.000000Z"}
    walk(playlist, now + HOUR)
    assert show().event_name == "New name"
    assert show().scheduled_at == datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)


def test_what_left_the_playlist_leaves_it_here(
    playlist: Playlist, vendor: Account, now: datetime, stream: LiveStream
) -> None:
    playlist.entries.create(stream=stream)  # staff's own
    for id in ("one", "two"):
        vendor.add(id, at=now)
    walk(playlist, now)
    vendor.playlists["list"].remove("one")
    walk(playlist, now + HOUR)
    assert {entry.stream.remote_id for entry in playlist.entries.all()} == {"two", ""}
    assert LiveStream.objects.filter(remote_id="one").exists()


def test_two_playlists_share_a_livestream(
    playlist: Playlist, vendor: Account, channel: Channel, now: datetime
) -> None:
    other = Playlist.objects.create(channel=channel, name="All", remote_id="all")
    vendor.add("show", at=now)
    vendor.playlists["all"] = ["show"]
    walk(playlist, now)
    walk(other, now)
    assert {entry.playlist_id for entry in show().entries.all()} == {playlist.pk, other.pk}


def test_the_same_hosted_id_in_two_channels_is_two_livestreams(
    playlist: Playlist, vendor: Account, other_channel: Channel, now: datetime
) -> None:
    other_channel.backend = "firework"
    other_channel.save()
    vendor.add("show", at=now)
    walk(playlist, now)
    walk(Playlist.objects.create(channel=other_channel, name="Theirs", remote_id="list"), now)
    assert LiveStream.objects.filter(remote_id="show").count() == 2


# -- Its status


@pytest.mark.parametrize("there", Status)
@pytest.mark.parametrize("here", Status)
def test_the_account_is_right_about_the_status(
    playlist: Playlist, vendor: Account, now: datetime, here: Status, there: Status
) -> None:
    vendor.add("show", status=here, at=now)
    walk(playlist, now)
    vendor.streams["show"]["status"] = there
    walk(playlist, now + HOUR)
    row = show()
    assert row.status == there
    assert (row.paused_at is not None) == (there == Status.PAUSED and here != there)
    assert row.replay_until is None


def test_a_legal_step_is_told_like_any_other(playlist: Playlist, vendor: Account, now: datetime) -> None:
    vendor.add("show", at=now)
    walk(playlist, now)
    vendor.streams["show"]["status"] = "active"
    walk(playlist, now + HOUR)
    entry = show().journal.last()
    assert entry
    assert (entry.event, entry.actor) == (Event.STARTED, "vendor:firework")
    assert show().started_at == now + HOUR


def test_a_jump_is_written_down_as_one(playlist: Playlist, vendor: Account, now: datetime) -> None:
    vendor.add("show", at=now)
    walk(playlist, now)
    vendor.streams["show"]["status"] = "replay"
    walk(playlist, now + HOUR)
    entry = show().journal.last()
    assert entry
    assert (entry.event, entry.detail) == (Event.MIRRORED, {"was": "idle", "status": "replay"})
    assert show().ended_at == now + HOUR


@pytest.mark.parametrize("status", ["active", "replay"])
def test_a_show_that_begins_there_ends_its_rehearsal_here(
    playlist: Playlist, vendor: Account, now: datetime, status: str
) -> None:
    vendor.add("show", at=now)
    walk(playlist, now)
    rehearsals.begin(stream=show(), actor=STAFF, now=now)
    vendor.streams["show"]["status"] = status
    walk(playlist, now + HOUR)
    assert (show().status, show().is_rehearsal) == (status, False)


@pytest.mark.parametrize("status", ["active", "replay"])
def test_viewers_see_the_new_status_at_once(
    playlist: Playlist,
    vendor: Account,
    now: datetime,
    status: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    vendor.add("show", at=now)
    walk(playlist, now)
    vendor.streams["show"]["status"] = status
    with django_capture_on_commit_callbacks(execute=True):
        walk(playlist, now + HOUR)
    assert f'"status":"{status}"' in SENT[-1].body.decode()


@pytest.mark.django_db(transaction=True)
def test_without_a_bus_the_mirror_goes_on_and_says_so(
    playlist: Playlist, vendor: Account, now: datetime
) -> None:
    for id in ("one", "two"):
        vendor.add(id, at=now)
    walk(playlist, now)
    for id in ("one", "two"):
        vendor.streams[id]["status"] = "active"
    Recorder.is_down = True
    walk(playlist, now + HOUR)
    assert {show("one").status, show("two").status} == {"active"}
    assert "message bus" in playlist.mirror_error


# -- Its products


def test_products_of_what_is_on_air_or_soon_are_here(
    playlist: Playlist, vendor: Account, now: datetime
) -> None:
    scarf = product("p1", unit("u1", 149.9), product_name="Scarf", product_description="Warm")
    vendor.add("old", scarf, status="replay", at=now - DAY)
    vendor.add("far", scarf, at=now + 30 * DAY)
    vendor.add("soon", scarf, at=now + HOUR)
    vendor.add("live", scarf, status="paused", at=now - 30 * DAY)
    walk(playlist, now)
    trays = {row.remote_id: row.tray.count() for row in LiveStream.objects.all()}
    assert trays == {"old": 0, "far": 0, "soon": 1, "live": 1}
    row = Product.objects.get()
    assert (row.remote_id, row.name, row.description, row.currency) == ("p1", "Scarf", "Warm", "USD")
    assert [image.src for image in row.images.all()] == ["https://cdn.example/p1.jpg"]
    sold = row.units.get()
    assert (sold.remote_id, sold.ext_id, sold.price) == ("u1", "variant-u1", Decimal("149.90"))


def tray(id: str = "show") -> list[str]:
    return [entry.product.remote_id for entry in show(id).tray.select_related("product")]


def test_the_tray_follows_the_account(playlist: Playlist, vendor: Account, now: datetime) -> None:
    one, two, three = (product(id, unit(f"u{id}")) for id in ("p1", "p2", "p3"))
    vendor.add("show", one, two, status="active", at=now)
    walk(playlist, now)
    vendor.streams["show"]["products"] = [three, one]
    walk(playlist, now + HOUR)
    assert tray() == ["p3", "p1"]


def test_units_and_pictures_follow_the_account(playlist: Playlist, vendor: Account, now: datetime) -> None:
    vendor.add("show", product("p1", unit("u1", 10), unit("u2", 20)), status="active", at=now)
    walk(playlist, now)
    image = {"id": "i9", "image_src": "https://cdn.example/new.jpg", "image_position": 1}
    vendor.streams["show"]["products"] = [
        product("p1", unit("u3", 5), unit("u1", 12, unit_name="Large"), product_images=[image])
    ]
    walk(playlist, now + HOUR)
    row = Product.objects.get()
    assert [(one.remote_id, one.name, one.price) for one in row.units.all()] == [
        ("u3", "Unit u3", Decimal(5)),
        ("u1", "Large", Decimal(12)),
    ]
    assert [one.src for one in row.images.all()] == ["https://cdn.example/new.jpg"]


def test_a_unit_that_was_shown_stays_and_is_sold_out(
    playlist: Playlist, vendor: Account, now: datetime
) -> None:
    vendor.add("show", product("p1", unit("u1"), unit("u2")), status="active", at=now)
    walk(playlist, now)
    shown = ProductUnit.objects.get(remote_id="u2")
    desk.pin(stream=show(), ids=[shown.public_id], actor=STAFF, now=now)
    vendor.streams["show"]["products"] = [product("p1", unit("u1"))]
    walk(playlist, now + HOUR)
    shown.refresh_from_db()
    assert (shown.remote_id, shown.is_sold_out) == ("", True)


def test_a_new_price_reaches_whoever_sees_the_pin(
    playlist: Playlist,
    vendor: Account,
    now: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    vendor.add("show", product("p1", unit("u1", 10)), status="active", at=now)
    walk(playlist, now)
    desk.pin(stream=show(), ids=[Product.objects.get().public_id], actor=STAFF, now=now)
    vendor.streams["show"]["products"] = [product("p1", unit("u1", 8.5))]
    with django_capture_on_commit_callbacks(execute=True):
        walk(playlist, now + HOUR)
    assert "$8.50" in SENT[-1].body.decode()


def test_the_shops_own_product_is_known_by_the_number_of_a_unit(
    playlist: Playlist, vendor: Account, now: datetime, new_product: Callable[..., Product]
) -> None:
    own = new_product("Old name", ext_id="SKU-1", url="https://shop.example/scarf")
    own.units.update(ext_id="variant-u1")
    vendor.add("show", product("p1", unit("u1"), product_name="Scarf"), status="active", at=now)
    walk(playlist, now)
    row = Product.objects.get(remote_id="p1")
    assert (row.pk, row.name) == (own.pk, "Scarf")
    assert (row.url, row.ext_id) == ("https://shop.example/scarf", "SKU-1")
    assert row.units.get().remote_id == "u1"


def test_a_product_of_another_channel_is_never_taken_over(
    playlist: Playlist,
    vendor: Account,
    now: datetime,
    new_product: Callable[..., Product],
    other_channel: Channel,
) -> None:
    foreign = new_product("Theirs", channel=other_channel)
    foreign.units.update(ext_id="variant-u1")
    vendor.add("show", product("p1", unit("u1")), status="active", at=now)
    walk(playlist, now)
    foreign.refresh_from_db()
    assert (foreign.remote_id, foreign.name) == ("", "Theirs")


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
