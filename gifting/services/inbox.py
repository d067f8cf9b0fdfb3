"""What carriers push: checked, stored once, answered; a job reads it afterwards."""

import logging
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from gifting.carriers.base import Push
from gifting.conf import conf
from gifting.dto import Actor
from gifting.errors import GiftingError, Locked
from gifting.models import TrackingEvent, WebhookReceipt
from gifting.services import carriers, jobs, tracking

log = logging.getLogger(__name__)
State = WebhookReceipt.State
PURGE_LIMIT = 1000
STORE = """
INSERT INTO gifting_webhookreceipt
    (source, key, body, received_at, due_at, state, outcome, last_error, attempts)
VALUES (%s, %s, %s, %s, %s, 'queued', '', '', 0)
ON CONFLICT DO NOTHING RETURNING id"""
KILLED = "The worker was stopped while it read this push, each time that it tried."


def receive(*, alias: str, push: Push, now: datetime) -> None:
    """Store a push that proves itself; the same event again changes nothing.

    Raises NotFound where nobody may push under this alias, Unauthorized or Invalid, all before anything is
    written.
    """
    key = carriers.listener(alias).check_push(push, now=now)
    if pk := _store(alias, key, push.body, now=now):
        jobs.enqueue("process_receipt", pk)


def _store(alias: str, key: str, body: bytes, *, now: datetime) -> int | None:
    """The key of the new row; None where the event is known.

    Three statements less than `bulk_create` needs, which does not tell either whether the row is new.
    """
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(STORE, [alias, key, body, at, at])
        row = cursor.fetchone()
    return row[0] if row else None


def process(*, pk: int, now: datetime) -> None:
    """Read one stored push. Does nothing where another worker has it or it is done."""
    due = WebhookReceipt.objects.due(now).filter(pk=pk)
    if not jobs.claim(due, state=State.PROCESSING, now=now):
        due.filter(attempts__gte=conf().JOB_MAX_ATTEMPTS).update(state=State.FAILED, last_error=KILLED)
        return
    receipt = WebhookReceipt.objects.get(pk=pk)
    try:
        outcome = _read(receipt, now=now)
    except Exception as exc:  # A carrier's own code, which any project can write.
        log.warning("Push %s from %s could not be read: %s", pk, receipt.source, type(exc).__name__)
        _failed(receipt, exc, now=now)
    else:
        mine = WebhookReceipt.objects.of_attempt(receipt)
        mine.update(state=State.DONE, outcome=outcome, last_error="")


def _read(receipt: WebhookReceipt, *, now: datetime) -> str:
    """What came of it, in words."""
    carrier, body = carriers.get_carrier(receipt.source), bytes(receipt.body)
    if carrier.shake_hands(body):
        return "The subscription was confirmed."
    news = carrier.read_push(body)
    if not news:
        return "It said nothing of a parcel."
    parcels = tracking.take_news(news=news, source=receipt.source, now=now)
    return f"Parcels with this code: {parcels}." if parcels else "No parcel here has this code yet."


def _failed(receipt: WebhookReceipt, exc: Exception, *, now: datetime) -> None:
    """Try again later, unless that cannot help; then it waits for staff."""
    may_help = getattr(exc, "retryable", not isinstance(exc, GiftingError))
    again = jobs.next_try(receipt.attempts, now=now) if may_help else None
    problem = exc.message if isinstance(exc, GiftingError) else type(exc).__name__
    changes = {"state": State.QUEUED if again else State.FAILED, "due_at": again or now}
    WebhookReceipt.objects.of_attempt(receipt).update(**changes, last_error=problem)


def retry(*, receipt: WebhookReceipt, actor: Actor, now: datetime) -> None:
    """Staff have a push read again. Raises Locked for one that did not fail."""
    failed = WebhookReceipt.objects.filter(pk=receipt.pk, state=State.FAILED)
    if not failed.update(state=State.QUEUED, attempts=0, due_at=now, last_error=""):
        raise Locked(_("Only a push that failed can be read again."))
    jobs.enqueue("process_receipt", receipt.pk)


def purge(*, now: datetime) -> None:
    """Forget pushes and news under codes after `RECEIPT_DAYS`, some at a time; parcels keep their copies."""
    before = now - timedelta(days=conf().RECEIPT_DAYS)
    old = WebhookReceipt.objects.filter(received_at__lt=before).order_by("received_at")
    WebhookReceipt.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:PURGE_LIMIT])).delete()
    unclaimed = TrackingEvent.objects.filter(shipment=None, received_at__lt=before).order_by("received_at")
    TrackingEvent.objects.filter(pk__in=list(unclaimed.values_list("pk", flat=True)[:PURGE_LIMIT])).delete()
