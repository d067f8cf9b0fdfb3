"""The form that asks for a mail before the show."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from livestream.models import LiveStream, Reminder
from tests.livestream.watching import address

OLGA = "olga@example.com"
HERE = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}


def ask(client: Client, stream: LiveStream, *, email: str = OLGA, **fields: str) -> Any:
    return client.post(address(stream, "reminder"), {"email": email, **fields}, headers=HERE)


def test_the_form_asks_in_the_pages_language(client: Client, stream: LiveStream) -> None:
    client.post(address(stream, "reminder?lang=de"), {"email": OLGA}, headers=HERE)
    assert Reminder.objects.get().language == "de"


def test_the_form_says_what_happens_now(client: Client, stream: LiveStream) -> None:
    response = ask(client, stream)
    assert (response.status_code, response.json()["message"][:5]) == (200, "Done.")


def test_a_wrong_address_is_said_kindly(client: Client, stream: LiveStream) -> None:
    response = ask(client, stream, email="olga")
    assert response.status_code == 400
    assert "Please enter a mail address" in response.json()["message"]


def test_without_scripts_the_page_itself_says_it(client: Client, stream: LiveStream) -> None:
    headers = {"Sec-Fetch-Site": "same-origin"}
    response = client.post(address(stream, "reminder"), {"email": OLGA}, headers=headers, follow=True)
    assert "Done. You get one mail" in response.content.decode()


def test_machines_fill_in_what_people_do_not_see(client: Client, stream: LiveStream) -> None:
    assert ask(client, stream, website="https://spam.example").status_code == 200
    assert not Reminder.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {}],
)
def test_other_sites_cannot_ask(client: Client, stream: LiveStream, headers: dict[str, str]) -> None:
    response = client.post(address(stream, "reminder"), {"email": OLGA}, headers=headers)
    assert (response.status_code, Reminder.objects.count()) == (403, 0)


def test_nobody_asks_for_many_addresses(client: Client, stream: LiveStream) -> None:
    answers = [ask(client, stream, email=f"{number}@example.com").status_code for number in range(12)]
    assert 429 in answers


def test_the_form_is_away_when_it_is_too_late(client: Client, stream: LiveStream) -> None:
    LiveStream.objects.update(scheduled_at=timezone.now() + timedelta(minutes=5))
    page = client.get(address(stream)).content.decode()
    assert "data-lv-reminder hidden" in page
