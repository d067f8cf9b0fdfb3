"""What happens when a parcel arrives (contract A, email on delivery)."""

from datetime import datetime

from django.db import transaction

from gifting.dto import Actor
from gifting.models import JournalEntry, Shipment, VideoContainer
from gifting.services import containers, journal, messages

State = VideoContainer.State


@transaction.atomic
def confirm_delivery(*, shipment: Shipment, actor: Actor, now: datetime) -> bool:
    """The parcel arrived. False where the gift was delivered before, is switched off, or lives in an account.

    The first delivered parcel activates the gift and mails the receiver, or the giver if there is no message.
    """
    container = containers.lock(shipment.order.container)
    Shipment.objects.filter(pk=shipment.pk, delivered_at__isnull=True).update(
        status=Shipment.Status.DELIVERED, state=Shipment.State.DONE, delivered_at=now
    )
    if container.is_hosted or container.state in containers.CLOSED or container.state == State.DELIVERED:
        return False
    containers.activate(container=container, actor=actor, now=now)
    container = containers.lock(container)
    container.move_to(State.DELIVERED)
    container.delivered_at = now
    container.save(update_fields=["state", "delivered_at"])
    journal.write(container, JournalEntry.Event.DELIVERED, actor=actor, now=now)
    _mail(container, now=now)
    return True


def _mail(container: VideoContainer, *, now: datetime) -> None:
    if container.has_message:
        messages.queue_gift(container, now=now)
    else:
        messages.queue_reminder(container, now=now)
