"""A mail before the show: asked for once, sent in time, and the address is erased."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client, override_settings
from django.utils import timezone

from livestream import tasks
from livestream.errors import IllegalMove, Invalid, NotFound
from livestream.models import Channel, LiveStream, Reminder
from livestream.services import hosted, reminder_mails, reminders, streams
from tests.livestream.conftest import STAFF
from tests.livestream.watching import address

OLGA = "olga@example.com"
State = Reminder.State
Status = LiveStream.Status


class BrokenMail(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("no")


@pytest.fixture
def asked(stream: LiveStream, now: datetime) -> Reminder:
    return reminders.ask(stream=stream, email=OLGA, language="en", now=now)


@pytest.fixture
def send(asked: Reminder) -> Callable[..., Reminder]:
    """What the worker does at `at`."""

    def run(at: datetime) -> Reminder:
        reminders.send(pk=asked.pk, now=at)
        asked.refresh_from_db()
        return asked

    return run


def just_before(stream: LiveStream) -> datetime:
    return stream.scheduled_at - timedelta(minutes=14)


# -- Asking


def test_it_is_due_a_quarter_of_an_hour_before_the_start(stream: LiveStream, asked: Reminder) -> None:
    assert asked.due_at == stream.scheduled_at - timedelta(minutes=15)


def test_how_long_before_is_a_setting(stream: LiveStream, now: datetime, settings: Any) -> None:
    settings.LIVESTREAM = {**settings.LIVESTREAM, "REMINDER_MINUTES": 5}
    asked = reminders.ask(stream=stream, email=OLGA, language="en", now=now)
    assert asked.due_at == stream.scheduled_at - timedelta(minutes=5)


@pytest.mark.parametrize("again", [OLGA, "Olga@Example.COM", f" {OLGA} "])
def test_asking_twice_is_one_mail(stream: LiveStream, asked: Reminder, now: datetime, again: str) -> None:
    assert reminders.ask(stream=stream, email=again, language="de", now=now) == asked


@pytest.mark.parametrize("text", ["", "olga", "a@b", "x@example.com\nBcc: y@example.com", "a@b.c," + OLGA])
def test_what_is_no_address_is_refused(stream: LiveStream, now: datetime, text: str) -> None:
    with pytest.raises(Invalid):
        reminders.ask(stream=stream, email=text, language="en", now=now)


def test_it_can_be_too_late(stream: LiveStream) -> None:
    with pytest.raises(IllegalMove):
        reminders.ask(stream=stream, email=OLGA, language="en", now=just_before(stream))


def test_nobody_waits_for_a_show_that_is_on(live: LiveStream, now: datetime) -> None:
    with pytest.raises(IllegalMove):
        reminders.ask(stream=live, email=OLGA, language="en", now=now)


# -- Sending


def test_the_mail_leads_to_the_show(
    stream: LiveStream, send: Callable[..., Reminder], mailoutbox: list[EmailMultiAlternatives]
) -> None:
    send(just_before(stream))
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == ([OLGA], "Winter evening begins soon")
    assert f"https://atelier.example{address(stream)}\n" in mail.body
    assert f'href="https://atelier.example{address(stream)}"' in str(mail.alternatives[0].content)


def test_afterwards_the_address_is_gone(stream: LiveStream, send: Callable[..., Reminder]) -> None:
    sent = send(just_before(stream))
    assert (sent.state, sent.email, bool(sent.sent_at)) == (State.SENT, "", True)


def test_before_its_time_nothing_is_sent(
    stream: LiveStream, send: Callable[..., Reminder], mailoutbox: list[Any], now: datetime
) -> None:
    assert send(now).state == State.QUEUED
    assert not mailoutbox


def test_the_task_and_the_sweep_run_it_twice_and_send_it_once(
    stream: LiveStream, send: Callable[..., Reminder], mailoutbox: list[Any]
) -> None:
    send(just_before(stream))
    send(just_before(stream))
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("language", "channel_language", "greeting"),
    [("en", "fr", "begins soon"), ("xx", "en", "begins soon")],
)
def test_it_is_in_the_viewers_language(
    stream: LiveStream,
    send: Callable[..., Reminder],
    mailoutbox: list[EmailMultiAlternatives],
    language: str,
    channel_language: str,
    greeting: str,
) -> None:
    Reminder.objects.update(language=language)
    Channel.objects.update(default_language=channel_language)
    send(just_before(stream))
    assert greeting in mailoutbox[0].subject


@pytest.mark.parametrize(
    ("sender", "seen"),
    [("", "Atelier Nord <gifts@localhost>"), ("Nord <live@nord.example>", "Nord <live@nord.example>")],
)
def test_it_is_from_the_channel(
    stream: LiveStream,
    send: Callable[..., Reminder],
    mailoutbox: list[EmailMultiAlternatives],
    sender: str,
    seen: str,
) -> None:
    Channel.objects.update(mail_sender=sender)
    send(just_before(stream))
    assert parseaddr(mailoutbox[0].from_email) == parseaddr(seen)


def test_every_attempt_has_the_same_message_id(asked: Reminder) -> None:
    first, second = reminder_mails.build(asked), reminder_mails.build(asked)
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


# -- The show moves, begins, ends


def test_a_show_that_is_moved_takes_its_mails_along(
    stream: LiveStream, send: Callable[..., Reminder], now: datetime
) -> None:
    later = stream.scheduled_at + timedelta(days=1)
    streams.change(stream=stream, actor=STAFF, now=now, scheduled_at=later)
    moved = Reminder.objects.get()
    assert moved.due_at == later - timedelta(minutes=15)


def test_a_mail_that_was_due_before_the_show_was_moved_waits(
    stream: LiveStream, send: Callable[..., Reminder], mailoutbox: list[Any]
) -> None:
    at = just_before(stream)
    later = stream.scheduled_at + timedelta(days=1)
    LiveStream.objects.update(scheduled_at=later)
    waiting = send(at)
    assert (waiting.state, waiting.due_at, waiting.attempts) == (
        State.QUEUED,
        later - timedelta(minutes=15),
        0,
    )
    assert not mailoutbox


def test_a_show_that_begins_early_sends_its_mails_at_once(
    stream: LiveStream,
    asked: Reminder,
    send: Callable[..., Reminder],
    mailoutbox: list[EmailMultiAlternatives],
    now: datetime,
) -> None:
    streams.move(stream=stream, to=LiveStream.Status.ACTIVE, actor=STAFF, now=now)
    reminders.wake_started(now=now)
    send(now)
    assert mailoutbox[0].subject == "Winter evening has begun"


@pytest.mark.parametrize("status", ["replay", "completed", "expired"])
def test_nobody_is_called_to_a_show_that_is_over(
    stream: LiveStream, send: Callable[..., Reminder], mailoutbox: list[Any], status: str
) -> None:
    LiveStream.objects.update(status=status)
    dropped = send(just_before(stream))
    assert (dropped.state, dropped.email) == (State.DROPPED, "")
    assert not mailoutbox


# -- Trouble


def test_a_mail_server_that_is_away_is_asked_again(
    stream: LiveStream, send: Callable[..., Reminder], settings: Any
) -> None:
    settings.EMAIL_BACKEND = "tests.livestream.test_reminders.BrokenMail"
    at = just_before(stream)
    waiting = send(at)
    assert (waiting.state, waiting.due_at) == (State.QUEUED, at + timedelta(minutes=2))
    assert OLGA not in waiting.last_error


@pytest.fixture
def given_up(stream: LiveStream, send: Callable[..., Reminder], settings: Any) -> Reminder:
    """Its mail could not be sent, however often it was tried."""
    with override_settings(EMAIL_BACKEND="tests.livestream.test_reminders.BrokenMail"):
        for hours in range(settings.LIVESTREAM.get("JOB_MAX_ATTEMPTS", 5)):
            given_up = send(just_before(stream) + timedelta(hours=hours))
    return given_up


def test_after_the_last_attempt_it_waits_for_staff(given_up: Reminder) -> None:
    assert (given_up.state, given_up.email) == (State.FAILED, OLGA)


def test_staff_send_it_again(
    given_up: Reminder, send: Callable[..., Reminder], mailoutbox: list[Any]
) -> None:
    reminders.retry(reminder=given_up, now=given_up.due_at)
    assert send(given_up.due_at).state == State.SENT
    assert len(mailoutbox) == 1


def test_only_what_failed_is_sent_again(asked: Reminder, now: datetime) -> None:
    with pytest.raises(IllegalMove):
        reminders.retry(reminder=asked, now=now)


@pytest.mark.parametrize("last", ["replay", "expired"])
def test_when_its_show_is_over_the_address_is_gone_too(
    stream: LiveStream, given_up: Reminder, now: datetime, last: str
) -> None:
    steps = {"replay": [Status.ACTIVE, Status.REPLAY], "expired": [Status.EXPIRED]}[last]
    for to in steps:
        streams.move(stream=stream, to=to, actor=STAFF, now=now)
    given_up.refresh_from_db()
    assert (given_up.state, given_up.email) == (State.FAILED, "")
    with pytest.raises(IllegalMove):
        reminders.retry(reminder=given_up, now=now)


def test_a_show_that_is_over_before_its_time_keeps_no_address(
    stream: LiveStream, asked: Reminder, now: datetime
) -> None:
    for to in (Status.ACTIVE, Status.REPLAY):
        streams.move(stream=stream, to=to, actor=STAFF, now=now)
    asked.refresh_from_db()
    assert (asked.state, asked.email) == (State.DROPPED, "")


def test_when_its_hosted_show_is_over_the_address_is_gone_too(
    stream: LiveStream, given_up: Reminder, now: datetime
) -> None:
    hosted.follow(stream=stream, to=Status.COMPLETED, actor=STAFF, now=now)
    given_up.refresh_from_db()
    assert given_up.email == ""


def test_a_last_attempt_after_the_show_keeps_no_address(
    stream: LiveStream, asked: Reminder, send: Callable[..., Reminder]
) -> None:
    LiveStream.objects.update(status=Status.REPLAY)
    Reminder.objects.update(state=State.SENDING, attempts=5, due_at=stream.scheduled_at)
    killed = send(stream.scheduled_at)
    assert (killed.state, killed.email) == (State.FAILED, "")


def test_asking_again_is_another_try(stream: LiveStream, given_up: Reminder, now: datetime) -> None:
    reminders.ask(stream=stream, email=OLGA, language="en", now=now)
    given_up.refresh_from_db()
    assert (given_up.state, given_up.attempts) == (State.QUEUED, 0)


def test_a_show_that_is_moved_is_another_try(stream: LiveStream, given_up: Reminder, now: datetime) -> None:
    later = stream.scheduled_at + timedelta(days=1)
    streams.change(stream=stream, actor=STAFF, now=now, scheduled_at=later)
    given_up.refresh_from_db()
    assert (given_up.state, given_up.due_at) == (State.QUEUED, later - timedelta(minutes=15))


def test_what_failed_can_be_taken_away(given_up: Reminder) -> None:
    reminders.cancel(token=reminder_mails.token(given_up))
    given_up.refresh_from_db()
    assert (given_up.state, given_up.email) == (State.DROPPED, "")


def test_a_worker_that_is_killed_each_time_ends_in_failure(
    stream: LiveStream, asked: Reminder, send: Callable[..., Reminder]
) -> None:
    Reminder.objects.update(state=State.SENDING, attempts=5, due_at=stream.scheduled_at)
    assert send(stream.scheduled_at).state == State.FAILED


def test_the_sweep_finds_what_is_due(
    stream: LiveStream, asked: Reminder, mailoutbox: list[Any], settings: Any
) -> None:
    Reminder.objects.update(due_at=timezone.now())
    LiveStream.objects.update(scheduled_at=timezone.now())
    settings.Q_CLUSTER = {**settings.Q_CLUSTER, "sync": True}
    tasks.send_reminder(asked.pk)
    assert len(mailoutbox) == 1
    assert tasks.JOBS[Reminder] == "send_reminder"
    assert reminders.wake_started in tasks.PARTS


# -- Not wanted any more


def leave_link(asked: Reminder) -> str:
    headers = reminder_mails.build(asked).extra_headers
    return headers["List-Unsubscribe"].strip("<>").removeprefix("https://atelier.example")


def test_one_click_of_a_mail_program_takes_it_away(asked: Reminder) -> None:
    assert reminder_mails.build(asked).extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stranger = Client(enforce_csrf_checks=True)
    response = stranger.post(leave_link(asked), {"List-Unsubscribe": "One-Click"})
    asked.refresh_from_db()
    assert (response.status_code, asked.state, asked.email) == (200, State.DROPPED, "")


def test_a_scanner_that_opens_the_link_takes_nothing_away(client: Client, asked: Reminder) -> None:
    assert "No reminder after all?" in client.get(leave_link(asked)).content.decode()
    asked.refresh_from_db()
    assert asked.state == State.QUEUED


def test_what_was_taken_away_is_not_sent(
    stream: LiveStream, asked: Reminder, send: Callable[..., Reminder], mailoutbox: list[Any]
) -> None:
    reminders.cancel(token=reminder_mails.token(asked))
    send(just_before(stream))
    assert not mailoutbox


def test_after_the_mail_the_link_still_answers(
    client: Client, stream: LiveStream, asked: Reminder, send: Callable[..., Reminder]
) -> None:
    send(just_before(stream))
    assert client.post(leave_link(asked)).status_code == 200
    asked.refresh_from_db()
    assert asked.state == State.SENT


def test_a_link_that_is_not_ours_takes_nothing_away(client: Client, asked: Reminder) -> None:
    with pytest.raises(NotFound):
        reminders.cancel(token=f"{asked.pk}:forged")
    assert client.post(address(asked.stream, "reminder/1:forged/")).status_code == 404
