"""What mails say, who they are from, and what happens when they cannot be sent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.formats import date_format

from gifting.conf import conf
from gifting.models import JournalEntry, OutgoingMessage, VideoContainer
from gifting.models.files import gift_storage
from gifting.services import messages

pytestmark = pytest.mark.django_db

Purpose = OutgoingMessage.Purpose
State = OutgoingMessage.State
Mailed = Callable[..., EmailMultiAlternatives]


class Refusing(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError("bob@example.com")


LINKS = {
    Purpose.GIFT_READY: "watch_url",
    Purpose.NOTHING_RECORDED: "recording_url",
    Purpose.INVITATION: "recording_url",
    Purpose.INVITATION_REMINDER: "recording_url",
    Purpose.SEEN: "preview_url",
    Purpose.WARNING_GIVER: "preview_url",
    Purpose.WARNING_RECEIVER: "watch_url",
}


class Silent(BaseEmailBackend):
    """Some mail service that does not answer in time."""

    def send_messages(self, email_messages: Any) -> int:
        assert OutgoingMessage.objects.get().handed_at
        raise RuntimeError("No answer") from TimeoutError()


REFUSING, SILENT = f"{__name__}.{Refusing.__name__}", f"{__name__}.{Silent.__name__}"


def facts_of(purpose: Purpose, now: datetime) -> dict[str, Any]:
    """Of a gift that calls for such a mail."""
    if purpose in (Purpose.INVITATION, Purpose.INVITATION_REMINDER):
        return {}
    arrived = {"state": VideoContainer.State.DELIVERED, "delivered_at": now}
    return arrived if purpose == Purpose.NOTHING_RECORDED else arrived | {"recorded_at": now, "seen_at": now}


@pytest.fixture
def queued(new_container: Callable[..., VideoContainer]) -> Callable[..., OutgoingMessage]:
    """`queued(Purpose.GIFT_READY, language="de", brand={"name": ...}, **names)`: a mail that is due."""

    def make(
        purpose: str, *, language: str = "", brand: dict[str, Any] | None = None, **names: str
    ) -> OutgoingMessage:
        data = {"senderFirstName": "Alice", "receiverFirstName": "Bob", **names}
        gift = new_container(receiver_email="bob@example.com", language=language, additional_data=data)
        for field, value in (brand or {}).items():
            setattr(gift.order.brand, field, value)
        gift.order.brand.save()
        now = timezone.now()
        VideoContainer.objects.filter(pk=gift.pk).update(**facts_of(Purpose(purpose), now))
        return OutgoingMessage.objects.create(container=gift, purpose=purpose, created_at=now, due_at=now)

    return make


@pytest.fixture
def mailed(queued: Callable[..., OutgoingMessage]) -> Mailed:
    """Sends one mail and returns it as it went out."""

    def make(purpose: str = Purpose.GIFT_READY, **facts: Any) -> EmailMultiAlternatives:
        messages.send(pk=queued(purpose, **facts).pk, now=timezone.now())
        (sent,) = mail.outbox
        assert isinstance(sent, EmailMultiAlternatives)
        return sent

    return make


def html(sent: EmailMultiAlternatives) -> str:
    return str(sent.alternatives[0].content)


def everything(sent: EmailMultiAlternatives) -> str:
    return f"{sent.subject}\n{sent.body}\n{html(sent)}"


def test_the_gift_mail_says_who_sends_a_message(mailed: Mailed) -> None:
    assert mailed().subject == "Alice has a message for you"


def test_the_gift_mail_greets_the_receiver(mailed: Mailed) -> None:
    assert mailed().body.startswith("Hello Bob,\n")


def test_the_reminder_says_for_whom_a_message_is_missing(mailed: Mailed) -> None:
    sent = mailed(Purpose.NOTHING_RECORDED)
    assert sent.subject == "Your gift for Bob has arrived, but not your message"
    assert sent.to == ["alice@example.com"]


@pytest.mark.parametrize("purpose", Purpose.values)
def test_text_and_html_have_the_link(mailed: Mailed, purpose: str) -> None:
    sent = mailed(purpose)
    gift = OutgoingMessage.objects.get().container
    link = getattr(gift, LINKS[Purpose(purpose)])
    assert f"\n{link}\n" in sent.body
    assert f'<a href="{link}"' in html(sent)


@pytest.mark.parametrize("purpose", [Purpose.GIFT_READY, Purpose.WARNING_RECEIVER])
def test_the_receiver_cannot_record(mailed: Mailed, purpose: str) -> None:
    sent = mailed(purpose)
    assert sent.to == ["bob@example.com"]
    gift = OutgoingMessage.objects.get().container
    assert gift.urid not in sent.message().as_string() + everything(sent)
    assert str(gift.edit_key) not in everything(sent)


@pytest.mark.parametrize("purpose", [one for one, link in LINKS.items() if link != "watch_url"])
def test_the_giver_does_not_get_the_watch_link(mailed: Mailed, purpose: str) -> None:
    sent = mailed(purpose)
    assert sent.to == ["alice@example.com"]
    assert OutgoingMessage.objects.get().container.watch_token not in everything(sent)


@pytest.mark.parametrize(
    ("purpose", "subject"),
    [
        (Purpose.INVITATION, "Record a message for Bob"),
        (Purpose.INVITATION_REMINDER, "Your message for Bob is still missing"),
        (Purpose.SEEN, "Bob has opened your message"),
    ],
)
def test_the_subject_says_what_it_is_about(mailed: Mailed, purpose: str, subject: str) -> None:
    assert mailed(purpose).subject == subject


@pytest.mark.parametrize("purpose", [Purpose.WARNING_GIVER, Purpose.WARNING_RECEIVER])
def test_a_warning_says_the_day(mailed: Mailed, purpose: str) -> None:
    sent = mailed(purpose)
    end = OutgoingMessage.objects.get().container.expires_at
    assert sent.subject.endswith(f"will be erased on {date_format(end, 'DATE_FORMAT')}")
    assert "save it before that day" not in sent.body  # there is only a note
    assert "copy it before that day" in sent.body


def test_a_gift_that_is_sent_before_its_parcel_does_not_claim_to_have_arrived(
    queued: Callable[..., OutgoingMessage],
) -> None:
    message = queued(Purpose.GIFT_READY)
    VideoContainer.objects.update(state=VideoContainer.State.ACTIVATED, delivered_at=None)
    messages.send(pk=message.pk, now=timezone.now())
    assert "has arrived" not in everything(mail.outbox[0])


@pytest.mark.parametrize("purpose", Purpose.values)
def test_names_may_be_missing(mailed: Mailed, purpose: str) -> None:
    sent = mailed(purpose, senderFirstName="", receiverFirstName="")
    assert sent.body.startswith("Hello,\n")
    assert "None" not in everything(sent)


@pytest.mark.parametrize("purpose", Purpose.values)
def test_a_name_with_line_breaks_makes_no_second_header(mailed: Mailed, purpose: str) -> None:
    evil = "Eve\r\nBcc: all@example.com\n\n\u2028<script>\x07"
    sent = mailed(purpose, senderFirstName=evil, receiverFirstName=evil)
    assert "Bcc" not in sent.message()
    assert sent.subject.isprintable()
    assert "<script>" not in html(sent)


def test_text_is_not_escaped_as_if_it_were_html(mailed: Mailed) -> None:
    sent = mailed(senderFirstName="O'Brien & Söhne")
    assert sent.subject == "O'Brien & Söhne has a message for you"
    assert "O'Brien & Söhne" in sent.body


def test_html_is_escaped(mailed: Mailed) -> None:
    assert "<b>Al</b>" not in html(mailed(senderFirstName="<b>Al</b>"))


def test_the_brands_sender_sends(mailed: Mailed) -> None:
    sent = mailed(brand={"mail_sender": "Maison Lune <gifts@lune.example>"})
    assert sent.from_email == "Maison Lune <gifts@lune.example>"


def test_a_sender_with_line_breaks_makes_no_second_header(mailed: Mailed) -> None:
    sent = mailed(brand={"mail_sender": "Lune\r\nBcc: all@example.com\n<gifts@lune.example>"})
    assert "Bcc" not in sent.message()


@pytest.mark.parametrize("name", ["Maison Lune", 'Lune, "Paris"', "Müller\nSöhne"])
def test_a_brand_without_sender_lends_its_name_to_the_sites_address(
    mailed: Mailed, settings, name: str
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Giftcast <gifts@site.example>"
    header = mailed(brand={"name": name, "mail_sender": ""}).message()["From"]
    assert "gifts@site.example" in header
    assert "Giftcast" not in header


def test_the_mail_is_in_the_orders_language(mailed: Mailed) -> None:
    assert '<html lang="de" dir="ltr">' in html(mailed(language="de-CH"))


def test_the_mail_has_the_brands_look(mailed: Mailed) -> None:
    page = html(mailed(brand={"accent_color": "#e0b020"}))
    assert 'bgcolor="#e0b020"' in page
    assert "color:#000000" in page


def test_the_mail_loads_nothing_but_the_logo(mailed: Mailed) -> None:
    logo = gift_storage().save("brands/logo.png", ContentFile(b"png"))
    page = html(mailed(brand={"logo": logo}))
    assert page.count("<img") == 1
    assert 'src="https://lune.example/brands/lune/logo"' in page


def test_a_logo_that_mail_programs_cannot_show_is_written_out(mailed: Mailed) -> None:
    logo = gift_storage().save("brands/logo.svg", ContentFile(b"svg"))
    assert "<img" not in html(mailed(brand={"logo": logo}))


def test_no_absence_note_answers(mailed: Mailed) -> None:
    assert mailed().message()["Auto-Submitted"] == "auto-generated"


def test_every_attempt_has_the_same_message_id(queued: Callable[..., OutgoingMessage]) -> None:
    message = queued(Purpose.GIFT_READY)
    for _ in range(2):
        # As a worker leaves it that dies before the mail server has it.
        OutgoingMessage.objects.update(state=State.SENDING, handed_at=None)
        messages.send(pk=message.pk, now=timezone.now())
        OutgoingMessage.objects.update(due_at=timezone.now())
    assert len({sent.message()["Message-ID"] for sent in mail.outbox}) == 1
    assert len(mail.outbox) == 2


def test_a_sent_mail_is_not_sent_again(queued: Callable[..., OutgoingMessage]) -> None:
    message = queued(Purpose.GIFT_READY)
    for hours in range(3):
        messages.send(pk=message.pk, now=timezone.now() + timedelta(hours=hours))
    message.refresh_from_db()
    assert (len(mail.outbox), message.state) == (1, State.SENT)


def test_while_one_worker_sends_no_other_does(queued: Callable[..., OutgoingMessage]) -> None:
    message = queued(Purpose.GIFT_READY)
    lease = timezone.now() + timedelta(seconds=conf().JOB_LEASE_SECONDS)
    OutgoingMessage.objects.update(state=State.SENDING, due_at=lease)
    messages.send(pk=message.pk, now=timezone.now())
    assert mail.outbox == []


def send_until_it_is_given_up(message: OutgoingMessage) -> list[timedelta]:
    """The waiting times between the attempts."""
    waits, now = [], timezone.now()
    while OutgoingMessage.objects.due(now).exists():
        messages.send(pk=message.pk, now=now)
        message.refresh_from_db()
        waits.append(message.due_at - now)
        now = message.due_at
    return waits


def test_a_mail_that_cannot_be_sent_is_tried_again_ever_later(
    queued: Callable[..., OutgoingMessage], settings
) -> None:
    settings.EMAIL_BACKEND = REFUSING
    waits = send_until_it_is_given_up(queued(Purpose.GIFT_READY))
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (2, 4, 8, 16)]


def test_after_the_last_attempt_it_waits_for_staff(queued: Callable[..., OutgoingMessage], settings) -> None:
    settings.EMAIL_BACKEND = REFUSING
    message = queued(Purpose.GIFT_READY)
    send_until_it_is_given_up(message)
    assert (message.state, message.attempts) == (State.FAILED, conf().JOB_MAX_ATTEMPTS)
    assert JournalEntry.objects.filter(event="mail_failed").count() == 1


def test_a_mail_that_kills_its_worker_is_given_up_too(queued: Callable[..., OutgoingMessage]) -> None:
    message = queued(Purpose.GIFT_READY)
    OutgoingMessage.objects.update(state=State.SENDING, attempts=conf().JOB_MAX_ATTEMPTS)
    messages.send(pk=message.pk, now=timezone.now())
    message.refresh_from_db()
    assert (message.state, mail.outbox) == (State.FAILED, [])


def test_of_a_mail_service_that_falls_silent_it_is_not_known_whether_it_has_the_mail(
    queued: Callable[..., OutgoingMessage], settings
) -> None:
    settings.EMAIL_BACKEND = SILENT
    message = queued(Purpose.GIFT_READY)
    send_until_it_is_given_up(message)
    assert (message.state, message.attempts) == (State.UNSURE, 1)


def test_what_went_wrong_is_kept_without_addresses(queued: Callable[..., OutgoingMessage], settings) -> None:
    settings.EMAIL_BACKEND = REFUSING
    message = queued(Purpose.GIFT_READY)
    messages.send(pk=message.pk, now=timezone.now())
    message.refresh_from_db()
    assert message.last_error == "The mail server cannot be reached (ConnectionRefusedError)."
