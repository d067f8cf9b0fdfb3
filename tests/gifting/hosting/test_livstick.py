"""The account's addresses by name, and its documents in our words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gifting.backends.livstick import LivstickBackend, mapping, places
from gifting.errors import (
    CridTaken,
    GiftingError,
    Invalid,
    Locked,
    NotFound,
    VendorRejected,
    VendorUnavailable,
)
from tests.fakes.livstick import KEY, Account

OPENED = {
    "crid": "ORD-2026-1234",
    "urid": "abc123xyz9",
    "state": "recording_open",
    "editKey": "550e8400-e29b-41d4-a716-446655440000",
    "links": {
        "recordingUrl": "https://brand.example/abc123xyz9",
        "previewUrl": "https://brand.example/preview/abc123xyz9",
    },
}


@pytest.mark.parametrize(
    ("name", "base", "widget"),
    [
        (
            "production",
            "https://public.api.livstick.com/v3",
            "https://app.livstick.com/widget/assets/widget.latest.js",
        ),
        (
            "staging",
            "https://service.stage.livstick.com/v3",
            "https://app.livstick.com/widget/assets/widget.latest.js",
        ),
        (
            "http://127.0.0.1:8000/v3/",
            "http://127.0.0.1:8000/v3",
            "http://127.0.0.1:8000/widget/assets/widget.latest.js",
        ),
    ],
)
def test_the_published_addresses_are_known_by_name(name: str, base: str, widget: str) -> None:
    assert places.base_of(name) == base
    assert LivstickBackend(key="k", base_url=name).widget_url == widget


def test_the_widget_may_come_from_elsewhere() -> None:
    assert (
        LivstickBackend(key="k", widget_url="https://cdn.example/w.js").widget_url
        == "https://cdn.example/w.js"
    )


@pytest.mark.parametrize(
    "options", [{"key": ""}, {"key": "k", "base_url": "prod"}, {"key": "k", "base_url": "/v3"}]
)
def test_an_account_without_key_or_address_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"LIVSTICK_KEY|neither production nor staging"):
        LivstickBackend(**options)


@pytest.mark.parametrize(
    ("base", "widget", "origins"),
    [
        ("production", "", ["https://*.livstick.com"]),
        ("https://gifts.example/v3", "", ["https://gifts.example"]),
        (
            "https://gifts.example/v3",
            "https://cdn.example/w.js",
            ["https://cdn.example", "https://gifts.example"],
        ),
    ],
)
def test_pages_may_load_from_the_account_alone(base: str, widget: str, origins: list[str]) -> None:
    assert places.origins(base, widget) == origins


def test_the_published_example_is_understood() -> None:
    gift = mapping.opened_gift(OPENED)
    assert (gift.urid, gift.edit_key) == (OPENED["urid"], OPENED["editKey"])
    assert gift.preview_url == "https://brand.example/preview/abc123xyz9"


def test_a_document_of_only_what_the_widget_needs_is_enough() -> None:
    facts = mapping.gift_facts({"urid": "u", "editKey": "k"})
    assert (facts.opened.state, facts.opened.recording_url, facts.delivered_at) == ("", "", None)


def test_a_state_that_we_do_not_know_passes_through() -> None:
    assert mapping.opened_gift({**OPENED, "state": "in_orbit"}).state == "in_orbit"


@pytest.mark.parametrize("said", ["2026-11-23T10:15:00Z", "2026-11-23T11:15:00+01:00"])
def test_times_are_moments(said: str) -> None:
    facts = mapping.gift_facts({**OPENED, "deliveredAt": said})
    assert facts.delivered_at == datetime(2026, 11, 23, 10, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"urid": ""},
        {"urid": None},
        {"urid": 7},
        {"urid": "u" * 101},
        {"urid": "a\x00b"},
        {"editKey": " "},
        {"state": ["open"]},
        {"links": {"recordingUrl": "javascript:alert(1)"}},
        {"links": {"previewUrl": 1}},
        {"recordedAt": "yesterday"},
        {"recordedAt": "2026-11-23T10:15:00"},
        {"activatedAt": 1_700_000_000},
    ],
)
def test_a_malformed_document_is_not_guessed_at(changes: dict[str, Any]) -> None:
    with pytest.raises(VendorUnavailable, match="in a form that we do not know"):
        mapping.gift_facts({**OPENED, **changes})


@pytest.mark.parametrize("document", [None, [], "ok", 7, {}])
def test_what_is_no_gift_is_not_guessed_at(document: Any) -> None:
    with pytest.raises(VendorUnavailable):
        mapping.gift_facts(document)
    with pytest.raises(VendorUnavailable):
        mapping.address(document)


@pytest.mark.parametrize(
    ("status", "document", "kind"),
    [
        (400, {"error": "invalid", "fields": {"email": "Wrong."}}, Invalid),
        (404, {"error": "not_found"}, NotFound),
        (409, {"error": "crid_taken"}, CridTaken),
        (409, {"error": "locked"}, Locked),
        (409, {"error": "something"}, VendorRejected),
        (409, None, VendorRejected),
        (401, None, VendorRejected),
        (403, "no", VendorRejected),
    ],
)
def test_refusals_are_told_apart(status: int, document: Any, kind: type[GiftingError]) -> None:
    refusal = mapping.refusal(status, document)
    assert type(refusal) is kind
    assert refusal.message.endswith(".")


def test_the_fields_of_a_refusal_are_kept() -> None:
    assert mapping.refusal(400, {"fields": {"email": "Wrong."}}).fields == {"email": "Wrong."}


def test_a_file_that_is_none_is_not_passed_on(account: Account) -> None:
    account.gifts["ML-1"] = OPENED
    backend = LivstickBackend(key=KEY, base_url=f"{account.url}/v3")
    for fetch in (backend.qr_code, backend.card):
        with pytest.raises(VendorUnavailable, match="in a form that we do not know"):
            fetch("ML-1")
