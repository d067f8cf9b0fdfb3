"""Mails and a real mail server that misbehaves at every step: nothing is lost, and nothing is sent twice."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.mail import get_connection
from django.utils import timezone

from gifting import smtp
from gifting.models import JournalEntry, OutgoingMessage, VideoContainer
from gifting.services import messages
from tests.browser.running import free_port
from tests.fakes.certificates import certificate
from tests.fakes.smtp import MailServer, Trouble, drop, mail_server, silence

pytestmark = pytest.mark.django_db
State = OutgoingMessage.State
BEFORE_THE_MAIL = ["greeting", "ehlo", "mail", "rcpt", "data"]
LATER = timedelta(hours=1)


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    settings.EMAIL_BACKEND = "gifting.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 0.4
    with mail_server() as running:
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.hostname, running.port
        yield running


@pytest.fixture
def message(new_container: Callable[..., VideoContainer], now: datetime) -> OutgoingMessage:
    """Bob's mail, due now."""
    gift = new_container(receiver_email="bob@example.com")
    facts = {"state": VideoContainer.State.DELIVERED, "recorded_at": now, "delivered_at": now}
    VideoContainer.objects.filter(pk=gift.pk).update(**facts)
    return OutgoingMessage.objects.create(container=gift, purpose="gift_ready", created_at=now, due_at=now)


def work(message: OutgoingMessage, *, later: timedelta = timedelta()) -> str:
    """What a worker does with the mail, and the state that it leaves it in."""
    messages.send(pk=message.pk, now=timezone.now() + later)
    message.refresh_from_db()
    return message.state


def test_a_mail_is_sent_once(server: MailServer, message: OutgoingMessage) -> None:
    assert [work(message), work(message, later=LATER)] == [State.SENT, State.SENT]
    assert server.recipients == ["bob@example.com"]
    assert message.handed_at


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("greeting", "421 Too busy"),
        ("greeting", "554 Not you"),
        ("mail", "451 Later"),
        ("mail", "550 Not this sender"),
        ("rcpt", "450 4.2.0 Greylisted"),
        ("rcpt", "421 Closing"),
        ("data", "451 Disk full"),
        ("data", "554 No"),
        ("payload", "451 Later"),
        ("payload", "421 Closing"),
        ("payload", "554 5.7.1 Spam"),
    ],
)
def test_what_a_server_refuses_is_sent_later(
    server: MailServer, message: OutgoingMessage, stage: str, answer: str
) -> None:
    server.trouble[stage] = answer
    assert work(message) == State.QUEUED
    assert message.handed_at is None
    del server.trouble[stage]
    assert work(message, later=LATER) == State.SENT
    assert server.recipients == ["bob@example.com"]


@pytest.mark.parametrize("stage", BEFORE_THE_MAIL)
def test_a_server_that_hangs_up_before_the_mail_does_not_have_it(
    server: MailServer, message: OutgoingMessage, stage: str
) -> None:
    server.trouble[stage] = drop
    assert work(message) == State.QUEUED
    assert message.handed_at is None
    del server.trouble[stage]
    assert work(message, later=LATER) == State.SENT
    assert server.recipients == ["bob@example.com"]


@pytest.mark.parametrize("stage", BEFORE_THE_MAIL)
def test_a_server_that_falls_silent_before_the_mail_does_not_have_it(
    server: MailServer, message: OutgoingMessage, stage: str
) -> None:
    server.trouble[stage] = silence
    assert work(message) == State.QUEUED
    assert message.last_error == "The mail server did not answer in time."
    del server.trouble[stage]
    assert work(message, later=LATER) == State.SENT
    assert server.recipients == ["bob@example.com"]


def never_again(server: MailServer, message: OutgoingMessage) -> bool:
    """Does the mail stay as it is, and nothing more reach the server?"""
    before = len(server.offered)
    states = {work(message, later=LATER * hours) for hours in range(1, 4)}
    return states == {message.state} and len(server.offered) == before


@pytest.mark.parametrize("verdict", [drop, silence, "299 Well", f"250 {'x' * 9000}"])
def test_a_server_without_a_verdict_may_have_the_mail(
    server: MailServer, message: OutgoingMessage, verdict: Trouble
) -> None:
    server.trouble["payload"] = verdict
    assert work(message) == State.UNSURE
    del server.trouble["payload"]
    assert never_again(server, message)
    assert list(JournalEntry.objects.values_list("event", flat=True))[-1] == "mail_unsure"
    assert message.last_error == "The mail server did not say whether it took this mail."


@pytest.mark.parametrize("trouble", [drop, silence])
def test_a_server_that_queued_the_mail_and_died_before_it_could_say_so_gets_no_second_one(
    server: MailServer, message: OutgoingMessage, trouble: Trouble
) -> None:
    server.trouble["verdict"] = trouble
    assert work(message) == State.UNSURE
    del server.trouble["verdict"]
    assert never_again(server, message)
    assert server.recipients == ["bob@example.com"]


@pytest.mark.parametrize(
    ("stage", "trouble"),
    [("accepted", drop), ("accepted", silence), ("quit", drop), ("quit", "500 No"), ("quit", "x" * 9000)],
)
def test_what_a_server_does_after_its_verdict_changes_nothing(
    server: MailServer, message: OutgoingMessage, stage: str, trouble: Trouble
) -> None:
    server.trouble[stage] = trouble
    assert work(message) == State.SENT
    assert never_again(server, message)
    assert server.recipients == ["bob@example.com"]


def test_all_attempts_have_one_message_id(server: MailServer, message: OutgoingMessage) -> None:
    server.trouble["payload"] = "451 Later"
    work(message)
    del server.trouble["payload"]
    work(message, later=LATER)
    assert (len(server.offered), len(server.message_ids)) == (2, 1)


def test_a_receiver_who_is_refused_for_good_waits_for_staff_at_once(
    server: MailServer, message: OutgoingMessage
) -> None:
    server.trouble["rcpt"] = "550 5.1.1 <bob@example.com>: no such user at example.com/bob"
    assert work(message) == State.FAILED
    assert message.last_error == "The mail server refuses this address: 550 5.1.1 … no such user at …"
    assert JournalEntry.objects.filter(event="mail_failed").count() == 1


def test_the_link_does_not_come_back_in_an_error(server: MailServer, message: OutgoingMessage) -> None:
    token = message.container.watch_token
    server.trouble["payload"] = f"554 Blocked: https://lune.example/w/{token} lune.example/w/{token}"
    work(message)
    assert message.last_error == "The mail server refuses the mail: 554 Blocked: … …"


def test_a_server_that_is_not_there_is_told(server: MailServer, message: OutgoingMessage, settings) -> None:
    settings.EMAIL_PORT = free_port()
    assert work(message) == State.QUEUED
    assert message.last_error == "The mail server cannot be reached (ConnectionRefusedError)."


def test_a_mail_that_is_stopped_at_the_last_moment_lets_go_of_the_server(
    server: MailServer, settings
) -> None:
    settings.EMAIL_TIMEOUT = 30
    mail = smtp.Mail("Hello", "There", "site@example.com", ["carol@example.com"])
    mail.before_handover = lambda: 1 // 0
    started = time.monotonic()
    with pytest.raises(ZeroDivisionError):
        mail.send()
    assert time.monotonic() - started < 10
    assert server.offered == []


def test_no_server_is_waited_for_without_end(settings) -> None:
    settings.EMAIL_TIMEOUT = None
    assert smtp.EmailBackend().timeout == 20


def test_a_host_may_be_more_patient(settings) -> None:
    settings.EMAIL_TIMEOUT = 50
    assert smtp.EmailBackend().timeout == 50


def test_the_sites_other_mails_go_through_it_too(server: MailServer, settings) -> None:
    with get_connection() as connection:
        for to in ("carol@example.com", "dan@example.com"):
            smtp.Mail("Hello", "There", "site@example.com", [to], connection=connection).send()
    assert server.recipients == ["carol@example.com", "dan@example.com"]


@pytest.mark.parametrize("kind", ["from the first byte", "STARTTLS"])
def test_the_handover_is_noted_over_tls(
    message: OutgoingMessage, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    context, cert = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    options = {"tls_context": context} if kind == "STARTTLS" else {"tls": context}
    settings.EMAIL_BACKEND = "gifting.smtp.EmailBackend"
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = kind == "STARTTLS", kind != "STARTTLS"
    with mail_server(**options) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.hostname, server.port
        server.trouble["payload"] = silence
        settings.EMAIL_TIMEOUT = 0.4
        assert work(message) == State.UNSURE
        assert (message.handed_at is not None, len(server.offered)) == (True, 1)
