"""What a viewer's connection brings, from real processes: first the whole state, then what changes."""

import pytest

from tests.livestream.fanout.house import Desk, Server, Show, once_is_enough

pytestmark = once_is_enough


def test_the_first_event_is_the_whole_state(server: Server, desk: Desk, show: Show, url: str) -> None:
    desk.do("pin", show.pk, show.products[:2])
    first = server.watch(url).next()
    assert (first.name, first.data["status"], first.pins) == ("snapshot", "active", show.products[:2])


def test_a_pin_reaches_everybody_who_looks_on(server: Server, desk: Desk, show: Show, url: str) -> None:
    pages = [server.watch(url), server.watch(desk.do("url", show.pk))]
    for page in pages:
        page.next("snapshot")
    desk.do("pin", show.pk, show.products[:1])
    assert [page.next("pins").pins for page in pages] == [show.products[:1]] * 2


def test_pins_come_in_the_order_in_which_they_were_made(
    server: Server, desk: Desk, show: Show, url: str
) -> None:
    page = server.watch(url)
    page.next("snapshot")
    for product in show.products:
        desk.do("pin", show.pk, [product])
    assert [page.next("pins").pins for _each in show.products] == [[one] for one in show.products]


def test_what_is_unpinned_goes(server: Server, desk: Desk, show: Show, url: str) -> None:
    desk.do("pin", show.pk, show.products[:2])
    page = server.watch(url)
    page.next("snapshot")
    desk.do("unpin", show.pk, show.products[:1])
    assert page.next("pins").pins == show.products[1:2]


def test_a_new_status_says_what_to_play(server: Server, desk: Desk, show: Show, url: str) -> None:
    page = server.watch(url)
    page.next("snapshot")
    desk.do("move", show.pk, "paused")
    event = page.next("status")
    assert (event.data["status"], event.data["player"]["mode"]) == ("paused", "frame")


def test_the_id_of_an_event_is_the_version(server: Server, desk: Desk, show: Show, url: str) -> None:
    page = server.watch(url)
    page.next("snapshot")
    desk.do("pin", show.pk, show.products[:1])
    event = page.next("pins")
    assert event.id == str(event.data["version"]) == str(desk.do("version", show.pk))


def test_a_page_that_comes_back_knowing_all_gets_only_what_is_new(
    server: Server, desk: Desk, show: Show, url: str
) -> None:
    first = server.watch(url)
    first.next("snapshot")
    back = server.watch(url, last=first.last)
    desk.do("pin", show.pk, show.products[:1])
    assert back.next("snapshot", "pins").name == "pins"


@pytest.mark.parametrize("last", ["0", "-1", "99999999", "9" * 400, "a", "1; drop", "%00"])
def test_a_page_that_missed_something_gets_the_whole_state(
    server: Server, desk: Desk, show: Show, url: str, last: str
) -> None:
    desk.do("pin", show.pk, show.products[:1])
    assert server.watch(url, last=last).next("snapshot", "pins").name == "snapshot"


def test_pages_are_told_to_come_back_at_different_times(server: Server, desk: Desk, show: Show) -> None:
    pages = [server.watch(desk.do("url", show.pk)) for _each in range(12)]
    for page in pages:
        page.next("snapshot")
    waits = {page.retry for page in pages}
    assert len(waits) > 3
    assert waits <= set(range(500, 3001))


def test_a_change_whose_message_was_lost_is_found_in_the_database(
    server: Server, desk: Desk, show: Show, url: str
) -> None:
    page = server.watch(url)
    page.next("snapshot")
    desk.do("silently", show.pk, "https://cdn.example/new.jpg")
    assert page.next("status").data["player"]["poster"] == "https://cdn.example/new.jpg"


def test_a_reader_of_fifty_shows_hears_of_each(server: Server, desk: Desk) -> None:
    shows = [desk.new() for _each in range(50)]
    pages = [server.watch(desk.do("url", one.pk)) for one in shows]
    for page in pages:
        page.next("snapshot")
    for one in reversed(shows):
        desk.do("pin", one.pk, one.products[:1])
    assert [page.next("pins").pins for page in pages] == [one.products[:1] for one in shows]


def test_everybody_is_told_how_many_look_on(server: Server, desk: Desk, show: Show) -> None:
    pages = [server.watch(desk.do("url", show.pk)) for _each in range(3)]
    assert [page.next("viewers").data for page in pages] == [{"viewers": 3}] * 3


def test_staff_are_told_how_many_of_the_public_look_on(
    server: Server, desk: Desk, show: Show, url: str
) -> None:
    public = server.watch(url)
    staff = server.watch(desk.do("url", show.pk, "staff"))
    assert staff.next("viewers").data == {"viewers": 1}
    public.close()


def test_a_page_that_is_closed_is_not_counted_any_more(
    server: Server, desk: Desk, show: Show, url: str
) -> None:
    stays, goes = server.watch(url), server.watch(desk.do("url", show.pk))
    assert stays.next("viewers").data == {"viewers": 2}
    goes.close()
    assert stays.next("viewers").data == {"viewers": 1}
