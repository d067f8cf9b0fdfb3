"""Steering a show that lives in a hosted account: the account is told first, our viewers see the same."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.core.cache import cache
from django.db import connection
from pytest_django import Settings

from livestream.dto import Actor, ActorKind
from livestream.errors import (
    Invalid,
    NotEndable,
    NotFound,
    NothingPinned,
    NotLive,
    ProductsUnknown,
    VendorRejected,
    VendorUnavailable,
)
from livestream.models import Channel, JournalEntry, LiveStream, Product
from livestream.services import desk, hosted
from livestream.services.accounts import account_of
from livestream.services.turns import turn
from tests.fakes.firework import Account, account, error, product, unit
from tests.fakes.server import answer, drop, hang
from tests.livestream.conftest import STAFF

API = Actor(ActorKind.API, "shop")
Event = JournalEntry.Event


@pytest.fixture
def vendor(settings: Settings, channel: Channel, now: datetime) -> Iterator[Account]:
    """The channel's account, with a show on air that has two products; the first has two units."""
    with account() as vendor:
        scarf = product("p1", unit("u1"), unit("u2"), product_name="Scarf")
        vendor.add("show", scarf, product("p2", unit("u3"), product_name="Hat"), status="active", at=now)
        settings.LIVESTREAM = {**settings.LIVESTREAM, "BACKENDS": vendor.settings}
        channel.backend = "firework"
        channel.save()
        yield vendor


@pytest.fixture
def show(vendor: Account, channel: Channel, now: datetime) -> LiveStream:
    """The show, as it was mirrored."""
    facts = account_of(channel).fetch("show")
    stream = hosted.take(channel=channel, facts=facts, now=now)
    assert vendor.server
    vendor.server.calls.clear()
    return stream


def ours(*remote: str) -> list[str]:
    """Our ids of the vendor's products and units."""
    found = {row.remote_id: row.public_id for row in Product.objects.all()}
    found |= {unit.remote_id: unit.public_id for row in Product.objects.all() for unit in row.units.all()}
    return [found[one] for one in remote]


def pinned(stream: LiveStream) -> list[str]:
    return [pin.item for pin in stream.pins.open()]


def journal(stream: LiveStream) -> list[tuple[str, str]]:
    return [(entry.event, entry.actor) for entry in stream.journal.all()]


# -- Pinning


def test_a_pin_goes_to_the_account_under_its_own_ids(
    show: LiveStream, vendor: Account, now: datetime
) -> None:
    assert desk.pin(stream=show, ids=ours("u2", "p2"), actor=STAFF, now=now) == ours("u2", "p2")
    assert vendor.orders == ["POST /api/v1/live_streams/show/pin_product"]
    assert vendor.pinned["show"] == ["u2", "p2"]


def test_our_viewers_see_the_same_and_the_journal_who(show: LiveStream, now: datetime) -> None:
    desk.pin(stream=show, ids=ours("p1", "p2"), actor=API, now=now)
    assert pinned(show) == ours("p1", "p2")
    assert journal(show)[-1] == (Event.PINNED, "api:shop")


def test_what_the_account_leaves_out_is_left_out_here(
    show: LiveStream, vendor: Account, now: datetime
) -> None:
    vendor.trouble["pin_product"] = answer({"pinned_product_ids": ["p2"]})
    assert desk.pin(stream=show, ids=ours("p1", "p2"), actor=STAFF, now=now) == ours("p2") == pinned(show)


def test_an_account_that_pins_something_else_is_not_believed(
    show: LiveStream, vendor: Account, now: datetime
) -> None:
    vendor.trouble["pin_product"] = answer({"pinned_product_ids": ["other"]})
    with pytest.raises(VendorUnavailable, match="other products"):
        desk.pin(stream=show, ids=ours("p1"), actor=STAFF, now=now)
    assert pinned(show) == []


def test_a_product_that_the_account_does_not_know_is_named(
    show: LiveStream, vendor: Account, products: list[Product], now: datetime
) -> None:
    ids = [*ours("p1"), products[3].public_id]
    with pytest.raises(Invalid, match="does not know Coat"):
        desk.pin(stream=show, ids=ids, actor=STAFF, now=now)
    assert vendor.orders == []


def test_products_of_other_channels_are_no_products(
    show: LiveStream,
    vendor: Account,
    new_product: Callable[..., Product],
    other_channel: Channel,
    now: datetime,
) -> None:
    foreign = new_product("Foreign", channel=other_channel)
    with pytest.raises(ProductsUnknown):
        desk.pin(stream=show, ids=[foreign.public_id], actor=STAFF, now=now)
    assert vendor.orders == []


def test_a_show_that_began_unnoticed_takes_pins(show: LiveStream, now: datetime) -> None:
    LiveStream.objects.update(status="idle")
    desk.pin(stream=show, ids=ours("p1"), actor=STAFF, now=now)
    show.refresh_from_db()
    assert (show.status, pinned(show)) == ("active", ours("p1"))


def test_a_show_that_ended_unnoticed_refuses_and_ends_here(
    show: LiveStream, vendor: Account, now: datetime
) -> None:
    vendor.streams["show"]["status"] = "replay"
    with pytest.raises(NotLive, match="must be active or paused to pin products"):
        desk.pin(stream=show, ids=ours("p1"), actor=STAFF, now=now)
    show.refresh_from_db()
    assert show.status == "replay"


# -- Unpinning


def test_unpinning_goes_to_the_account_too(show: LiveStream, vendor: Account, now: datetime) -> None:
    desk.pin(stream=show, ids=ours("p1", "p2"), actor=STAFF, now=now)
    assert desk.unpin(stream=show, ids=ours("p1"), actor=STAFF, now=now) == ours("p1")
    assert (vendor.pinned["show"], pinned(show)) == (["p2"], ours("p2"))


def test_what_was_pinned_there_by_others_can_be_unpinned_here(
    show: LiveStream, vendor: Account, now: datetime
) -> None:
    vendor.pinned["show"] = ["p1"]
    assert desk.unpin(stream=show, ids=ours("p1"), actor=STAFF, now=now) == ours("p1")
    assert vendor.pinned["show"] == []


def test_what_was_unpinned_there_by_others_goes_here_too(
    show: LiveStream, vendor: Account, now: datetime
) -> None:
    desk.pin(stream=show, ids=ours("p1"), actor=STAFF, now=now)
    vendor.pinned["show"] = []
    assert desk.unpin(stream=show, ids=ours("p1"), actor=STAFF, now=now) == ours("p1")
    assert pinned(show) == []


def test_what_is_pinned_nowhere_cannot_be_unpinned(show: LiveStream, now: datetime) -> None:
    with pytest.raises(NothingPinned):
        desk.unpin(stream=show, ids=ours("p1"), actor=STAFF, now=now)


def test_what_is_nobodys_id_is_not_pinned_either(show: LiveStream, vendor: Account, now: datetime) -> None:
    desk.pin(stream=show, ids=ours("p1"), actor=STAFF, now=now)
    assert desk.unpin(stream=show, ids=["nobody", *ours("p1")], actor=STAFF, now=now) == ours("p1")


# -- Ending


def test_the_end_goes_to_the_account(show: LiveStream, vendor: Account, now: datetime) -> None:
    assert desk.end(stream=show, actor=STAFF, now=now).status == "replay"
    assert vendor.streams["show"]["status"] == "replay"
    assert journal(show)[-1] == (Event.ENDED, "staff:maria")


def test_the_account_ends_its_replays_itself(show: LiveStream, now: datetime) -> None:
    desk.end(stream=show, actor=STAFF, now=now)
    show.refresh_from_db()
    assert (show.replay_until, show.ended_at) == (None, now)


def test_what_ended_there_cannot_end_again_and_is_over_here(
    show: LiveStream, vendor: Account, now: datetime
) -> None:
    vendor.streams["show"]["status"] = "completed"
    with pytest.raises(NotEndable, match="must be active or paused to end"):
        desk.end(stream=show, actor=STAFF, now=now)
    show.refresh_from_db()
    assert show.status == "completed"


# -- Trouble


TROUBLES = {
    "refusal": (answer({"error": "This business is over its limit."}, 409), VendorRejected, "over its limit"),
    "denied": (error("Access denied to this livestream", 401), VendorRejected, "Access denied"),
    "trouble": (answer({}, 503), VendorUnavailable, "trouble of its own"),
    "silence": (drop, VendorUnavailable, "cannot be reached"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_the_account_does_not_do_is_not_done_here_and_written_down(
    show: LiveStream, vendor: Account, now: datetime, trouble: str
) -> None:
    reaction, kind, sentence = TROUBLES[trouble]
    vendor.trouble["pin_product"] = reaction
    with pytest.raises(kind, match=sentence):
        desk.pin(stream=show, ids=ours("p1"), actor=STAFF, now=now)
    entry = show.journal.last()
    assert entry
    assert pinned(show) == []
    assert (entry.event, entry.actor, entry.detail["call"]) == (Event.VENDOR_FAILED, "staff:maria", "pin")
    assert sentence in entry.detail["error"]


def test_a_show_that_the_account_lost_is_not_found(show: LiveStream, vendor: Account, now: datetime) -> None:
    del vendor.streams["show"]
    with pytest.raises(NotFound, match=r"^Livestream not found$"):
        desk.end(stream=show, actor=STAFF, now=now)


def test_without_the_account_in_the_settings_a_show_is_not_steered(
    show: LiveStream, settings: Settings, now: datetime
) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "BACKENDS": {}}
    with pytest.raises(VendorRejected, match="no account firework that works"):
        desk.end(stream=show, actor=STAFF, now=now)
    show.refresh_from_db()
    assert (show.status, journal(show)[-1][0]) == ("active", Event.VENDOR_FAILED)


# -- Shows that live here


def test_a_show_made_here_stays_here(
    vendor: Account, live: LiveStream, products: list[Product], now: datetime
) -> None:
    ids = [products[0].public_id]
    assert desk.pin(stream=live, ids=ids, actor=STAFF, now=now) == ids
    assert desk.unpin(stream=live, ids=ids, actor=STAFF, now=now) == ids
    assert desk.end(stream=live, actor=STAFF, now=now).status == "replay"
    assert vendor.calls == []


def test_a_channel_that_came_home_is_steered_here(
    show: LiveStream, vendor: Account, channel: Channel, now: datetime
) -> None:
    channel.backend = ""
    channel.save()
    show = LiveStream.objects.select_related("channel").get(pk=show.pk)
    desk.pin(stream=show, ids=ours("p1"), actor=STAFF, now=now)
    assert (vendor.orders, pinned(show)) == ([], ours("p1"))


# -- One at a time


@pytest.mark.django_db(transaction=True)
def test_the_last_order_there_is_the_last_one_here(show: LiveStream, vendor: Account, now: datetime) -> None:
    """Two at once: whichever the account carries out last, our viewers see that one."""

    def order(*remote: str) -> None:
        desk.pin(stream=show, ids=ours(*remote), actor=STAFF, now=now)
        connection.close()

    threads = [threading.Thread(target=order, args=(one,)) for one in ("p1", "p2", "u1", "u2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pinned(show) == ours(*vendor.pinned["show"])


def test_an_order_waits_for_the_one_before_and_not_for_ever(settings: Settings) -> None:
    with turn("show", seconds=0.1), pytest.raises(VendorUnavailable, match="still on its way"):  # noqa: SIM117
        with turn("show", seconds=0.1):
            pass


def test_after_its_turn_the_next_one_is_free() -> None:
    for _ in range(2):
        with turn("show", seconds=0.1):
            assert cache.get("livestream.turn.show")


def test_without_a_cache_nobody_waits(settings: Settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:9",
        }
    }
    with turn("show", seconds=0.1), turn("show", seconds=0.1):
        pass


def test_an_account_that_hangs_costs_no_more_than_its_time(
    show: LiveStream, vendor: Account, settings: Settings, now: datetime
) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "VENDOR_TIMEOUT_SECONDS": 0.3}
    vendor.trouble["pin_product"] = hang
    with pytest.raises(VendorUnavailable, match="in time"):
        desk.pin(stream=show, ids=ours("p1"), actor=STAFF, now=now)
