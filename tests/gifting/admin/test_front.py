"""The needs-attention panel of the front page: who sees it, what it says, and that its buttons help."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from gifting.dto import Actor, ActorKind
from gifting.models import OutgoingMessage, Shipment, VideoContainer
from gifting.services import attention, containers
from gifting.services.reasons import Reason
from tests.gifting.admin.conftest import NewClient, NewContainer
from tests.gifting.admin.pages import ORDERS, messages_of, order_url, row_url, text_of
from tests.gifting.troubles import TROUBLES, UPS, UPS_CODE, change

FRONT = "/admin/"
STAFF = Actor(ActorKind.STAFF, "maria")
Record = Callable[[VideoContainer], VideoContainer]
FORMS: dict[str, dict[str, str]] = {
    "address": {"address": "robert@example.com"},
    "add_parcel": {"code": "1Z7", "carrier": "ups"},
    "change_parcel": {"code": "1Z8", "carrier": "ups"},
}
ONLY_BEGUN = {
    Reason.PROBLEM,
    Reason.VIDEO_REFUSED,
    Reason.DATE_EMPTY,
    Reason.PRINTED_EMPTY,
    Reason.DELIVERED_EMPTY,
}


@pytest.fixture(autouse=True)
def _ups_is_connected(settings: Any) -> None:
    settings.GIFTING = {**settings.GIFTING, "CARRIERS": {"ups": UPS}, "BACKENDS": {}}


@pytest.fixture
def gift(new_container: NewContainer) -> VideoContainer:
    return new_container(crid="ML-1", receiver_email="bob@example.com")


def buttons(client: Client) -> list[Any]:
    return [button for row in client.get(FRONT).context["attention"].rows for button in row.buttons]


@pytest.mark.usefixtures("gift")
def test_a_calm_day_is_said(staff: Client) -> None:
    assert "Everything is moving." in text_of(staff.get(FRONT))


@pytest.mark.parametrize("reason", Reason)
def test_every_trouble_is_told_with_a_count_that_leads_to_it(
    staff: Client, gift: VideoContainer, now: datetime, reason: Reason
) -> None:
    TROUBLES[reason](gift, now)
    panel = staff.get(FRONT).context["attention"]
    assert [(one.shown, staff.get(one.url).status_code) for one in panel.counts] == [("1", 200)]
    assert panel.rows[0].case.what in text_of(staff.get(FRONT))
    found = staff.get(panel.counts[0].url).context["cl"].result_list
    assert len(found) == 1


@pytest.mark.parametrize("reason", Reason)
def test_the_first_button_helps_and_leads_back(
    staff: Client, gift: VideoContainer, now: datetime, record: Record, reason: Reason
) -> None:
    if reason.startswith("mail_"):
        containers.activate(container=record(gift), actor=STAFF, now=now)
    TROUBLES[reason](gift, now)
    button = buttons(staff)[0]
    verb = button.url.split("?")[0].rstrip("/").split("/")[4 if reason != Reason.PUSH_FAILED else -1]
    verb = next((name for name in FORMS if name in button.url), verb)
    response = staff.post(button.url, {**FORMS.get(verb, {}), "next": FRONT}, follow=True)
    assert response.redirect_chain[-1][0] == FRONT
    assert [message.level_tag for message in response.context["messages"]] == ["success"]
    left = list(attention.counts(now=now))
    assert (reason in left) == (reason in ONLY_BEGUN)


def test_what_the_code_looks_like_is_one_click_away(
    staff: Client, gift: VideoContainer, now: datetime
) -> None:
    parcel = TROUBLES[Reason.CARRIER_UNKNOWN](gift, now)
    assert buttons(staff)[0].label == "It is UPS"
    staff.post(row_url(parcel, gift, "guessed"), {"next": FRONT})
    assert Shipment.objects.get(pk=parcel.pk).carrier == "ups"


def test_the_giver_is_asked_for_a_message(staff: Client, gift: VideoContainer, now: datetime) -> None:
    TROUBLES[Reason.PRINTED_EMPTY](gift, now)
    staff.post(order_url(gift, "invite"))
    assert OutgoingMessage.objects.get().purpose == "invitation"
    assert gift.journal.last().actor == "staff:maria"


def test_a_few_rows_of_each_trouble_are_shown(
    staff: Client, new_container: NewContainer, now: datetime
) -> None:
    for reason in (Reason.MAIL_FAILED, Reason.SILENT, Reason.GIVEN_UP, Reason.HELD_LONG):
        for _ in range(3):
            TROUBLES[reason](new_container(receiver_email="bob@example.com"), now)
    panel = staff.get(FRONT).context["attention"]
    assert [one.shown for one in panel.counts] == ["3", "3", "3", "3"]
    assert [row.case.reason for row in panel.rows] == [
        *[Reason.MAIL_FAILED] * 2,
        *[Reason.SILENT] * 2,
        *[Reason.GIVEN_UP] * 2,
    ]


def test_whoever_may_only_look_sees_no_buttons(
    person: NewClient, new_container: NewContainer, now: datetime
) -> None:
    for trouble in TROUBLES.values():
        trouble(new_container(receiver_email="bob@example.com"), now)
    client = person("view_order")
    assert buttons(client) == []
    assert "<form" not in text_of(client.get(FRONT)).split("gc-attention")[1].split("</section>")[0]


def test_the_buttons_are_those_that_the_person_may_press(
    person: NewClient, gift: VideoContainer, now: datetime
) -> None:
    TROUBLES[Reason.MAIL_FAILED](gift, now)
    assert [one.label for one in buttons(person("view_order", "send_container"))] == ["Send again"]
    assert [one.label for one in buttons(person("view_order", "change_order"))] == ["Correct the address…"]


def test_the_panel_is_for_whoever_may_see_orders(person: NewClient, gift: VideoContainer) -> None:
    page = person("view_brand").get(FRONT)
    assert "attention" not in page.context
    assert "Needs attention" not in text_of(page)


def test_hostile_words_stay_text(staff: Client, new_container: NewContainer, now: datetime) -> None:
    gift = new_container(crid="<img src=x>")
    Shipment.objects.create(order=gift.order, code="<script>x", carrier="", state="idle", created_at=now)
    page = staff.get(FRONT).content.decode()
    assert "<img src=x>" not in page
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_a_button_never_leads_to_another_site(staff: Client, gift: VideoContainer, elsewhere: str) -> None:
    response = staff.post(order_url(gift, "hold"), {"next": elsewhere})
    assert response.url == order_url(gift)


def test_a_calm_panel_costs_one_query_for_each_reason(
    staff: Client, gift: VideoContainer, django_assert_num_queries: Callable[..., Any]
) -> None:
    staff.get(FRONT)
    with django_assert_num_queries(len(Reason) + 3):  # Session, person, and the recent actions.
        staff.get(FRONT)


def test_a_full_panel_costs_few_more(
    staff: Client,
    new_container: NewContainer,
    now: datetime,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for trouble in list(TROUBLES.values()) * 2:
        if trouble is not TROUBLES[Reason.PUSH_FAILED]:
            trouble(new_container(receiver_email="bob@example.com"), now)
    with django_assert_num_queries(len(Reason) + 3 + 3):
        staff.get(FRONT)


def test_the_list_says_why_and_what_to_do(staff: Client, gift: VideoContainer, now: datetime) -> None:
    mail = TROUBLES[Reason.MAIL_FAILED](gift, now)
    page = text_of(staff.get(f"{ORDERS}?attention=mail_failed"))
    assert "could not be sent" in page
    assert f'formaction="{row_url(mail, gift, "resend")}"' in page


def test_a_button_in_the_list_leads_back_to_it(
    staff: Client, gift: VideoContainer, record: Record, now: datetime
) -> None:
    containers.activate(container=record(gift), actor=STAFF, now=now)
    mail = TROUBLES[Reason.MAIL_FAILED](gift, now)
    whence = f"{ORDERS}?attention=mail_failed"
    sent = {"action": "", "select_across": "0", "index": "0", "next": whence}
    response = staff.post(row_url(mail, gift, "resend"), sent, follow=True)
    assert response.redirect_chain[-1][0] == whence
    assert "being sent again" in messages_of(response)


def test_more_rows_in_the_list_mean_no_more_queries(
    staff: Client,
    new_container: NewContainer,
    now: datetime,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    for _ in range(10):
        gift = new_container(receiver_email="bob@example.com")
        for reason in (Reason.MAIL_FAILED, Reason.SILENT, Reason.VIDEO_FAILED):
            TROUBLES[reason](gift, now)
    with django_assert_max_num_queries(11):
        staff.get(f"{ORDERS}?attention=any")


def test_an_old_gift_that_was_erased_is_not_told(staff: Client, gift: VideoContainer, now: datetime) -> None:
    TROUBLES[Reason.SILENT](gift, now)
    change(gift, state="expired")
    assert "Everything is moving." in text_of(staff.get(FRONT))
    assert UPS_CODE not in text_of(staff.get(FRONT))
