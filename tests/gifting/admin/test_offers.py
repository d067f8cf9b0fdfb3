"""A gift in trouble is offered what is possible, and nothing that would be refused."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from gifting.models import HostedGift, VideoContainer
from gifting.services.reasons import Reason
from tests.gifting.admin.conftest import NewClient, NewContainer
from tests.gifting.admin.pages import ORDERS, act, messages_of, order_url, row_url, text_of
from tests.gifting.troubles import TROUBLES, UPS, change, mail, parcel

FRONT = "/admin/"
ADDRESS_REFUSED = "The mail server refused the address."
Record = Callable[[VideoContainer], VideoContainer]


@pytest.fixture(autouse=True)
def _ups_is_connected(settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "CARRIERS": {"ups": UPS}, "BACKENDS": {}}


@pytest.fixture
def nobody_tells(settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "CARRIERS": {}}


@pytest.fixture
def gift(new_container: NewContainer) -> VideoContainer:
    """With a receiver and without a message."""
    return new_container(crid="ML-1", receiver_email="bob@example.com")


def labels(client: Client) -> list[str]:
    """The buttons on the front page."""
    return [one.label for row in client.get(FRONT).context["attention"].rows for one in row.buttons]


def of_parcel(client: Client, gift: VideoContainer) -> list[str]:
    return [one.label for one in client.get(order_url(gift)).context["page"].parcels[0].buttons]


def live_in_an_account(gift: VideoContainer) -> None:
    HostedGift.objects.create(container=gift, backend="livstick")


# -- Parcels


def test_a_carrier_that_can_be_asked_is_asked_first(
    staff: Client, gift: VideoContainer, now: datetime
) -> None:
    TROUBLES[Reason.PROBLEM](gift, now)
    assert labels(staff) == ["Ask the carrier", "Change the parcel…", "It arrived…"]
    assert "Ask the carrier" in of_parcel(staff, gift)


@pytest.mark.usefixtures("nobody_tells")
def test_where_nobody_can_be_asked_nobody_is_offered(
    staff: Client, gift: VideoContainer, now: datetime
) -> None:
    parcel(status="problem")(gift, now)
    assert "Ask the carrier" not in labels(staff)
    assert {"Change the parcel…", "It arrived…"} <= set(labels(staff))
    assert of_parcel(staff, gift) == ["Change the parcel…", "It arrived…", "Remove the parcel…"]


def test_of_a_hosted_gift_only_the_parcel_s_code_is_ours(
    staff: Client, gift: VideoContainer, now: datetime
) -> None:
    live_in_an_account(gift)
    TROUBLES[Reason.PROBLEM](gift, now)
    assert labels(staff) == ["Change the parcel…"]
    assert of_parcel(staff, gift) == ["Change the parcel…", "Remove the parcel…"]


# -- A gift that was never shipped


def test_a_gift_that_can_be_sent_is_sent_without_a_parcel(
    staff: Client, gift: VideoContainer, record: Record, now: datetime
) -> None:
    TROUBLES[Reason.UNSHIPPED](record(gift), now)
    assert labels(staff) == ["Add a parcel…", "Send now…", "Switch off this gift…"]


def test_without_a_message_there_is_nothing_to_send(
    staff: Client, gift: VideoContainer, now: datetime
) -> None:
    TROUBLES[Reason.UNSHIPPED](gift, now)
    assert labels(staff) == ["Add a parcel…", "Switch off this gift…"]


def test_without_a_receiver_there_is_nobody_to_send_to(
    staff: Client, new_container: NewContainer, record: Record, now: datetime
) -> None:
    TROUBLES[Reason.UNSHIPPED](record(new_container()), now)
    assert "Send now…" not in labels(staff)


def test_a_hosted_account_sends_its_gifts_itself(
    staff: Client, gift: VideoContainer, record: Record, now: datetime
) -> None:
    live_in_an_account(record(gift))
    TROUBLES[Reason.UNSHIPPED](gift, now)
    assert "Send now…" not in labels(staff)


# -- A gift that was recalled, hidden or put on hold


def test_of_a_recalled_gift_the_giver_is_not_invited(
    staff: Client, gift: VideoContainer, now: datetime
) -> None:
    TROUBLES[Reason.PRINTED_EMPTY](gift, now)
    assert labels(staff) == ["Mail the recording link"]
    change(gift, recalled_at=now)
    assert labels(staff) == ["Undo the recall"]
    buttons = staff.get(order_url(gift)).context["page"].buttons["message"]
    assert [one.label for one in buttons] == ["Undo the recall"]


@pytest.mark.parametrize(("field", "undoing"), [("hidden_at", "Show it again"), ("held_at", "End the hold")])
def test_what_keeps_a_mail_from_going_out_is_undone_first(
    staff: Client, gift: VideoContainer, record: Record, now: datetime, field: str, undoing: str
) -> None:
    mail("failed")(record(gift), now)
    change(gift, **{field: now})
    assert labels(staff) == [undoing, "Correct the address…"]
    assert staff.get(order_url(gift)).context["page"].mails[0].buttons == []


def test_a_long_hold_is_ended_or_the_gift_is_switched_off(
    staff: Client, gift: VideoContainer, now: datetime
) -> None:
    TROUBLES[Reason.HELD_LONG](gift, now)
    assert labels(staff) == ["End the hold", "Switch off this gift…"]


# -- A mail that was perhaps sent


def test_an_unsure_mail_may_have_arrived(staff: Client, gift: VideoContainer, now: datetime) -> None:
    TROUBLES[Reason.MAIL_UNSURE](gift, now)
    assert labels(staff) == ["It arrived", "Send again…"]
    assert "nobody knows whether the mail server took it" in text_of(staff.get(FRONT))


def test_sending_again_asks_where_the_mail_may_arrive_twice(
    staff: Client, gift: VideoContainer, record: Record, now: datetime
) -> None:
    message = mail("unsure")(record(gift), now)
    page = staff.get(row_url(message, gift, "resend"))
    assert "arrives twice" in text_of(page)


def test_a_mail_that_surely_failed_is_sent_again_without_a_question(
    staff: Client, gift: VideoContainer, now: datetime
) -> None:
    message = mail("failed")(gift, now)
    assert labels(staff)[0] == "Send again"
    assert staff.get(row_url(message, gift, "resend")).status_code == 405


# -- What went wrong


def test_the_front_page_and_the_list_tell_what_went_wrong(
    person: NewClient, gift: VideoContainer, now: datetime
) -> None:
    mail("failed")(gift, now)
    client = person("view_order")
    for url in (FRONT, f"{ORDERS}?attention=any", order_url(gift)):
        assert ADDRESS_REFUSED in text_of(client.get(url))


def test_a_long_story_is_cut(staff: Client, gift: VideoContainer, now: datetime) -> None:
    message = mail("failed")(gift, now)
    message.last_error = "x" * 190
    message.save()
    for url in (FRONT, f"{ORDERS}?attention=any"):
        page = text_of(staff.get(url))
        assert "x" * 159 + "…" in page


# -- A hold that holds nothing


def test_a_gift_that_mails_nobody_is_not_put_on_hold(
    staff: Client, gift: VideoContainer, new_container: NewContainer
) -> None:
    silent = new_container(crid="ML-2")
    said = messages_of(act(staff, "hold", gift, silent))
    assert "Hold: done for 1 gift." in said
    assert "no mail address of the receiver. Add it first. Not done: ML-2" in said
    silent.refresh_from_db()
    assert silent.held_at is None
