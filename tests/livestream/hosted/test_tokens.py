"""The bearer tokens of a hosted account: kept, replaced in time, fetched once for all who wait."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from livestream.backends.firework import FireworkBackend
from livestream.backends.firework.tokens import Grant, Tokens
from livestream.errors import (
    LivestreamError,
    VendorError,
    VendorRejected,
    VendorUnavailable,
)
from tests.fakes.firework import CLIENT, Account, account, error, product, unit
from tests.fakes.server import answer, drop


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vendor(now: datetime) -> Iterator[Account]:
    """An account with one show on air."""
    with account() as vendor:
        vendor.add("show", product("p1", unit("u1")), status="active", at=now)
        yield vendor


@pytest.fixture
def backend(vendor: Account, clock: Clock) -> FireworkBackend:
    return FireworkBackend(**CLIENT, base_url=vendor.url, tokens=Tokens(clock))


def far(vendor: Account, tokens: Tokens | None = None) -> FireworkBackend:
    return FireworkBackend(**CLIENT, base_url=vendor.url, tokens=tokens)


# -- Tokens


def test_a_token_is_fetched_with_the_client_and_used(backend: FireworkBackend, vendor: Account) -> None:
    backend.fetch("show")
    grant, call = vendor.calls
    assert (grant.method, grant.path) == ("POST", "/oauth/token")
    assert grant.form() == {
        "grant_type": "client_credentials",
        "scope": "livestreams:read livestreams:write",
        **CLIENT,
    }
    assert call.headers["authorization"] == "Bearer token-1"


def test_a_token_is_kept_for_all_calls_of_the_process(vendor: Account) -> None:
    for _ in range(3):
        far(vendor).fetch("show")
    assert vendor.tokens == ["token-1"]


def test_another_secret_has_another_token(vendor: Account) -> None:
    far(vendor).fetch("show")
    wrong = FireworkBackend(client_id=CLIENT["client_id"], client_secret="wrong", base_url=vendor.url)
    with pytest.raises(VendorRejected, match="check FIREWORK_CLIENT_ID"):
        wrong.fetch("show")


@pytest.mark.parametrize(
    ("lifetime", "later", "fetched"),
    [(3600, 3539, 1), (3600, 3541, 2), (60, 29, 1), (60, 31, 2), (1, 0.4, 1), (1, 0.6, 2)],
)
def test_a_token_is_fetched_anew_before_it_ends(
    backend: FireworkBackend, vendor: Account, clock: Clock, lifetime: int, later: float, fetched: int
) -> None:
    vendor.seconds = lifetime
    backend.fetch("show")
    clock.now += later
    backend.fetch("show")
    assert len(vendor.tokens) == fetched


@pytest.mark.parametrize("said", [None, "soon", -5, True])
def test_a_token_that_does_not_say_when_it_ends_is_kept_for_a_while(
    backend: FireworkBackend, vendor: Account, clock: Clock, said: Any
) -> None:
    vendor.tokens.append("given")
    vendor.trouble["token"] = [answer({"access_token": "given", "expires_in": said})]
    backend.fetch("show")
    clock.now += 200
    backend.fetch("show")
    clock.now += 200
    backend.fetch("show")
    assert vendor.tokens == ["given", "token-2"]


@pytest.mark.parametrize("call", ["fetch", "pin", "end"])
def test_a_token_that_ended_early_is_replaced_once(
    backend: FireworkBackend, vendor: Account, call: str
) -> None:
    backend.fetch("show")
    vendor.tokens[:] = ["taken away"]
    if call == "pin":
        assert backend.pin("show", ["p1"]) == ["p1"]
    else:
        getattr(backend, call)("show")
    assert vendor.tokens == ["taken away", "token-2"]


def test_an_account_that_takes_none_of_its_tokens_is_not_asked_for_ever(
    backend: FireworkBackend, vendor: Account
) -> None:
    vendor.trouble["detail"] = error("Invalid or missing access token", 401)
    with pytest.raises(VendorRejected, match=r"^Invalid or missing access token$") as refusal:
        backend.fetch("show")
    assert (refusal.value.status, len(vendor.tokens)) == (401, 2)


def test_for_somebody_elses_show_no_token_is_fetched_anew(backend: FireworkBackend, vendor: Account) -> None:
    vendor.denied = {"theirs"}
    with pytest.raises(LivestreamError, match="Access denied"):
        backend.fetch("theirs")
    assert len(vendor.tokens) == 1


def at_once(count: int, call: Callable[[], None]) -> None:
    """That many threads begin together."""
    ready = threading.Barrier(count)

    def run() -> None:
        ready.wait()
        call()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_many_at_once_one_fetches_a_token(vendor: Account) -> None:
    tokens = Tokens()
    at_once(12, lambda: far(vendor, tokens).fetch("show"))
    assert len(vendor.tokens) == 1
    assert len([call for call in vendor.calls if call.path.endswith("/detail")]) == 12


def test_who_waits_for_a_token_gets_the_same_failure() -> None:
    tokens, asked, over = Tokens(), threading.Event(), threading.Event()
    fetched, failures = [], []

    def fetch() -> Grant:
        fetched.append(1)
        asked.set()
        over.wait(10)
        raise VendorUnavailable("Down.")

    def get() -> None:
        try:
            tokens.get(fetch)
        except VendorError as exc:
            failures.append(str(exc))

    first = threading.Thread(target=get)
    first.start()
    asked.wait(10)
    threading.Timer(0.5, over.set).start()  # by then all of them wait for the first
    at_once(4, get)
    first.join()
    assert (failures, len(fetched)) == (["Down."] * 5, 1)


def test_after_a_failure_the_next_one_tries_again() -> None:
    tokens = Tokens()

    def fail() -> Grant:
        raise VendorUnavailable("Down.")

    with pytest.raises(VendorUnavailable):
        tokens.get(fail)
    assert tokens.get(lambda: Grant(token="t", seconds=60)) == "t"


TOKEN_TROUBLES = {
    "down": (drop, VendorUnavailable, "cannot be reached"),
    "500": (answer({}, 500), VendorUnavailable, "trouble of its own"),
    "429": (answer({}, 429, Retry_After="7"), VendorUnavailable, "less often"),
    "401": (answer({"error": "invalid_client"}, 401), VendorRejected, "check FIREWORK_CLIENT_ID"),
    "html": ((200, {}, b"<h1>Log in</h1>"), VendorUnavailable, "no"),
    "no token": (answer({"token_type": "Bearer"}), VendorUnavailable, "form that we do not know"),
    "line break": (answer({"access_token": "a\nb"}), VendorUnavailable, "form that we do not know"),
}


@pytest.mark.parametrize("trouble", TOKEN_TROUBLES)
def test_without_a_token_nothing_is_called(backend: FireworkBackend, vendor: Account, trouble: str) -> None:
    reaction, kind, sentence = TOKEN_TROUBLES[trouble]
    vendor.trouble["token"] = reaction
    with pytest.raises(kind, match=sentence):
        backend.pin("show", ["p1"])
    assert vendor.orders == []


def test_neither_token_nor_secret_are_shown(
    backend: FireworkBackend, vendor: Account, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="livestream")
    vendor.trouble["detail"] = answer({"error": "No."}, 500)
    with pytest.raises(VendorUnavailable) as refusal:
        backend.fetch("show")
    shown = caplog.text + str(refusal.value) + repr(backend) + repr(Grant(token="token-1", seconds=1))
    assert "token-1" not in shown
    assert CLIENT["client_secret"] not in shown
