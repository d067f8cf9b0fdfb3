"""Mails and pushes: lists to look at, and another try for those that failed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django_q.models import OrmQ

from livestream.models import LiveStream, Reminder, WebhookReceipt
from tests.livestream.admin.conftest import NewClient

REMINDERS, PUSHES = "/admin/livestream/reminder/", "/admin/livestream/webhookreceipt/"
NewReminder = Callable[..., Reminder]


@pytest.fixture
def new_reminder(stream: LiveStream, now: datetime) -> NewReminder:
    """`new_reminder(state="sent")`; without more, one that failed."""

    def make(**fields: Any) -> Reminder:
        fields = {"state": "failed", "email": "olga@example.com", "attempts": 5, **fields}
        return Reminder.objects.create(stream=stream, created_at=now, **fields)

    return make


@pytest.fixture
def push(db: None, now: datetime) -> WebhookReceipt:
    """One that failed."""
    return WebhookReceipt.objects.create(
        account="firework", key="1", body=b"[]", received_at=now, state="failed", last_error="No object."
    )


def tasks() -> list[Any]:
    return [(one.task["func"].rpartition(".")[2], one.task["args"]) for one in OrmQ.objects.all()]


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_a_push_is_read_again(
    staff: Client, push: WebhookReceipt, django_capture_on_commit_callbacks: Any
) -> None:
    assert "Try again" in staff.get(f"{PUSHES}{push.pk}/change/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(f"{PUSHES}{push.pk}/retry/")
    push.refresh_from_db()
    assert (push.state, push.attempts, push.last_error) == ("stored", 0, "")
    assert ("read_push", (push.pk,)) in tasks()


def test_a_mail_is_sent_again(
    staff: Client, new_reminder: NewReminder, django_capture_on_commit_callbacks: Any
) -> None:
    mail = new_reminder()
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(f"{REMINDERS}{mail.pk}/retry/")
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("queued", 0)
    assert ("send_reminder", (mail.pk,)) in tasks()


def test_the_history_says_who(staff: Client, new_reminder: NewReminder) -> None:
    mail = new_reminder()
    staff.post(f"{REMINDERS}{mail.pk}/retry/")
    assert "Tried again." in staff.get(f"{REMINDERS}{mail.pk}/history/").content.decode()


@pytest.mark.parametrize("fields", [{"state": "sent", "email": ""}, {"state": "failed", "email": ""}])
def test_what_cannot_be_sent_has_no_button(
    staff: Client, new_reminder: NewReminder, fields: dict[str, str]
) -> None:
    mail = new_reminder(**fields)
    assert "Try again" not in staff.get(f"{REMINDERS}{mail.pk}/change/").content.decode()
    assert said(staff.post(f"{REMINDERS}{mail.pk}/retry/")) == [
        "Only what failed can be tried again, and only as long as it is of use."
    ]


def test_many_are_tried_at_once(staff: Client, new_reminder: NewReminder) -> None:
    rows = [new_reminder(email=f"{n}@example.com") for n in range(3)]
    rows.append(new_reminder(state="sent", email=""))
    data = {"action": "retry_selected", "_selected_action": [row.pk for row in rows]}
    assert said(staff.post(REMINDERS, data)) == [
        "3 are tried again.",
        "1 was left alone: it did not fail, or comes too late.",
    ]
    assert Reminder.objects.filter(state="queued").count() == 3


def test_who_may_only_look_tries_nothing(
    person: NewClient, new_reminder: NewReminder, push: WebhookReceipt
) -> None:
    client, mail = person("view_reminder", "view_webhookreceipt"), new_reminder()
    assert "Try again" not in client.get(f"{REMINDERS}{mail.pk}/change/").content.decode()
    assert client.post(f"{REMINDERS}{mail.pk}/retry/").status_code == 403
    assert client.post(f"{PUSHES}{push.pk}/retry/").status_code == 403
    client.post(REMINDERS, {"action": "retry_selected", "_selected_action": [mail.pk]})
    mail.refresh_from_db()
    assert mail.state == "failed"


def test_who_may_change_tries_again_and_changes_nothing_else(
    person: NewClient, new_reminder: NewReminder
) -> None:
    client, mail = person("change_reminder"), new_reminder()
    assert client.post(f"{REMINDERS}{mail.pk}/change/", {"email": "x@example.com"}).status_code == 403
    assert client.post(f"{REMINDERS}{mail.pk}/retry/").status_code == 302


def test_nothing_is_tried_by_a_link(staff: Client, push: WebhookReceipt) -> None:
    assert staff.get(f"{PUSHES}{push.pk}/retry/").status_code == 405


def test_a_mail_that_is_not_there(staff: Client) -> None:
    assert staff.post(f"{REMINDERS}{'9' * 30}/retry/").status_code == 404
