"""A person's data in the admin: looked up, exported, erased after a question."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gifting.models import Order, VideoContainer
from gifting.models.files import gift_storage
from tests.gifting.admin.conftest import NewClient, NewContainer
from tests.gifting.admin.pages import messages_of, order_url, text_of

PERSON = reverse("admin:gifting_order_person")
BOB = "bob@example.com"


@pytest.fixture
def gifts(new_container: NewContainer) -> list[VideoContainer]:
    new_container(crid="OTHER", email="carol@example.com")
    return [new_container(crid="GIVEN", email=BOB), new_container(crid="GOT", receiver_email=BOB)]


def post(client: Client, **said: str) -> Any:
    return client.post(PERSON, said)


def test_what_is_held_is_listed_before_anything_goes(staff: Client, gifts: list[VideoContainer]) -> None:
    page = text_of(post(staff, address="BOB@example.com"))
    assert "GIVEN" in page
    assert "GOT" in page
    assert "OTHER" not in page
    assert "2 gifts with their videos" in page
    assert "cannot be undone" in page
    assert Order.objects.filter(giver_email=BOB).exists()


def test_a_person_is_erased(staff: Client, gifts: list[VideoContainer]) -> None:
    response = staff.post(PERSON, {"address": BOB, "step": "erase"}, follow=True)
    assert "2 gifts were erased." in messages_of(response)
    assert BOB not in text_of(response)
    states = dict(VideoContainer.objects.values_list("order__number", "state"))
    assert states == {"OTHER": "recording_open", "GIVEN": "expired", "GOT": "expired"}
    assert gifts[0].journal.last().actor == "staff:maria"


def test_the_export_is_a_download_that_nobody_keeps(staff: Client, gifts: list[VideoContainer]) -> None:
    response = post(staff, address=BOB, step="json")
    assert response["Content-Disposition"] == 'attachment; filename="person.json"'
    assert "no-store" in response["Cache-Control"]
    assert {gift["order"] for gift in json.loads(response.content)["gifts"]} == {"GIVEN", "GOT"}


def test_the_export_with_videos_is_an_archive(staff: Client, gifts: list[VideoContainer]) -> None:
    response = post(staff, address=BOB, step="zip")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert "person.json" in archive.namelist()


def test_nobody_is_said_to_be_nobody(staff: Client, gifts: list[VideoContainer]) -> None:
    page = text_of(post(staff, address="nobody@example.com"))
    assert "Nothing is held on this address." in page
    assert 'value="erase"' not in page


@pytest.mark.parametrize(
    "garbage", ["", "bob", "\x00", "x" * 5000 + "@example.com", "<script>@x", "%", "😀@😀"]
)
@pytest.mark.parametrize("step", ["", "erase", "json", "zip", "format"])
def test_garbage_erases_nobody(staff: Client, gifts: list[VideoContainer], garbage: str, step: str) -> None:
    assert post(staff, address=garbage, step=step).status_code in (200, 400)
    assert not VideoContainer.objects.filter(state="expired").exists()


def test_looking_asks_whose(staff: Client, gifts: list[VideoContainer]) -> None:
    response = staff.get(PERSON, {"address": BOB, "step": "erase"})
    assert "GIVEN" not in text_of(response)
    assert not VideoContainer.objects.filter(state="expired").exists()


@pytest.mark.parametrize("step", ["", "erase", "json", "zip"])
def test_the_page_needs_its_permission(person: NewClient, gifts: list[VideoContainer], step: str) -> None:
    client = person("view_order", "change_order", "send_container", "moderate_container")
    assert client.get(PERSON).status_code == 403
    assert post(client, address=BOB, step=step).status_code == 403
    assert person("erase_person").get(PERSON).status_code == 403
    assert person("view_order", "erase_person").get(PERSON).status_code == 200


def test_strangers_are_sent_to_the_login(client: Client) -> None:
    assert client.get(PERSON).url.startswith("/admin/login/")


@pytest.mark.parametrize("may", [True, False])
def test_an_order_s_page_leads_to_its_people(
    person: NewClient, gifts: list[VideoContainer], may: bool
) -> None:
    client = person("view_order", *(["erase_person"] if may else []))
    assert (f'action="{PERSON}"' in client.get(order_url(gifts[1])).content.decode()) == may
    assert (PERSON in client.get("/admin/").content.decode()) == may


def test_a_storage_that_does_not_answer_is_told(
    staff: Client, gifts: list[VideoContainer], record: Callable[..., Any]
) -> None:
    video = Path(gift_storage().path(record(gifts[0]).recording.video.name))
    video.mkdir(parents=True)
    try:
        response = post(staff, address=BOB, step="zip")
    finally:
        video.rmdir()
    assert "does not answer" in messages_of(response)
