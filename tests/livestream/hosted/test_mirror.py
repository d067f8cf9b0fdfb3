"""The playlists of a hosted account: what is in them is here too, and what changed there changes here."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from livestream.models import Channel, JournalEntry, LiveStream, Playlist, Product, ProductUnit
from livestream.services import desk, rehearsals
from tests.fakes.firework import Account, product, unit
from tests.livestream.conftest import STAFF
from tests.livestream.hosted.mirroring import SENT, Recorder, show, tray, walk

Status, Event = LiveStream.Status, JournalEntry.Event
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
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


@pytest.mark.parametrize(("status", "is_said"), [("idle", False), ("active", True), ("paused", True)])
def test_a_show_that_is_found_on_air_began_then_at_the_latest(
    playlist: Playlist, vendor: Account, now: datetime, status: str, is_said: bool
) -> None:
    vendor.add("show", status=status, at=now)
    walk(playlist, now)
    assert show().started_at == (now if is_said else None)


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
