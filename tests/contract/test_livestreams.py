"""The port to livestreams: here, in this project's own server behind HTTP, and in a vendor's account."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from livestream.backends.base import LiveBackend
from livestream.backends.firework import FireworkBackend
from livestream.backends.local import LocalBackend
from livestream.errors import (
    AccessDenied,
    Invalid,
    NotEndable,
    NotFound,
    NothingPinned,
    NotLive,
    ProductsUnknown,
    VendorRejected,
    VendorUnavailable,
)
from livestream.ids import Kind, encode
from livestream.models import Channel, LiveStream, Playlist, PlaylistEntry, Product
from livestream.services import applications, streams
from tests.fakes import firework
from tests.livestream.conftest import STAFF

pytestmark = pytest.mark.django_db(transaction=True)

STATUSES = LiveStream.Status.values


@dataclass(kw_only=True)
class Place:
    """Where livestreams are: one in every status, with two products of which the first has two units.

    `pinned` tells what viewers of the active one see.
    """

    backend: LiveBackend
    streams: dict[str, str]
    products: list[str]
    units: list[str]
    playlist: str
    foreign: str
    unknown: str
    pinned: Callable[[], list[str]]

    @property
    def active(self) -> str:
        return self.streams["active"]


@pytest.fixture
def here(
    channel: Channel, other_channel: Channel, new_product: Callable[..., Product], now: datetime
) -> Place:
    """In this database, created in the order of STATUSES."""
    products = [new_product("Scarf", units=("Red", "Blue")), new_product("Hat")]
    playlist = Playlist.objects.create(channel=channel, name="Winter")
    there = {status: show(channel, products, status, now) for status in STATUSES}
    for row in there.values():
        PlaylistEntry.objects.create(playlist=playlist, stream=row)
    return Place(
        backend=LocalBackend(channel, actor=STAFF),
        streams={status: row.public_id for status, row in there.items()},
        products=[product.public_id for product in products],
        units=[unit.public_id for unit in products[0].units.all()],
        playlist=playlist.public_id,
        foreign=show(other_channel, [], "active", now).public_id,
        unknown=encode(Kind.STREAM, 999_999),
        pinned=lambda: [pin.item for pin in there["active"].pins.open()],
    )


def show(channel: Channel, products: list[Product], status: str, now: datetime) -> LiveStream:
    row = streams.create(
        channel=channel,
        event_name=f"Show {status}",
        event_description="A description",
        scheduled_at=now,
        status=status,
        actor=STAFF,
        now=now,
    )
    streams.fill_tray(stream=row, products=products)
    return row


@pytest.fixture
def behind_http(here: Place, channel: Channel, live_server: Any, now: datetime) -> Iterator[Place]:
    """The same, as an OAuth application sees it."""
    made = applications.create(channel=channel, now=now)
    client = {"client_id": made.application.client_id, "client_secret": made.client_secret}
    here.backend = FireworkBackend(**client, base_url=live_server.url)
    yield here
    here.backend = LocalBackend(channel)
    gc.collect()  # closes the kept connection before the server stops


@pytest.fixture
def account() -> Iterator[firework.Account]:
    with firework.account() as account:
        yield account


@pytest.fixture
def far(account: firework.Account, now: datetime) -> Place:
    """In the account of a vendor."""
    units = [firework.unit("u1", 49, unit_name="Red"), firework.unit("u2", 49, unit_name="Blue")]
    hat = firework.product("p2", firework.unit("u3"), product_name="Hat")
    products = [firework.product("p1", *units, product_name="Scarf", product_currency="EUR"), hat]
    for status in STATUSES:
        said = {"event_name": f"Show {status}", "event_description": "A description"}
        account.add(f"s{status}", *products, status=status, at=now.astimezone(UTC), **said)
    account.denied = {"foreign"}
    return Place(
        backend=FireworkBackend(**firework.CLIENT, base_url=account.url),
        streams={status: f"s{status}" for status in STATUSES},
        products=["p1", "p2"],
        units=["u1", "u2"],
        playlist="list",
        foreign="foreign",
        unknown="unknown",
        pinned=lambda: account.pinned.get("sactive", []),
    )


@pytest.fixture(params=["here", "behind_http", "far"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


# -- Reading


@pytest.mark.parametrize("status", STATUSES)
def test_a_livestream_is_told(place: Place, status: str, now: datetime) -> None:
    facts = place.backend.fetch(place.streams[status])
    assert (facts.id, facts.status) == (place.streams[status], status)
    assert (facts.event_name, facts.event_description) == (f"Show {status}", "A description")
    assert facts.scheduled_at == now


def test_its_products_are_told_with_pictures_and_units(place: Place) -> None:
    scarf, hat = place.backend.fetch(place.active).products
    assert [scarf.id, hat.id] == place.products
    assert (scarf.name, scarf.currency, hat.name) == ("Scarf", "EUR", "Hat")
    assert scarf.images[0].src.startswith("https://cdn.example/")
    assert [(unit.id, unit.name, unit.price) for unit in scarf.units] == [
        (place.units[0], "Red", Decimal(49)),
        (place.units[1], "Blue", Decimal(49)),
    ]


def test_a_playlist_is_told_page_by_page_newest_first(place: Place) -> None:
    seen, before = [], ""
    for _ in range(10):
        page = place.backend.playlist(place.playlist, page_size=4, before=before)
        seen.append([facts.id for facts in page.streams])
        before = page.before
        if not before:
            break
    newest = [place.streams[status] for status in reversed(STATUSES)]
    assert seen == [newest[:4], newest[4:]]


def test_lists_tell_no_products(place: Place) -> None:
    page = place.backend.playlist(place.playlist)
    assert [facts.products for facts in page.streams] == [()] * len(STATUSES)
    assert page.streams[-1].event_name == "Show idle"


# -- Pinning


def test_products_and_units_are_pinned_in_this_order(place: Place) -> None:
    wanted = [place.units[1], place.products[1], place.products[0]]
    assert place.backend.pin(place.active, wanted) == wanted == place.pinned()


def test_a_pin_replaces_the_set(place: Place) -> None:
    place.backend.pin(place.active, place.products)
    place.backend.pin(place.active, place.units[:1])
    assert place.pinned() == place.units[:1]


def test_unknown_products_among_known_ones_are_left_out(place: Place) -> None:
    unknown = encode(Kind.PRODUCT, 999_999)
    assert place.backend.pin(place.active, [unknown, place.products[0]]) == place.products[:1]


def test_only_unknown_products_cannot_be_pinned(place: Place) -> None:
    with pytest.raises(ProductsUnknown, match=r"^No valid products found$"):
        place.backend.pin(place.active, [encode(Kind.PRODUCT, 999_999)])


@pytest.mark.parametrize("status", STATUSES)
def test_only_a_live_show_takes_pins(place: Place, status: str) -> None:
    if status in ("active", "paused"):
        assert place.backend.pin(place.streams[status], place.products[:1]) == place.products[:1]
        return
    with pytest.raises(NotLive, match="must be active or paused to pin products"):
        place.backend.pin(place.streams[status], place.products[:1])


def test_what_was_pinned_is_unpinned(place: Place) -> None:
    place.backend.pin(place.active, [*place.products, place.units[0]])
    assert place.backend.unpin(place.active, [place.units[0], place.units[1]]) == place.units[:1]
    assert place.pinned() == place.products


def test_what_is_not_pinned_cannot_be_unpinned(place: Place) -> None:
    with pytest.raises(NothingPinned, match="No valid products found to unpin"):
        place.backend.unpin(place.active, place.products)


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [([], "product_ids cannot be empty"), (["a"] * 4, "Maximum 3 products allowed per request")],
)
def test_one_to_three_products_are_taken(place: Place, ids: list[str], sentence: str) -> None:
    for call in (place.backend.pin, place.backend.unpin):
        with pytest.raises(Invalid, match=f"^{sentence}$"):
            call(place.active, ids)


# -- Ending


@pytest.mark.parametrize("status", STATUSES)
def test_only_a_live_show_can_end(place: Place, status: str) -> None:
    if status in ("active", "paused"):
        place.backend.end(place.streams[status])
        assert place.backend.fetch(place.streams[status]).status == "replay"
        return
    with pytest.raises(NotEndable, match="must be active or paused to end"):
        place.backend.end(place.streams[status])


def test_what_ended_cannot_end_again(place: Place) -> None:
    place.backend.end(place.active)
    with pytest.raises(NotEndable):
        place.backend.end(place.active)


# -- Livestreams of nobody, and of others

CALLS = {
    "fetch": lambda place, id: place.backend.fetch(id),
    "pin": lambda place, id: place.backend.pin(id, place.products),
    "unpin": lambda place, id: place.backend.unpin(id, place.products),
    "end": lambda place, id: place.backend.end(id),
}


@pytest.mark.parametrize("call", CALLS)
def test_an_unknown_livestream_is_not_found(place: Place, call: str) -> None:
    with pytest.raises(NotFound, match=r"^Livestream not found$"):
        CALLS[call](place, place.unknown)


@pytest.mark.parametrize("call", CALLS)
def test_somebody_elses_livestream_is_denied(place: Place, call: str) -> None:
    with pytest.raises(AccessDenied, match=r"^Access denied to this livestream$"):
        CALLS[call](place, place.foreign)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("id", ["not an id", "ü", "a%2Fb"])
def test_what_is_no_id_is_invalid(place: Place, call: str, id: str) -> None:
    with pytest.raises(Invalid, match=r"^Malformed livestream id$"):
        CALLS[call](place, id)


def test_an_unknown_playlist_is_not_found(place: Place) -> None:
    with pytest.raises(NotFound, match=r"^Playlist not found$"):
        place.backend.playlist(encode(Kind.PLAYLIST, 999_999))


# -- Behind HTTP alone


def test_a_wrong_client_is_refused_with_what_to_check(behind_http: Place, live_server: Any) -> None:
    wrong = FireworkBackend(client_id="nobody", client_secret="wrong", base_url=live_server.url)
    with pytest.raises(VendorRejected, match="check FIREWORK_CLIENT_ID"):
        wrong.fetch(behind_http.active)


def test_a_revoked_client_is_refused(behind_http: Place, channel: Channel) -> None:
    behind_http.backend.fetch(behind_http.active)
    applications.revoke(application=channel.applications.get())
    with pytest.raises(VendorRejected, match="check FIREWORK_CLIENT_ID"):
        behind_http.backend.fetch(behind_http.active)


def test_a_token_that_was_taken_away_is_replaced(behind_http: Place) -> None:
    from oauth2_provider.models import AccessToken

    behind_http.backend.fetch(behind_http.active)
    AccessToken.objects.all().delete()
    assert behind_http.backend.pin(behind_http.active, behind_http.products) == behind_http.products


def test_too_many_calls_are_to_be_tried_later(behind_http: Place, settings: Any) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "RATE_LIMIT_PER_MINUTE": 1}
    behind_http.backend.fetch(behind_http.active)
    with pytest.raises(VendorUnavailable) as refusal:
        behind_http.backend.fetch(behind_http.active)
    assert 0 < (refusal.value.retry_after or 0) <= 60


def test_nobody_at_the_address_is_to_be_tried_later() -> None:
    nobody = FireworkBackend(**firework.CLIENT, base_url="http://127.0.0.1:9")
    with pytest.raises(VendorUnavailable, match="cannot be reached"):
        nobody.end("616dOp")


def test_an_account_that_reads_at_the_older_address_alone(far: Place, account: firework.Account) -> None:
    account.roots = (firework.OLD,)
    assert far.backend.fetch(far.active).status == "active"
    assert len(far.backend.playlist("list").streams) == len(STATUSES)


def test_times_are_told_with_their_zone(far: Place, account: firework.Account) -> None:
    account.streams["sactive"]["scheduled_at"] = "2022-12-02T06:30:00.000000Z"
    assert far.backend.fetch("sactive").scheduled_at == datetime(2022, 12, 2, 6, 30, tzinfo=UTC)
