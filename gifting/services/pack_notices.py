"""The news for the shop that a gift was confirmed: queued with the confirmation, sent by the worker."""

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook

from gifting import names
from gifting.conf import conf
from gifting.errors import Locked, VendorError, VendorUnavailable
from gifting.http import Http
from gifting.models import GiftPack, PackNotice
from gifting.services import jobs

log = logging.getLogger(__name__)
State = PackNotice.State
Way = PackNotice.Way
EVENT = "gift_pack.confirmed"
ACCEPTED = (200, 201, 202, 204)
KILLED = "The worker was stopped while it sent this notice."


def queue(gift: GiftPack, *, now: datetime) -> None:
    """One notice for each way that the settings name; in the transaction that confirms the gift."""
    wanted = {Way.WEBHOOK: conf().GIFT_PACK_NOTICE_URL, Way.MAIL: conf().GIFT_PACK_NOTICE_MAIL}
    for way in filter(wanted.get, wanted):
        notice = PackNotice.objects.create(gift=gift, way=way, created_at=now, due_at=now)
        jobs.enqueue("send_pack_notice", notice.pk)


def send(*, pk: int, now: datetime) -> None:
    """Send one due notice. Does nothing where another worker has it.

    Killed after it was sent, it is sent again: with the same id, by which the receiver knows it.
    """
    notice = _claim(pk, now=now)
    if notice is None:
        return
    try:
        (_post if notice.way == Way.WEBHOOK else _mail)(notice, now=now)
    except Exception as exc:  # Every mail backend has errors of its own.
        log.warning("Notice %s of a gift pack could not be sent: %s", notice.pk, type(exc).__name__)
        _failed(notice, exc, now=now)
    else:
        PackNotice.objects.of_attempt(notice).update(state=State.SENT, sent_at=now, last_error="")


def retry(*, notice: PackNotice, now: datetime) -> None:
    """Staff send a failed notice again. Raises Locked for one that did not fail."""
    failed = PackNotice.objects.filter(pk=notice.pk, state=State.FAILED)
    if not failed.update(state=State.QUEUED, attempts=0, due_at=now, last_error=""):
        raise Locked("Only a notice that failed can be sent again.")
    jobs.enqueue("send_pack_notice", notice.pk)


def _claim(pk: int, *, now: datetime) -> PackNotice | None:
    due = PackNotice.objects.due(now).filter(pk=pk)
    if jobs.claim(due, state=State.SENDING, now=now):
        return PackNotice.objects.select_related("gift__pack", "gift__brand", "gift__order").get(pk=pk)
    due.update(state=State.FAILED, last_error=KILLED)
    return None


def _failed(notice: PackNotice, exc: Exception, *, now: datetime) -> None:
    """Try again later, twice as late each time or when the shop says; in the end it waits for staff."""
    again = jobs.next_try(notice.attempts, now=now)
    if again and isinstance(exc, VendorUnavailable) and exc.retry_after:
        again = max(again, now + timedelta(seconds=exc.retry_after))
    PackNotice.objects.of_attempt(notice).update(
        state=State.QUEUED if again else State.FAILED,
        due_at=again or now,
        last_error=exc.message if isinstance(exc, VendorError) else type(exc).__name__,
    )


def _post(notice: PackNotice, *, now: datetime) -> None:
    """By Standard Webhooks: the id stays the same for all attempts, time and signature are new."""
    address = urlsplit(conf().GIFT_PACK_NOTICE_URL)
    body, unique = json.dumps(event(notice.gift)), _unique(notice)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": unique,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(conf().GIFT_PACK_NOTICE_SECRET).sign(unique, now, body),
    }
    host = urlunsplit((address.scheme, address.netloc, "", "", ""))
    path = urlunsplit(("", "", address.path or "/", address.query, ""))
    Http(host).request("POST", path, data=body.encode(), headers=headers, ok=ACCEPTED)


def event(gift: GiftPack) -> dict[str, Any]:
    """What the webhook says, in the words of the API; times are ISO 8601 in UTC."""
    return {
        "type": EVENT,
        "timestamp": _time(gift.confirmed_at),
        "data": {
            "brand": gift.brand.slug,
            "packageId": gift.pack.number,
            "packageName": gift.pack.name,
            "sendUserId": gift.sender,
            "receiveUserId": gift.receiver,
            "sendDate": _time(gift.sent_at),
            "receiveDate": _time(gift.confirmed_at),
            "note": gift.note,
            "orderNumber": gift.order.number if gift.order else None,
        },
    }


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _mail(notice: PackNotice, *, now: datetime) -> None:
    context = {"gift": notice.gift, "brand": notice.gift.brand}
    EmailMessage(
        names.one_line(render_to_string("gifting/mail/pack_confirmed.subject.txt", context)),
        render_to_string("gifting/mail/pack_confirmed.txt", context),
        to=[conf().GIFT_PACK_NOTICE_MAIL],
        headers={"Message-ID": f"<{_unique(notice)}@giftcast>", "Auto-Submitted": "auto-generated"},
    ).send()


def _unique(notice: PackNotice) -> str:
    """The same for all attempts, and not to be guessed."""
    digest = salted_hmac("gifting.pack-notice", str(notice.pk), algorithm="sha256").hexdigest()
    return f"gp_{digest[:32]}"
