"""API keys in the admin: shown once, revoked, never deleted."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from gifting.errors import Unauthorized
from gifting.models import ApiKey, Brand
from gifting.services import keys
from tests.gifting.admin.conftest import NewClient
from tests.gifting.admin.pages import messages_of, text_of

KEYS = "/admin/gifting/apikey/"
CLEAR = re.compile(r"gc_[\w-]{43}")


def make(client: Client, brand: Brand) -> HttpResponse:
    fields = {"brand": brand.pk, "name": "The <i>shop</i>", "kind": "videos"}
    return client.post(f"{KEYS}add/", fields, follow=True)


def test_a_new_key_is_shown_and_opens_the_api(staff: Client, brand: Brand) -> None:
    (clear,) = CLEAR.findall(text_of(make(staff, brand)))
    assert keys.find_key(clear=clear, kind="videos").brand == brand


def test_a_key_is_shown_once(staff: Client, brand: Brand) -> None:
    make(staff, brand)
    key = ApiKey.objects.get()
    for url in (KEYS, f"{KEYS}{key.pk}/change/", f"{KEYS}{key.pk}/history/", "/admin/"):
        page = text_of(staff.get(url))
        assert not CLEAR.search(page)
        assert key.digest not in page


def test_afterwards_a_key_is_known_by_its_beginning(staff: Client, brand: Brand) -> None:
    make(staff, brand)
    assert f"{ApiKey.objects.get().prefix}…" in text_of(staff.get(KEYS))


def test_a_key_cannot_be_changed_or_deleted(staff: Client, brand: Brand, key: str) -> None:
    url = f"{KEYS}{ApiKey.objects.get().pk}"
    assert staff.post(f"{url}/change/", {"name": "x"}).status_code == 403
    assert staff.post(f"{url}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in text_of(staff.get(KEYS))


def test_the_button_revokes_a_key(staff: Client, key: str) -> None:
    row = ApiKey.objects.get()
    url = f"{KEYS}{row.pk}/revoke/"
    assert url in text_of(staff.get(f"{KEYS}{row.pk}/change/"))
    staff.post(url)
    with pytest.raises(Unauthorized):
        keys.find_key(clear=key, kind="videos")


def test_the_action_revokes_keys(staff: Client, key: str, other_key: str) -> None:
    ids = list(ApiKey.objects.values_list("pk", flat=True))
    choice = {"action": "revoke_keys", "_selected_action": ids}
    assert "are revoked" in messages_of(staff.post(KEYS, choice, follow=True))
    assert not ApiKey.objects.filter(revoked_at__isnull=True).exists()


def test_garbage_in_the_selection_is_a_message(staff: Client, key: str) -> None:
    choice = {"action": "revoke_keys", "_selected_action": ["abc"]}
    assert "could not be read" in messages_of(staff.post(KEYS, choice, follow=True))


def test_the_admin_remembers_who_revoked(staff: Client, key: str) -> None:
    url = f"{KEYS}{ApiKey.objects.get().pk}"
    staff.post(f"{url}/revoke/")
    assert "Revoked." in text_of(staff.get(f"{url}/history/"))


def test_revoking_needs_the_permission_to_change_keys(person: NewClient, key: str) -> None:
    client = person("view_apikey", "add_apikey")
    url = f"{KEYS}{ApiKey.objects.get().pk}"
    assert client.post(f"{url}/revoke/").status_code == 403
    assert f"{url}/revoke/" not in text_of(client.get(f"{url}/change/"))


def test_a_key_that_does_not_exist_is_not_found(staff: Client) -> None:
    assert staff.post(f"{KEYS}77/revoke/").status_code == 404
