"""The one door to vendors: what comes through, what it survives, and what it never lets out."""

import gzip
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from pytest_django import Settings

from gifting.errors import VendorRejected, VendorUnavailable
from gifting.http import Http, Reply
from tests.fakes.server import (
    Answer,
    Call,
    Handler,
    Misbehaviour,
    Server,
    Wire,
    answer,
    drop,
    flood,
    hang,
    serve,
    trickle,
    trickle_head,
)

EASILY = 5  # seconds, on a busy machine


@pytest.fixture
def impatient(settings: Settings) -> None:
    settings.GIFTING = {**settings.GIFTING, "VENDOR_TIMEOUT_SECONDS": 0.5}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def get(handler: Handler) -> Reply:
    with serve(handler) as server:
        return Http(server.url).request("GET", "/parcels")


def after(times: int, misbehaviour: Misbehaviour) -> Handler:
    """Misbehaves that often, then answers."""
    left = iter([misbehaviour] * times)
    return lambda call: next(left, answer("at last"))


# What comes through


def test_an_answer_has_a_status_headers_in_lower_case_and_a_body() -> None:
    reply = get(lambda call: answer({"parcel": 1}, X_Word="yes"))
    assert (reply.status, reply.headers["x-word"], reply.json()) == (200, "yes", {"parcel": 1})


def test_a_call_carries_query_headers_credentials_and_body() -> None:
    with serve(lambda call: answer({}, 201)) as server:
        door = Http(f"{server.url}/", headers={"X-Key": "k", "X-Other": "a"})
        sent = {"params": {"q": "a b"}, "json": {"n": 1}, "headers": {"X-Other": "b"}, "auth": ("u", "p")}
        door.request("POST", "/a%2Fb", ok=(201,), **sent)
    call = server.calls[0]
    assert (call.method, call.path, call.query, call.json()) == (
        "POST",
        "/a%2Fb",
        {"q": "a b"},
        {"n": 1},
    )
    assert (call.headers["x-key"], call.headers["x-other"]) == ("k", "b")
    assert call.headers["authorization"] == "Basic dTpw"


def test_an_expected_status_is_an_answer() -> None:
    with serve(lambda call: answer({"why": "unknown"}, 404)) as server:
        assert Http(server.url).request("GET", "/x", ok=(200, 404)).status == 404


@pytest.mark.parametrize("status", [201, 204, 400, 401, 403, 404, 409, 410, 422])
def test_any_other_status_is_a_refusal_that_asking_again_does_not_change(status: int) -> None:
    with pytest.raises(VendorRejected) as caught:
        get(lambda call: (status, {}, b""))
    assert caught.value.status == status
    assert not caught.value.retryable


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599])
def test_a_vendor_in_trouble_may_be_asked_later(status: int) -> None:
    with pytest.raises(VendorUnavailable) as caught:
        get(lambda call: (status, {}, b"<h1>Sorry</h1>"))
    assert caught.value.retry_after is None


def http_date(**distance: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(**distance), usegmt=True)


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        pytest.param("120", 120, 120, id="seconds"),
        pytest.param("0", 0, 0, id="at once"),
        pytest.param("9" * 5000, 86_400, 86_400, id="for ever"),
        pytest.param({"minutes": 10}, 500, 600, id="date"),
        pytest.param({"days": -1}, 0, 0, id="date that is over"),
        pytest.param({"days": 400}, 86_400, 86_400, id="date next year"),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_the_vendor_says_when_to_come_back_within_a_day(
    status: int, said: str | dict[str, int], least: int, most: int
) -> None:
    wait = said if isinstance(said, str) else http_date(**said)
    with pytest.raises(VendorUnavailable) as caught:
        get(lambda call: (status, {"Retry-After": wait}, b""))
    assert caught.value.retry_after is not None
    assert least <= caught.value.retry_after <= most


@pytest.mark.parametrize("said", ["", "soon", "-5", "1.5", "²", "Mon, 99 Foo 2026 99:99:99 GMT"])
def test_a_time_to_come_back_that_says_nothing_is_none(said: str) -> None:
    with pytest.raises(VendorUnavailable) as caught:
        get(lambda call: (429, {"Retry-After": said}, b""))
    assert caught.value.retry_after is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff\xfe\x00", b"[" * 200_000, b"9" * 10_000])
def test_what_is_no_json_document_is_no_answer(body: bytes) -> None:
    with pytest.raises(VendorUnavailable):
        get(lambda call: (200, {}, body)).json()


# What it survives


def half(wire: Wire) -> None:
    wire.socket.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1, 2")


def trickle_without_length(wire: Wire) -> None:
    trickle(wire, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[")


def trickle_one_chunk(wire: Wire) -> None:
    trickle(wire, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n")


def endless_redirect(wire: Wire) -> None:
    trickle(wire, b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n" + b" " * 3_000_000)


def bomb(call: Call) -> Answer:
    return 200, {"Content-Encoding": "gzip"}, gzip.compress(b" " * 30_000_000)


FAULTS: dict[str, Handler] = {
    "hangs up": lambda call: drop,
    "never answers": lambda call: hang,
    "trickles": lambda call: trickle,
    "trickles without a length": lambda call: trickle_without_length,
    "trickles one chunk": lambda call: trickle_one_chunk,
    "trickles its head": lambda call: trickle_head,
    "sends 30 MB": lambda call: flood,
    "packs 30 MB": bomb,
    "redirects without end": lambda call: endless_redirect,
    "stops in the middle": lambda call: half,
    "is no web server": lambda call: lambda wire: wire.socket.sendall(b"220 smtp.example ESMTP\r\n"),
    "cannot pack": lambda call: (200, {"Content-Encoding": "gzip"}, b"not gzip"),
    "has no end of headers": lambda call: (200, {f"X-{number}": "x" for number in range(500)}, b""),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("impatient")
def test_a_vendor_that_misbehaves_is_unavailable_soon(fault: str) -> None:
    started = time.monotonic()
    with pytest.raises(VendorUnavailable, match=r"^127\.0\.0\.1 .*\.$"):
        get(FAULTS[fault])
    assert time.monotonic() - started < EASILY


@pytest.mark.usefixtures("impatient")
def test_after_a_call_that_took_too_long_the_next_one_is_answered() -> None:
    with serve(after(1, trickle)) as server:
        door = Http(server.url)
        with pytest.raises(VendorUnavailable):
            door.request("GET", "/x")
        assert door.request("GET", "/x").json() == "at last"


def test_nobody_there_is_unavailable() -> None:
    with serve(lambda call: answer({})) as server:
        pass
    with pytest.raises(VendorUnavailable, match="cannot be reached"):
        Http(server.url).request("GET", "/x")


@pytest.mark.usefixtures("impatient")
def test_a_vendor_that_lets_nobody_in_is_given_up() -> None:
    started = time.monotonic()
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = [socket.create_connection(full.getsockname())]
        with pytest.raises(VendorUnavailable, match="in time"):
            Http(f"http://127.0.0.1:{full.getsockname()[1]}").request("GET", "/x")
        waiting[0].close()
    assert time.monotonic() - started < EASILY


def test_a_question_that_broke_off_is_asked_again_twice() -> None:
    with serve(after(2, drop)) as server:
        assert Http(server.url).request("GET", "/x").json() == "at last"
    assert len(server.calls) == 3


def calls_of(method: str, handler: Handler) -> int:
    with serve(handler) as server, pytest.raises(VendorUnavailable):
        Http(server.url).request(method, "/x")
    return len(server.calls)


def test_a_question_is_asked_three_times_at_most() -> None:
    assert calls_of("GET", lambda call: drop) == 3


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_an_order_is_given_once(method: str) -> None:
    assert calls_of(method, lambda call: drop) == 1


@pytest.mark.parametrize("fault", ["never answers", "stops in the middle", "sends 30 MB"])
@pytest.mark.usefixtures("impatient")
def test_a_slow_or_wrong_answer_is_not_asked_for_again(fault: str) -> None:
    assert calls_of("GET", FAULTS[fault]) == 1


@pytest.mark.parametrize("status", [429, 500])
def test_a_vendor_in_trouble_is_not_asked_again_at_once(status: int) -> None:
    assert calls_of("GET", lambda call: (status, {}, b"")) == 1


@pytest.fixture
def stranger() -> Iterator[Server]:
    with serve(lambda call: answer({"parcel": "stolen"})) as server:
        yield server


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, stranger: Server) -> None:
    with pytest.raises(VendorUnavailable, match="redirect"):
        get(lambda call: (status, {"Location": f"{stranger.url}/parcels"}, b""))
    assert stranger.calls == []
