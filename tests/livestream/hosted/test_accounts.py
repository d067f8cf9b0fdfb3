"""A hosted account: which one it is, and what comes of answers that nobody expects."""

import json
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
from livestream.backends.firework.tokens import Tokens
from livestream.errors import (
    Invalid,
    NotFound,
    VendorRejected,
    VendorUnavailable,
)
from livestream.models import Channel
from livestream.services.accounts import account_of, get_account
from tests.contract.strange import JUNK, twisted
from tests.fakes.firework import CLIENT, Account, account, error, product, unit
from tests.fakes.server import answer, drop, flood, hang, trickle


@pytest.fixture
def vendor(now: datetime) -> Iterator[Account]:
    """An account with one show on air."""
    with account() as vendor:
        vendor.add("show", product("p1", unit("u1")), status="active", at=now)
        yield vendor


@pytest.fixture
def backend(vendor: Account) -> FireworkBackend:
    return FireworkBackend(**CLIENT, base_url=vendor.url, tokens=Tokens())


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
