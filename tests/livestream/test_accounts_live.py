"""A hosted account: which one it is, its tokens, and what comes of answers that nobody expects."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from environ import Env
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pytest_django import Settings

from config.accounts import live_accounts_from
from livestream import checks
from livestream.backends.firework import FireworkBackend, mapping
from livestream.backends.firework.tokens import Grant, Tokens
from livestream.errors import (
    Invalid,
    LivestreamError,
    NotFound,
    VendorError,
    VendorRejected,
    VendorUnavailable,
)
from livestream.models import Channel
from livestream.services.accounts import account_of, get_account
from tests.contract.strange import JUNK, twisted
from tests.fakes.firework import CLIENT, Account, account, error, product, unit
from tests.fakes.server import answer, drop, flood, hang, trickle


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


# -- By the settings


def connect(settings: Settings, **backends: Any) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "BACKENDS": backends}


def test_without_a_client_there_is_no_account() -> None:
    env = Env()
    env.ENVIRON = {}
    assert live_accounts_from(env) == {}


def test_the_environment_names_the_account(settings: Settings) -> None:
    env = Env()
    env.ENVIRON = {
        "FIREWORK_CLIENT_ID": "us",
        "FIREWORK_CLIENT_SECRET": "s",
        "FIREWORK_WEBHOOK_SECRETS": "new,old",
    }
    connect(settings, **live_accounts_from(env))
    assert get_account("firework").can_listen


def test_an_account_that_nobody_named_is_not_there(settings: Settings) -> None:
    connect(settings)
    with pytest.raises(NotFound):
        get_account("firework")


FIREWORK = "livestream.backends.firework.FireworkBackend"
BROKEN = [
    {},
    {"BACKEND": "livestream.nowhere.Backend"},
    {"BACKEND": FIREWORK, "OPTIONS": {"client_id": "a", "client_secret": ""}},
    {"BACKEND": FIREWORK, "OPTIONS": {**CLIENT, "base_url": "nowhere"}},
    {"BACKEND": FIREWORK, "OPTIONS": {**CLIENT, "webhook_secrets": "one"}},
    {"BACKEND": FIREWORK, "OPTIONS": {**CLIENT, "typo": 1}},
    {"BACKEND": "datetime.timedelta"},
]


@pytest.mark.parametrize("spec", BROKEN)
def test_an_account_that_cannot_be_built_is_said_by_the_check(settings: Settings, spec: Any) -> None:
    connect(settings, firework=spec)
    with pytest.raises(ImproperlyConfigured, match="firework"):
        get_account("firework")
    assert [found.id for found in checks.accounts_can_be_used()] == ["livestream.E003"]


def test_an_account_that_works_passes_the_check(settings: Settings, vendor: Account) -> None:
    connect(settings, **vendor.settings)
    assert checks.accounts_can_be_used() == []


@pytest.mark.parametrize("spec", [None, *BROKEN[:2]])
def test_a_channel_whose_account_is_gone_is_never_steered_elsewhere(settings: Settings, spec: Any) -> None:
    connect(settings, **({"firework": spec} if spec is not None else {}))
    with pytest.raises(VendorRejected, match="no account firework that works"):
        account_of(Channel(backend="firework"))


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


# -- Answers that nobody expects

STRANGE = {
    "429": (answer({"error": "Slow down"}, 429, Retry_After="30"), "asks to be called less often"),
    "500": (answer({"error": "Oops"}, 500), "has trouble of its own"),
    "HTML": ((200, {"Content-Type": "text/html"}, b"<!doctype html><h1>Maintenance</h1>"), "no|form"),
    "cut off": ((200, {}, b'{"status": "act'), "no JSON|not a JSON"),
    "a list": (answer([1, 2]), "form that we do not know"),
    "nothing": (answer(None), "form that we do not know"),
    "slow": (hang, "in time"),
    "a byte now and then": (trickle, "in time"),
    "elsewhere": ((302, {"Location": "https://evil.example/"}, b""), "redirect"),
    "huge": (flood, "more than"),
    "hanging up": (drop, "cannot be reached"),
}
CALLS: dict[str, Callable[[FireworkBackend], object]] = {
    "fetch": lambda backend: backend.fetch("show"),
    "playlist": lambda backend: backend.playlist("list"),
    "pin": lambda backend: backend.pin("show", ["p1"]),
    "unpin": lambda backend: backend.unpin("show", ["p1"]),
    "end": lambda backend: backend.end("show"),
}


@pytest.mark.parametrize("call", ["fetch", "playlist", "pin", "end"])
@pytest.mark.parametrize("strange", STRANGE)
def test_a_strange_answer_is_to_be_tried_later(
    backend: FireworkBackend, vendor: Account, settings: Settings, strange: str, call: str
) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "VENDOR_TIMEOUT_SECONDS": 0.4}
    backend.fetch("show")
    vendor.trouble["*"], sentence = STRANGE[strange]
    with pytest.raises(VendorUnavailable, match=sentence):
        CALLS[call](backend)


def test_the_vendor_says_when_to_come_back(backend: FireworkBackend, vendor: Account) -> None:
    vendor.trouble["detail"] = STRANGE["429"][0]
    with pytest.raises(VendorUnavailable) as refusal:
        backend.fetch("show")
    assert refusal.value.retry_after == 30


@pytest.mark.parametrize("call", ["pin", "unpin", "end"])
def test_an_order_that_broke_off_is_not_given_twice(
    backend: FireworkBackend, vendor: Account, call: str
) -> None:
    vendor.trouble.update(dict.fromkeys(["pin_product", "unpin_product", "end"], drop))
    with pytest.raises(VendorUnavailable):
        CALLS[call](backend)
    assert len(vendor.orders) == 1


@pytest.mark.parametrize("call", ["pin", "end"])
@pytest.mark.parametrize(
    ("status", "body", "shown"),
    [
        (409, {"error": "This business is over its limit."}, "This business is over its limit."),
        (403, {"error": "Insufficient scope"}, "Insufficient scope"),
        (418, {"error": "  two\n lines\t "}, "two lines"),
        (418, {"error": "x" * 5000}, "x" * 300),
        (418, {"error": {"code": 7}}, r"127.0.0.1 refused \(status 418\)."),
        (418, "teapot", r"127.0.0.1 refused \(status 418\)."),
    ],
)
def test_a_refusal_is_shown_in_the_vendors_own_words(
    backend: FireworkBackend, vendor: Account, status: int, body: Any, shown: str, call: str
) -> None:
    vendor.trouble.update(dict.fromkeys(["pin_product", "end"], answer(body, status)))
    with pytest.raises(VendorRejected, match=f"^{shown}$") as refusal:
        CALLS[call](backend)
    assert refusal.value.status == status


def test_what_is_invalid_is_said_in_the_vendors_own_words(backend: FireworkBackend, vendor: Account) -> None:
    vendor.trouble["pin_product"] = error("Too many hats", 400)
    with pytest.raises(Invalid, match=r"^Too many hats$"):
        backend.pin("show", ["p1"])


def test_a_show_in_an_unknown_form_hides_no_other(
    backend: FireworkBackend, vendor: Account, now: datetime
) -> None:
    vendor.add("odd", status="dreaming", at=now)
    page = backend.playlist("list")
    assert ([facts.id for facts in page.streams], page.unread) == (["show"], 1)


def test_a_unit_without_a_price_hides_no_other(backend: FireworkBackend, vendor: Account) -> None:
    vendor.streams["show"]["products"] = [
        product("p1", unit("u1", unit_price=None), unit("u2")),
        product("p2", product_currency=None),
        product("p3", product_images=[{"id": "i", "image_src": "javascript:alert(1)"}]),
    ]
    facts = backend.fetch("show").products
    assert [(one.id, [unit.id for unit in one.units], len(one.images)) for one in facts] == [
        ("p1", ["u2"], 1),
        ("p3", [], 0),
    ]


def test_an_unsaid_start_is_none(backend: FireworkBackend, vendor: Account) -> None:
    vendor.streams["show"]["scheduled_at"] = None
    assert backend.fetch("show").scheduled_at is None


EXAMPLE = answer(
    {
        "status": "active",
        "scheduled_at": "2025-03-19T09:41:00.000000Z",
        "event_name": "Launch",
        "event_description": None,
        "products": [product("p1", unit("u1"))],
        "live_streams": [{"id": "o8Gx75", "status": "replay", "scheduled_at": None, "event_name": "E"}],
        "paging": {"next": "/api/oauth_app/live_streams/playlists/gKamd5/videos?before_id=24988"},
        "pinned_product_ids": ["p1"],
        "access_token": "t",
        "expires_in": 60,
    }
)[2]


@given(data=st.data())
@effort(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_nearly_right_documents_are_read_or_refused(data: st.DataObject) -> None:
    document = json.loads(twisted(EXAMPLE, data), parse_float=Decimal)
    for read in (
        mapping.stream_facts,
        mapping.playlist_page,
        mapping.grant,
        mapping.check_ended,
        lambda said: mapping.product_ids(said, "pinned_product_ids"),
    ):
        for said in (document, data.draw(JUNK)):
            try:
                read(said)
            except VendorUnavailable:
                continue
