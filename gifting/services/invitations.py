"""Capture by mail: the giver gets the recording link with the order, and one reminder."""

from datetime import datetime, timedelta

from gifting.conf import conf
from gifting.models import Brand, OutgoingMessage, VideoContainer
from gifting.services import messages

Purpose = OutgoingMessage.Purpose


def invite(container: VideoContainer, *, now: datetime) -> None:
    """Mail the giver of a new gift, where its brand asks by mail. In the transaction that makes the order.

    Whether a mail still makes sense is asked when it is due: see `wanted`.
    """
    if container.order.brand.capture != Brand.Capture.EMAIL:
        return
    later = now + timedelta(hours=conf().INVITATION_REMINDER_HOURS)
    messages.queue(container, Purpose.INVITATION, now=now)
    messages.queue(container, Purpose.INVITATION_REMINDER, now=now, due_at=later)
