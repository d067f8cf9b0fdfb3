"""Readers that stop reading, servers that stop serving, crowds, and a database that is away."""

import selectors
import socket
import time
from urllib.parse import urlsplit

import psutil
import pytest

from tests.browser.running import free_port, wait_for
from tests.livestream.fanout.house import Desk, House, Server, Show, once_is_enough
from tests.livestream.fanout.watching import Page

pytestmark = once_is_enough
MEGABYTE = 1_000_000


def flood(desk: Desk, show: Show, *, times: int = 300, size: int = 100_000) -> int:
    """States that are far larger than real ones; the last version."""
    return desk.do("flood", show.pk, times, size)


def test_a_slow_reader_is_told_to_load_anew_and_then_hears_the_newest(
    server: Server, desk: Desk, show: Show, url: str
) -> None:
    page = server.watch(url)
    page.next("snapshot")
    last = flood(desk, show)
    page.next("resync")
    wait_for(lambda: page.next("status").data["version"] == last)


def test_a_slow_reader_delays_nobody(server: Server, desk: Desk, show: Show, url: str) -> None:
    slow, quick = server.watch(url, buffer=4096), server.watch(desk.do("url", show.pk))
    quick.next("snapshot")
    flood(desk, show, times=200)
    desk.do("pin", show.pk, show.products[:1])
    wait_for(lambda: quick.next("pins", "status", "resync").data.get("pins", [])[:1] != [])
    slow.close()


def test_who_reads_nothing_is_cut_off(house: House, desk: Desk, show: Show, url: str) -> None:
    port = free_port()
    publish = {**house.settings, "EVENTS_PUBLISH_URL": f"http://127.0.0.1:{port}/live/events/-publish"}
    other = House(house.project, publish, {"HEARTBEAT_SECONDS": 0.6})
    with other.serve(port) as server, other.desk() as desk:
        page = server.watch(url, buffer=4096)
        page.next("snapshot")
        flood(desk, show)
        wait_for(lambda: not established(server))


def test_slow_readers_hold_little_memory(server: Server, desk: Desk, show: Show) -> None:
    pages = [server.watch(desk.do("url", show.pk), buffer=4096) for _each in range(50)]
    before = server.memory
    flood(desk, show, times=400)
    assert server.memory - before < 30 * MEGABYTE
    for page in pages:
        page.close()


def established(server: Server) -> list[object]:
    """Connections of viewers."""
    there = psutil.Process(server.process.pid).net_connections("tcp")
    return [one for one in there if one.status == "ESTABLISHED" and one.laddr.port == server.port]


def test_quiet_connections_show_signs_of_life(house: House, url: str) -> None:
    with House(house.project, house.settings, {"HEARTBEAT_SECONDS": 0.3}).serve() as server:
        page = server.watch(url)
        page.next("viewers")
        assert page.comments > 2


def test_a_restart_loses_no_pin(house: House, desk: Desk, show: Show) -> None:
    port = free_port()
    with house.serve(port) as old:
        pages = [old.watch(desk.do("url", show.pk)) for _each in range(20)]
        for page in pages:
            page.next("snapshot")
        old.stop()
        for page in pages:
            with pytest.raises(EOFError):
                page.next("pins")
    desk.do("pin", show.pk, show.products[:2])
    with house.serve(port) as new:
        back = [new.watch(desk.do("url", show.pk), last=page.last) for page in pages]
        assert [page.next().pins for page in back] == [show.products[:2]] * 20


def test_a_server_with_viewers_stops_at_once(house: House, desk: Desk, show: Show) -> None:
    with house.serve() as server:
        pages = [server.watch(desk.do("url", show.pk)) for _each in range(50)]
        for page in pages:
            page.next("snapshot")
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 5


def test_a_server_that_stops_does_so_without_a_traceback(house: House, desk: Desk, show: Show) -> None:
    with house.serve() as server:
        server.watch(desk.do("url", show.pk)).next("snapshot")
        server.stop()
    assert "Traceback" not in server.log.read_text()


def test_two_thousand_at_once_all_get_the_state(server: Server, desk: Desk, show: Show) -> None:
    urls = desk.do("urls", show.pk, 2000)
    started = time.monotonic()
    answers = crowd(server, urls)
    assert len(answers) == 2000
    assert time.monotonic() - started < 20
    assert all(b"event: snapshot" in answer for answer in answers)


def crowd(server: Server, urls: list[str]) -> list[bytes]:
    """Connects all at once; what each has got when its first event is complete."""
    selector = selectors.DefaultSelector()
    for url in urls:
        sock = socket.socket()
        sock.setblocking(False)
        sock.connect_ex(("127.0.0.1", server.port))
        parts = urlsplit(url)
        request = f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        selector.register(sock, selectors.EVENT_WRITE, [request, b""])
    found: list[bytes] = []
    while selector.get_map():
        ready = selector.select(timeout=20)
        assert ready, "Some never got an answer."
        for key, _mask in ready:
            found += _step(selector, key)
    return found


def _step(selector: selectors.BaseSelector, key: selectors.SelectorKey) -> list[bytes]:
    sock, (request, heard) = key.fileobj, key.data
    assert isinstance(sock, socket.socket)
    if request:
        sock.sendall(request)
        selector.modify(sock, selectors.EVENT_READ, [b"", b""])
        return []
    heard += sock.recv(65_536)
    if b'"pins":[]}\n\n' not in heard:
        selector.modify(sock, selectors.EVENT_READ, [b"", heard])
        return []
    selector.unregister(sock)
    sock.close()
    return [heard]


def test_what_is_shown_is_counted_once_for_each_page(house: House, desk: Desk, show: Show) -> None:
    port = free_port()
    settings = {**house.settings, "EVENTS_PUBLISH_URL": f"http://127.0.0.1:{port}/live/events/-publish"}
    shop = House(house.project, settings, {"SAMPLE_SECONDS": 1})
    with shop.serve(port) as server, shop.desk() as desk:
        pages = [server.watch(desk.do("url", show.pk)) for _each in range(3)]
        for page in pages:
            page.next("snapshot")
        desk.do("pin", show.pk, show.products[:1])
        desk.do("pin", show.pk, show.products[:2])
        for page in pages:
            page.next("pins")
            page.next("pins")
        again = server.watch(desk.do("url", show.pk), last=pages[0].last)
        later = server.watch(desk.do("url", show.pk))
        later.next("snapshot")
        seen = {show.products[0]: 4, show.products[1]: 4}
        wait_for(lambda: desk.do("impressions", show.pk) == seen, seconds=20)
        wait_for(lambda: 5 in desk.do("samples", show.pk), seconds=20)
        again.close()


def test_what_was_counted_is_written_down_at_the_end(house: House, desk: Desk, show: Show) -> None:
    desk.do("pin", show.pk, show.products[:1])
    with house.serve() as server:
        server.watch(desk.do("url", show.pk)).next("snapshot")
        server.stop()
    assert desk.do("impressions", show.pk) == {show.products[0]: 1}


def test_staff_are_not_the_public(house: House, desk: Desk, show: Show) -> None:
    desk.do("pin", show.pk, show.products[:1])
    with house.serve() as server:
        server.watch(desk.do("url", show.pk, "staff")).next("snapshot")
        server.stop()
    assert desk.do("impressions", show.pk) == {show.products[0]: 0}


def test_a_page_that_closes_in_the_middle_leaves_no_trace(server: Server, desk: Desk, show: Show) -> None:
    for _each in range(20):
        page: Page = server.watch(desk.do("url", show.pk))
        page.connection.sock.close()
        page.close()
    last = server.watch(desk.do("url", show.pk))
    wait_for(lambda: last.next("viewers").data == {"viewers": 1})
