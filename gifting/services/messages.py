"""Mails: queued with the change that causes them, sent by the worker, at most one of each purpose per gift."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation

from gifting.conf import conf
from gifting.dto import Actor, ActorKind
from gifting.models import JournalEntry, OutgoingMessage, VideoContainer
from gifting.models.messages import WAITING
from gifting.services import jobs, journal

log = logging.getLogger(__name__)
Event = JournalEntry.Event
Purpose = OutgoingMessage.Purpose
State = OutgoingMessage.State
WORKER = Actor(ActorKind.WORKER)


def queue_gift(container: VideoContainer, *, now: datetime) -> None:
    """The receiver's mail with the watch link, where there is a receiver to mail."""
    if container.order.receiver_email:
        _queue(container, Purpose.GIFT_READY, now=now)


def queue_reminder(container: VideoContainer, *, now: datetime) -> None:
    """The parcel arrived and nothing was recorded: the giver's mail with the recording link."""
    _queue(container, Purpose.NOTHING_RECORDED, now=now)


def _queue(container: VideoContainer, purpose: Purpose, *, now: datetime) -> None:
    message, is_new = OutgoingMessage.objects.get_or_create(
        container=container, purpose=purpose, defaults={"created_at": now, "due_at": now}
    )
    if is_new:
        journal.write(container, Event.MAIL_QUEUED, actor=WORKER, now=now, purpose=purpose)
        jobs.enqueue("send_message", message.pk)


def drop_queued(container: VideoContainer) -> None:
    """Mails that nobody has begun to send are not sent any more."""
    container.messages.filter(state=State.QUEUED).delete()


def send(*, pk: int, now: datetime) -> None:
    """Send one queued mail. Does nothing where another worker has it or it is done."""
    claimed = OutgoingMessage.objects.due(now).filter(pk=pk)
    lease = now + timedelta(seconds=conf().JOB_LEASE_SECONDS)
    if not claimed.update(state=State.SENDING, due_at=lease, attempts=F("attempts") + 1):
        return
    message = OutgoingMessage.objects.select_related("container__order__brand").get(pk=pk)
    try:
        build_mail(message).send()
    except Exception as exc:
        log.warning("Mail %s could not be sent: %s", pk, type(exc).__name__)
        _failed(message, exc, now=now)
    else:
        _sent(message, now=now)


def build_mail(message: OutgoingMessage) -> EmailMultiAlternatives:
    """The mail in the order's language: text and HTML, from the brand's sender."""
    order = message.container.order
    to = order.receiver_email if message.purpose == Purpose.GIFT_READY else order.giver_email
    context = {"container": message.container, "order": order, "brand": order.brand}
    base = f"gifting/mail/{message.purpose}"
    with translation.override(order.page_language):
        subject = " ".join(render_to_string(f"{base}.subject.txt", context).split())
        text = render_to_string(f"{base}.txt", context)
        html = render_to_string(f"{base}.html", context)
    sender = order.brand.mail_sender or settings.DEFAULT_FROM_EMAIL
    mail = EmailMultiAlternatives(subject, text, sender, [to])
    mail.attach_alternative(html, "text/html")
    return mail


@transaction.atomic
def _sent(message: OutgoingMessage, *, now: datetime) -> None:
    OutgoingMessage.objects.filter(pk=message.pk).update(state=State.SENT, sent_at=now, last_error="")
    journal.write(message.container, Event.MAIL_SENT, actor=WORKER, now=now, purpose=message.purpose)


@transaction.atomic
def _failed(message: OutgoingMessage, exc: Exception, *, now: datetime) -> None:
    """Try again later, twice as late each time; after the last attempt it waits for staff."""
    final = message.attempts >= conf().JOB_MAX_ATTEMPTS
    OutgoingMessage.objects.filter(pk=message.pk, state__in=WAITING).update(
        state=State.FAILED if final else State.QUEUED,
        due_at=now + timedelta(minutes=2**message.attempts),
        last_error=type(exc).__name__,
    )
    if final:
        journal.write(message.container, Event.MAIL_FAILED, actor=WORKER, now=now, purpose=message.purpose)
