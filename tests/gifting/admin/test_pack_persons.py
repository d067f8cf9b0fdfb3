"""A user of gift packs on the page of persons: looked up by user id, exported, erased after a question."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gifting.models import Brand, GiftPack
from gifting.services import packs
from tests.gifting.admin.conftest import NewClient
from tests.gifting.admin.pages import messages_of, text_of
from tests.gifting.pack_gifts import new_pack

PERSON = reverse("admin:gifting_order_person")
GIFTS = reverse("admin:gifting_giftpack_changelist")


@pytest.fixture
def gift(brand: Brand, now: datetime) -> GiftPack:
    new_pack(brand)
    return packs.send(brand=brand, number=118, sender=" Quentin", receiver="Bob", note="Hello", now=now)


def post(client: Client, brand: Brand, user: str = " Quentin", **said: str) -> Any:
    return client.post(PERSON, {"brand": brand.pk, "user": user, **said}, follow=True)


def test_what_is_held_is_said_before_anything_goes(staff: Client, brand: Brand, gift: GiftPack) -> None:
    page = text_of(post(staff, brand))
    assert "1 gift pack sent" in page
    assert "0 gift packs received" in page
    assert "cannot be undone" in page
    assert GiftPack.objects.filter(sender=" Quentin").exists()


def test_a_user_is_erased(staff: Client, brand: Brand, gift: GiftPack) -> None:
    response = post(staff, brand, step="erase")
    assert "The user id is gone from 1 gift pack." in messages_of(response)
    assert "Quentin" not in text_of(response)
    gift.refresh_from_db()
    assert (gift.sender[:7], gift.note, gift.receiver) == ("erased-", "", "Bob")


def test_the_buttons_name_the_user_who_was_looked_up(staff: Client, brand: Brand, gift: GiftPack) -> None:
    html = post(staff, brand).content.decode()
    assert html.count('name="user" value=" Quentin"') >= 2
    assert html.count(f'type="hidden" name="brand" value="{brand.pk}"') == 2


def test_the_export_is_a_download_that_nobody_keeps(staff: Client, brand: Brand, gift: GiftPack) -> None:
    response = post(staff, brand, step="json")
    assert response["Content-Disposition"] == 'attachment; filename="person.json"'
    assert "no-store" in response["Cache-Control"]
    assert json.loads(response.content)["sent"][0]["note"] == "Hello"


def test_nobody_is_said_to_be_nobody(staff: Client, brand: Brand) -> None:
    page = text_of(post(staff, brand, "Nobody"))
    assert "Nothing is held here on this user id." in page
    assert "Erase for good" not in page


def test_the_account_that_must_be_asked_is_named(staff: Client, brand: Brand, gift: GiftPack) -> None:
    Brand.objects.update(pack_backend="stipop")
    assert "live in the hosted account stipop" in text_of(post(staff, brand))
    assert "erase what they hold, too: stipop" in messages_of(post(staff, brand, step="erase"))


@pytest.mark.parametrize("user", ["", "\x00", "x" * 5000, "<script>", "%", "' OR 1=1", "😀"])
@pytest.mark.parametrize("step", ["", "erase", "json", "zip"])
def test_garbage_erases_nobody(staff: Client, brand: Brand, gift: GiftPack, user: str, step: str) -> None:
    assert post(staff, brand, user, step=step).status_code in (200, 400)
    assert GiftPack.objects.filter(sender=" Quentin").exists()


def test_a_brand_that_is_not_there_is_a_form_error(staff: Client, brand: Brand, gift: GiftPack) -> None:
    response = staff.post(PERSON, {"brand": "99999", "user": " Quentin", "step": "erase"})
    assert response.status_code == 400
    assert GiftPack.objects.filter(sender=" Quentin").exists()


def test_only_who_may_erase_sees_it(person: NewClient, brand: Brand, gift: GiftPack) -> None:
    client = person("view_order", "view_giftpack")
    assert post(client, brand, step="erase").status_code == 403
    assert PERSON not in client.get(GIFTS).content.decode()
    assert GiftPack.objects.filter(sender=" Quentin").exists()


def test_the_list_of_gifts_leads_to_it(staff: Client, gift: GiftPack) -> None:
    assert f'href="{PERSON}"' in staff.get(GIFTS).content.decode()
