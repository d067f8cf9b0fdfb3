"""Mail services behind other backends: what is tried again, and what was perhaps sent."""

import smtplib
from collections.abc import Callable
from datetime import datetime
from socket import gaierror
from typing import Any

import pytest
from django.utils import timezone

from gifting import smtp
from gifting.models import OutgoingMessage, VideoContainer
from gifting.services import messages
from tests.browser.running import free_port
from tests.fakes.server import Answer, Misbehaviour, answer, drop, serve

exceptions = pytest.importorskip("anymail.exceptions")
pytestmark = pytest.mark.django_db
State = OutgoingMessage.State
TAKEN = answer({"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": "bob@example.com"})
REFUSED = answer({"ErrorCode": 10, "Message": "Bad token"}, 401)


@pytest.fixture
def message(new_container: Callable[..., VideoContainer], now: datetime) -> OutgoingMessage:
    """Bob's mail, due now."""
    gift = new_container(receiver_email="bob@example.com")
    facts = {"state": VideoContainer.State.DELIVERED, "recorded_at": now, "delivered_at": now}
    VideoContainer.objects.filter(pk=gift.pk).update(**facts)
    return OutgoingMessage.objects.create(container=gift, purpose="gift_ready", created_at=now, due_at=now)


@pytest.fixture
def service(settings: Any) -> Callable[[str], None]:
    """`service(url)`: mails go to a mail service there."""

    def use(url: str) -> None:
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "secret", "POSTMARK_API_URL": url, "REQUESTS_TIMEOUT": 2}

    return use


def work(message: OutgoingMessage) -> str:
    messages.send(pk=message.pk, now=timezone.now())
    message.refresh_from_db()
    return message.state


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        pytest.param(TAKEN, State.SENT, id="taken"),
        pytest.param(REFUSED, State.QUEUED, id="refused"),
        pytest.param(answer({}, 429), State.QUEUED, id="too busy"),
        pytest.param(answer({}, 503), State.UNSURE, id="broken"),
        pytest.param((200, {}, b"<html>"), State.UNSURE, id="unreadable"),
        pytest.param(drop, State.UNSURE, id="hangs up"),
    ],
)
def test_only_a_service_that_refuses_is_asked_again(
    message: OutgoingMessage,
    service: Callable[[str], None],
    answers: Answer | Misbehaviour,
    state: str,
) -> None:
    with serve(lambda call: answers) as server:
        service(f"{server.url}/")
        assert work(message) == state
        assert len(server.calls) == 1


def test_a_service_that_is_not_there_is_asked_again(
    message: OutgoingMessage, service: Callable[[str], None]
) -> None:
    service(f"http://127.0.0.1:{free_port()}/")
    assert work(message) == State.QUEUED


NOT_TAKEN = [
    ConnectionRefusedError(),
    gaierror(-2, "Name or service not known"),
    smtplib.SMTPDataError(451, b"Later"),
    smtplib.SMTPRecipientsRefused({"bob@example.com": (550, b"No")}),
    smtplib.SMTPNotSupportedError(),
    exceptions.AnymailRecipientsRefused(),
    exceptions.AnymailUnsupportedFeature(),
]
PERHAPS_TAKEN = [
    ConnectionResetError(),
    TimeoutError(),
    OSError("No space left on device"),
    RuntimeError("Oh"),
    smtplib.SMTPServerDisconnected("Connection unexpectedly closed"),
    smtplib.SMTPResponseException(500, b"Line too long."),
    smtplib.SMTPDataError(299, b"Well"),
    exceptions.AnymailAPIError(),
]


@pytest.mark.parametrize("error", NOT_TAKEN, ids=repr)
def test_what_nobody_has_is_tried_again(error: Exception) -> None:
    assert not smtp.may_have_it(error)


@pytest.mark.parametrize("error", PERHAPS_TAKEN, ids=repr)
def test_what_somebody_may_have_is_not(error: Exception) -> None:
    assert smtp.may_have_it(error)


def test_what_a_first_server_refused_says_nothing_of_the_second() -> None:
    broken = smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
    broken.__context__ = ConnectionRefusedError()
    assert smtp.may_have_it(broken)
