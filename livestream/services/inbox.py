"""What hosted accounts push: checked, stored once, answered; a job reads it afterwards."""

import hashlib
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from livestream.conf import conf
from livestream.errors import IllegalMove, LivestreamError
from livestream.models import WebhookReceipt
from livestream.services import accounts, jobs, mirror

log = logging.getLogger(__name__)
State = WebhookReceipt.State
PURGE_LIMIT = 1000
KILLED = "The worker was stopped while it read this push, each time that it tried."


def receive(*, alias: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Store a push that proves itself; the same one again changes nothing. Header names are lower case.

    Raises NotFound where nobody may push under this alias, or Unauthorized, both before anything is written.
    """
    accounts.listener(alias).check_push(headers=headers, body=body, now=now)
    receipt, is_new = WebhookReceipt.objects.get_or_create(
        account=alias,
        key=hashlib.sha256(body).hexdigest(),
        defaults={"body": body, "received_at": now, "due_at": now},
    )
    if is_new:
        jobs.enqueue("read_push", receipt.pk)


def process(*, pk: int, now: datetime) -> None:
    """Read one stored push. Does nothing where another worker has it or it is done."""
    due = WebhookReceipt.objects.due(now).filter(pk=pk)
    if not jobs.claim(due, state=State.PROCESSING, now=now):
        due.filter(attempts__gte=conf().JOB_MAX_ATTEMPTS).update(state=State.FAILED, last_error=KILLED)
        return
    receipt = WebhookReceipt.objects.get(pk=pk)
    try:
        if accounts.get_account(receipt.account).is_news(bytes(receipt.body)):
            mirror.look_again(alias=receipt.account, now=now)
    except Exception as exc:  # An account's own code, which any project can write.
        log.warning("Push %s of %s could not be read: %s", pk, receipt.account, type(exc).__name__)
        _failed(receipt, exc, now=now)
    else:
        WebhookReceipt.objects.of_attempt(receipt).update(state=State.DONE, last_error="")


def _failed(receipt: WebhookReceipt, exc: Exception, *, now: datetime) -> None:
    """Try again later, unless that cannot help."""
    is_said = isinstance(exc, LivestreamError)
    again = None if is_said else jobs.next_try(receipt.attempts, now=now)
    changes = {"state": State.STORED if again else State.FAILED, "due_at": again or now}
    problem = str(exc) if is_said else type(exc).__name__
    WebhookReceipt.objects.of_attempt(receipt).update(**changes, last_error=problem)


def retry(*, receipt: WebhookReceipt, now: datetime) -> None:
    """Staff have a push read again. Raises IllegalMove for one that did not fail."""
    failed = WebhookReceipt.objects.filter(pk=receipt.pk, state=State.FAILED)
    if not failed.update(state=State.STORED, attempts=0, due_at=now, last_error=""):
        raise IllegalMove("Only a push that failed can be read again.")
    jobs.enqueue("read_push", receipt.pk)


def purge(*, now: datetime) -> None:
    """Forget pushes after `RECEIPT_DAYS`, some at a time."""
    before = now - timedelta(days=conf().RECEIPT_DAYS)
    old = WebhookReceipt.objects.filter(received_at__lt=before).order_by("received_at")
    WebhookReceipt.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:PURGE_LIMIT])).delete()
