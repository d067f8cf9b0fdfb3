"""What an order's page says at a glance: what the mail waits for, what stops it, whom a mail goes to."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from gifting.admin.waiting import waits_for
from gifting.models import Order, VideoContainer
from tests.gifting.admin.conftest import NewContainer
from tests.gifting.admin.pages import order_url, text_of
from tests.gifting.troubles import UPS_CODE, change, mail, parcel

AFTERNOON = datetime(2026, 11, 20, 13, 25, tzinfo=UTC)
Record = Callable[[VideoContainer], VideoContainer]


@pytest.fixture
def gift(new_container: NewContainer, record: Record) -> VideoContainer:
    """Recorded, with a receiver, and nothing is sent yet."""
    return record(new_container(receiver_email="bob@example.com"))


def told(client: Client, gift: VideoContainer) -> str:
    return client.get(order_url(gift)).context["page"].waits_for


def test_the_mail_waits_for_the_parcel(staff: Client, gift: VideoContainer, now: datetime) -> None:
    parcel()(gift, now)
    assert told(staff, gift) == f"The receiver's mail waits for the parcel UPS {UPS_CODE} to arrive."


def test_a_parcel_that_came_back_is_not_waited_for(
    staff: Client, gift: VideoContainer, now: datetime
) -> None:
    parcel(status="returned", state="done")(gift, now)
    parcel(code="1Z7")(gift, now)
    assert told(staff, gift) == "The receiver's mail waits for the parcel UPS 1Z7 to arrive."


def test_with_no_other_parcel_it_says_that_it_came_back(
    staff: Client, gift: VideoContainer, now: datetime
) -> None:
    parcel(status="returned", state="done")(gift, now)
    assert told(staff, gift) == f"The receiver's mail waits for another parcel: UPS {UPS_CODE} came back."


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@pytest.mark.parametrize(
    ("facts", "state"),
    [({"send_at": AFTERNOON}, ""), ({}, "queued"), ({}, "sent")],
    ids=["on a date", "due", "sent"],
)
def test_a_sentence_ends_in_one_full_stop(
    gift: VideoContainer, settings: Any, facts: dict[str, Any], state: str, language: str
) -> None:
    settings.TIME_ZONE = "UTC"
    change(gift, **facts)
    message = mail(state, sent_at=AFTERNOON)(gift, AFTERNOON) if state else None
    with translation.override(language):
        sentence = waits_for(gift, message, [])
    assert sentence.endswith(".")
    assert not sentence.endswith("..")


def badges(client: Client, gift: VideoContainer) -> str:
    return text_of(client.get(order_url(gift))).split("<h1>")[1].split("</h1>")[0]


@pytest.mark.parametrize(
    ("field", "word"), [("hidden_at", "hidden"), ("recalled_at", "recalled"), ("held_at", "on hold")]
)
def test_the_head_says_what_keeps_the_receiver_from_the_message(
    staff: Client, gift: VideoContainer, now: datetime, field: str, word: str
) -> None:
    assert f">{word}</span>" not in badges(staff, gift)
    change(gift, **{field: now})
    assert f">{word}</span>" in badges(staff, gift)


def whom(client: Client, gift: VideoContainer) -> str:
    return client.get(order_url(gift)).context["page"].mails[0].to


@pytest.mark.parametrize("state", ["queued", "held", "sending"])
def test_a_mail_that_is_to_go_names_its_address(
    staff: Client, gift: VideoContainer, now: datetime, state: str
) -> None:
    mail(state)(gift, now)
    assert whom(staff, gift) == "bob@example.com"


@pytest.mark.parametrize("state", ["sent", "failed", "bounced", "unsure"])
def test_a_mail_that_has_left_does_not_name_an_address_that_came_later(
    staff: Client, gift: VideoContainer, now: datetime, state: str
) -> None:
    mail(state, sent_at=now)(gift, now)
    Order.objects.filter(pk=gift.order_id).update(receiver_email="robert@example.com")
    assert whom(staff, gift) == "to the receiver"
