"""Keys that staff block: from the key's page, the list, and the gift reports."""

import pytest
from django.test import Client

from gifting.errors import KeyBlocked
from gifting.models import ApiKey
from gifting.services import keys
from tests.gifting.admin.conftest import NewClient
from tests.gifting.admin.pages import messages_of, text_of

KEYS = "/admin/gifting/apikey/"


def url(action: str) -> str:
    return f"{KEYS}{ApiKey.objects.get().pk}/{action}/"


def test_the_button_blocks_and_unblocks_a_key(staff: Client, key: str) -> None:
    assert url("block") in text_of(staff.get(url("change")))
    assert "is blocked" in messages_of(staff.post(url("block"), follow=True))
    with pytest.raises(KeyBlocked):
        keys.find_key(clear=key, kind="videos")
    page = text_of(staff.get(url("change")))
    assert url("unblock") in page
    assert url("block") not in page.replace(url("unblock"), "")
    assert "is unblocked" in messages_of(staff.post(url("unblock"), follow=True))
    assert keys.find_key(clear=key, kind="videos").pk


def test_the_list_tells_what_is_blocked(staff: Client, key: str) -> None:
    assert ">in use<" in text_of(staff.get(KEYS))
    staff.post(url("block"))
    assert ">blocked<" in text_of(staff.get(KEYS))


def test_many_keys_are_blocked_and_unblocked(staff: Client, key: str, other_key: str) -> None:
    ids = list(ApiKey.objects.values_list("pk", flat=True))
    for action, told in (("block_keys", "are blocked"), ("unblock_keys", "are unblocked")):
        choice = {"action": action, "_selected_action": ids}
        assert told in messages_of(staff.post(KEYS, choice, follow=True))
        assert ApiKey.objects.filter(blocked_at=None).count() == (0 if action == "block_keys" else 2)


def test_the_admin_remembers_who_did_it(staff: Client, key: str) -> None:
    staff.post(url("block"))
    staff.post(url("unblock"))
    history = text_of(staff.get(url("history")))
    assert "Blocked." in history
    assert "Unblocked." in history


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/admin/gifting/giftpack/reports/?step=week", "/admin/gifting/giftpack/reports/?step=week"),
        ("https://evil.example/", ""),
        ("//evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("-1", "-1"),
        ("", ""),
    ],
)
def test_the_button_leads_back_but_never_to_another_site(
    staff: Client, key: str, back: str, leads_to: str
) -> None:
    assert staff.post(url("block"), {"back": back}).url == (leads_to or url("change"))


@pytest.mark.parametrize("action", ["block", "unblock"])
def test_blocking_needs_the_permission_to_change_keys(person: NewClient, key: str, action: str) -> None:
    client = person("view_apikey", "add_apikey", "view_gift_reports")
    assert client.post(url(action)).status_code == 403
    assert url(action) not in text_of(client.get(url("change")))
    assert ApiKey.objects.get().blocked_at is None


def test_looking_at_the_address_blocks_nothing(staff: Client, key: str) -> None:
    assert staff.get(url("block")).status_code == 405
    assert ApiKey.objects.get().blocked_at is None
