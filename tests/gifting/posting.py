"""Small words for the stories of mails: a parcel arrives, staff do something, the worker works."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.core import mail
from django.utils import timezone

from gifting.admin.timeline import tell
from gifting.dto import Actor, ActorKind
from gifting.models import JournalEntry, OutgoingMessage, Shipment, VideoContainer
from gifting.services import deliveries, messages

STAFF = Actor(ActorKind.STAFF, "maria")
CARRIER = Actor(ActorKind.CARRIER, "ups")
BIRTHDAY = datetime(2100, 5, 17, 9, tzinfo=UTC)
Gift = VideoContainer


def deliver(gift: Gift, *, code: str = "1Z") -> None:
    parcel = Shipment.objects.create(order=gift.order, code=code, created_at=timezone.now())
    deliveries.confirm_delivery(shipment=parcel, actor=CARRIER, now=timezone.now())


def do(verb: Callable[..., None], gift: Gift | None = None, **facts: Any) -> None:
    """`verb` by Maria, now."""
    facts = facts if gift is None else {"container": gift, **facts}
    verb(**facts, actor=STAFF, now=timezone.now())


def work(*, at: datetime | None = None) -> None:
    """What the worker does with all that is due."""
    now = at or timezone.now()
    for pk in list(OutgoingMessage.objects.due(now).values_list("pk", flat=True)):
        messages.send(pk=pk, now=now)


def mailed() -> list[str]:
    return [address for one in mail.outbox for address in one.to]


def the_mail() -> OutgoingMessage:
    return OutgoingMessage.objects.get(purpose="gift_ready")


def fresh(gift: Gift) -> Gift:
    return Gift.objects.get(pk=gift.pk)


def story(gift: Gift) -> list[str]:
    return list(JournalEntry.objects.filter(container=gift).values_list("event", flat=True))


def words(gift: Gift) -> str:
    """The last line of the history that staff read."""
    return tell(JournalEntry.objects.filter(container=gift).order_by("-pk")[0]).what


def ended(gift: Gift, state: str) -> OutgoingMessage:
    """The gift's mail, left in this state."""
    deliver(gift)
    OutgoingMessage.objects.update(state=state, attempts=5, last_error="Oh", handed_at=timezone.now())
    return the_mail()
