"""What an open page asks the server for: the state, a new ticket, the moments of the replay."""

from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from livestream.dto import Audience
from livestream.models import LiveStream, Product
from livestream.services import pins, streams, tickets
from tests.livestream.conftest import STAFF
from tests.livestream.watching import address


def test_the_state_is_what_viewers_must_see(
    client: Client, live: LiveStream, products: list[Product], now: datetime
) -> None:
    pins.pin(stream=live, ids=[products[0].public_id], actor=STAFF, now=now)
    said = client.get(address(live, "state")).json()
    assert (said["status"], [card["id"] for card in said["pins"]]) == ("active", [products[0].public_id])


def test_who_has_the_newest_state_already_gets_nothing(
    client: Client, live: LiveStream, django_assert_num_queries: Any
) -> None:
    etag = client.get(address(live, "state"))["ETag"]
    with django_assert_num_queries(1):
        response = client.get(address(live, "state"), headers={"If-None-Match": etag})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)


def test_a_change_is_a_new_state(
    client: Client, live: LiveStream, products: list[Product], now: datetime
) -> None:
    etag = client.get(address(live, "state"))["ETag"]
    pins.pin(stream=live, ids=[products[0].public_id], actor=STAFF, now=now)
    assert client.get(address(live, "state"), headers={"If-None-Match": etag}).status_code == 200


def test_the_state_costs_as_many_queries_as_it_did(
    client: Client, live: LiveStream, products: list[Product], now: datetime, django_assert_num_queries: Any
) -> None:
    pins.pin(stream=live, ids=[one.public_id for one in products[:3]], actor=STAFF, now=now)
    with django_assert_num_queries(4):
        client.get(address(live, "state"))


def test_the_public_state_may_be_kept_by_caches_that_ask_again(client: Client, live: LiveStream) -> None:
    assert client.get(address(live, "state"))["Cache-Control"] == "public, no-cache"


def test_the_rehearsals_state_is_kept_by_nobody(staff: Client, stream: LiveStream) -> None:
    response = staff.get(address(stream, "state?rehearsal=1"))
    assert response["Cache-Control"] == "private, no-store"
    assert response["ETag"] != staff.get(address(stream, "state"))["ETag"]


def test_a_new_ticket_opens_this_livestream_to_the_public(client: Client, live: LiveStream) -> None:
    said = client.get(address(live, "ticket?rehearsal=1")).json()["events_url"]
    ticket = tickets.read(said.partition("ticket=")[2])
    assert (ticket.stream, ticket.audience) == (live.pk, Audience.PUBLIC)


def test_staff_get_a_ticket_to_the_rehearsal(staff: Client, live: LiveStream) -> None:
    said = staff.get(address(live, "ticket?rehearsal=1")).json()["events_url"]
    assert tickets.read(said.partition("ticket=")[2]).audience == Audience.STAFF


def test_where_no_events_are_served_the_ticket_is_empty(
    client: Client, live: LiveStream, settings: Any
) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "EVENTS_URL": ""}
    assert client.get(address(live, "ticket")).json() == {"events_url": ""}


def test_the_moments_of_the_replay_come_with_their_cards(
    client: Client, live: LiveStream, products: list[Product], now: datetime
) -> None:
    pins.pin(stream=live, ids=[products[0].public_id], actor=STAFF, now=now + timedelta(seconds=5))
    streams.end(stream=live, actor=STAFF, now=now + timedelta(seconds=20))
    (moment,) = client.get(address(live, "moments")).json()["chapters"]
    assert (moment["start_ms"], moment["card"]["id"]) == (5000, products[0].public_id)


def test_a_show_that_is_not_over_has_no_moments_yet(
    client: Client, live: LiveStream, products: list[Product], now: datetime
) -> None:
    pins.pin(stream=live, ids=[products[0].public_id], actor=STAFF, now=now)
    assert client.get(address(live, "moments")).json() == {"chapters": []}
