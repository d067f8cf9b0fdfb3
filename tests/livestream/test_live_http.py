"""The one door to other people's servers: what comes through, what it survives, what it never lets out."""

import ast
import gzip
import logging
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from livestream.errors import VendorRejected, VendorUnavailable
from livestream.http import Http, Reply, address_of, within
from tests.fakes import certificates
from tests.fakes.server import (
    Answer,
    Call,
    Handler,
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

ROOT = Path(__file__).parent.parent.parent
EASILY = 5  # seconds, on a busy machine
SECRET = "s3cr3t"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def impatient(settings: Settings) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "VENDOR_TIMEOUT_SECONDS": 0.5}


def get(handler: Handler, method: str = "GET") -> Reply:
    with serve(handler) as server:
        return Http(server.url).request(method, "/shows", headers={})


# -- What comes through


def test_an_answer_has_a_status_headers_in_lower_case_and_a_body() -> None:
    reply = get(lambda call: answer({"show": 1}, X_Word="yes"))
    assert (reply.status, reply.headers["x-word"], reply.json()) == (200, "yes", {"show": 1})


def test_prices_are_as_they_were_written() -> None:
    reply = get(lambda call: (200, {}, b'{"price": 149.10}'))
    assert reply.json() == {"price": Decimal("149.10")}


def test_a_call_carries_query_headers_and_body() -> None:
    with serve(lambda call: answer({}, 201)) as server:
        Http(f"{server.url}/").request(
            "POST", "/a%2Fb", ok=(201,), headers={"X-Key": "k"}, params={"q": "a b"}, json={"n": 1}
        )
    call = server.calls[0]
    assert (call.method, call.path, call.query) == ("POST", "/a%2Fb", {"q": "a b"})
    assert (call.headers["x-key"], call.json()) == ("k", {"n": 1})


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_a_refusal_cannot_be_helped_by_asking_again(status: int) -> None:
    with pytest.raises(VendorRejected) as caught:
        get(lambda call: (status, {}, b""))
    assert (caught.value.status, caught.value.retryable) == (status, False)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_vendor_in_trouble_may_be_asked_later(status: int) -> None:
    with pytest.raises(VendorUnavailable) as caught:
        get(lambda call: (status, {}, b"<h1>Sorry</h1>"))
    assert (caught.value.retry_after, caught.value.retryable) == (None, True)


def http_date(**distance: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(**distance), usegmt=True)


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        ("120", 120, 120),
        ("9" * 5000, 86_400, 86_400),
        ({"minutes": 10}, 500, 600),
        ({"days": -1}, 0, 0),
        ({"days": 400}, 86_400, 86_400),
    ],
    ids=["seconds", "for ever", "date", "date that is over", "date next year"],
)
def test_the_vendor_says_when_to_come_back_within_a_day(
    said: str | dict[str, int], least: int, most: int
) -> None:
    wait = said if isinstance(said, str) else http_date(**said)
    with pytest.raises(VendorUnavailable) as caught:
        get(lambda call: (429, {"Retry-After": wait}, b""))
    assert caught.value.retry_after is not None
    assert least <= caught.value.retry_after <= most


@pytest.mark.parametrize("said", ["", "soon", "-5", "²", "Mon, 99 Foo 2026 99:99:99 GMT"])
def test_a_time_to_come_back_that_says_nothing_is_none(said: str) -> None:
    with pytest.raises(VendorUnavailable) as caught:
        get(lambda call: (429, {"Retry-After": said}, b""))
    assert caught.value.retry_after is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff\xfe\x00", b"[" * 200_000, b"9" * 10_000])
def test_what_is_no_json_document_is_no_answer(body: bytes) -> None:
    with pytest.raises(VendorUnavailable):
        get(lambda call: (200, {}, body)).json()


# -- What it survives


def half(wire: Wire) -> None:
    wire.socket.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1, 2")


def without_length(wire: Wire) -> None:
    trickle(wire, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[")


def bomb(call: Call) -> Answer:
    return 200, {"Content-Encoding": "gzip"}, gzip.compress(b" " * 30_000_000)


FAULTS: dict[str, Handler] = {
    "hangs up": lambda call: drop,
    "never answers": lambda call: hang,
    "trickles": lambda call: trickle,
    "trickles without a length": lambda call: without_length,
    "trickles its head": lambda call: trickle_head,
    "sends 30 MB": lambda call: flood,
    "packs 30 MB": bomb,
    "stops in the middle": lambda call: half,
    "is no web server": lambda call: lambda wire: wire.socket.sendall(b"220 smtp.example ESMTP\r\n"),
    "cannot pack": lambda call: (200, {"Content-Encoding": "gzip"}, b"not gzip"),
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
    first = iter([trickle])
    with serve(lambda call: next(first, answer("at last"))) as server:
        door = Http(server.url)
        with pytest.raises(VendorUnavailable):
            door.request("GET", "/x", headers={})
        assert door.request("GET", "/x", headers={}).json() == "at last"


def test_all_calls_of_a_block_end_together() -> None:
    started = time.monotonic()
    with serve(lambda call: hang) as server, within(0.3):
        for _ in range(3):
            with pytest.raises(VendorUnavailable, match="in time"):
                Http(server.url).request("POST", "/x", headers={})
    assert time.monotonic() - started < EASILY


def calls_of(method: str, handler: Handler) -> int:
    with serve(handler) as server, pytest.raises(VendorUnavailable):
        Http(server.url).request(method, "/x", headers={})
    return len(server.calls)


def test_a_question_is_asked_three_times_at_most() -> None:
    assert calls_of("GET", lambda call: drop) == 3


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_an_order_is_given_once(method: str) -> None:
    assert calls_of(method, lambda call: drop) == 1


@pytest.fixture
def stranger() -> Iterator[Server]:
    with serve(lambda call: answer({"show": "stolen"})) as server:
        yield server


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, method: str, stranger: Server) -> None:
    with pytest.raises(VendorUnavailable, match="redirect"):
        get(lambda call: (status, {"Location": f"{stranger.url}/shows"}, b""), method)
    assert stranger.calls == []


# -- Whom it trusts, and what it never lets out


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    context, _ = certificates.certificate(tmp_path)
    with serve(lambda call: answer({}), tls=context) as server:
        with pytest.raises(VendorUnavailable, match="certificate"):
            Http(server.url).request("GET", "/x", headers={})
        assert not server.calls


def test_the_environment_may_name_who_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, path = certificates.certificate(tmp_path)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with serve(lambda call: answer("yes"), tls=context) as server:
        assert Http(server.url).request("GET", "/x", headers={}).json() == "yes"


LEAKS: dict[str, Callable[[str], None]] = {
    "header": lambda url: ask(url, headers={"Authorization": f"Bearer {SECRET}"}),
    "header that cannot be sent": lambda url: ask(url, headers={"Authorization": f"{SECRET}\n"}),
    "form": lambda url: ask(url, headers={}, data={"client_secret": SECRET}),
    "query": lambda url: ask(url, headers={}, params={"key": SECRET}),
    "address": lambda url: ask(url.replace("://", f"://user:{SECRET}@"), headers={}),
}


def ask(url: str, **more: object) -> None:
    Http(url).request("POST", "/x", **more)


@pytest.mark.parametrize("place", LEAKS)
@pytest.mark.parametrize("reaction", [answer({"said": SECRET}, 400), answer(SECRET, 500), drop])
def test_no_secret_is_in_a_message_a_traceback_or_a_log(
    place: str, reaction: object, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="livestream")
    with serve(lambda call: reaction) as server, pytest.raises((VendorRejected, VendorUnavailable)) as caught:
        LEAKS[place](server.url)
    told = "".join(traceback.format_exception(caught.value, chain=True))
    told = told.split("livestream/http.py", 1)[-1]  # the frames of this test show their own source
    assert SECRET not in str(caught.value) + caplog.text + told


def test_trouble_is_logged_with_its_place(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(VendorUnavailable):
        get(lambda call: answer({}, 503))
    assert "GET 127.0.0.1/shows: status 503" in caplog.text


def test_nothing_but_the_door_calls_other_servers() -> None:
    importing = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "livestream").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any(
            name.split(".")[0] in ("requests", "httpx")
            for name in [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
        )
    }
    assert importing == {"livestream/http.py"}


@pytest.mark.parametrize("name", ["production", "https://other.example/", "http://127.0.0.1:8000"])
def test_an_account_is_named_or_addressed(name: str) -> None:
    assert address_of(name, {"production": "https://api.example"}).startswith("http")


@pytest.mark.parametrize("name", ["", "staging", "ftp://a.example", "//a.example"])
def test_what_is_neither_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="nor an address"):
        address_of(name, {"production": "https://api.example"})
