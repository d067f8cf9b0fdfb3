"""The first play of a message: told by the receiver's page itself, to nobody but this site."""

from datetime import datetime

from django.db import transaction

from gifting.dto import Actor, ActorKind
from gifting.models import JournalEntry, OutgoingMessage, VideoContainer
from gifting.models.containers import LIVE
from gifting.services import journal, messages

RECEIVER = Actor(ActorKind.RECEIVER)


@transaction.atomic
def mark_seen(*, container: VideoContainer, now: datetime) -> bool:
    """The message was played for the first time. False where it had been, or cannot be seen now.

    The giver is told once, if the brand wants it. Of several that come at once, one counts.
    """
    visible = VideoContainer.objects.filter(state__in=LIVE, recalled_at=None, hidden_at=None)
    first = visible.filter(pk=container.pk, seen_at=None, recorded_at__isnull=False)
    if not first.update(seen_at=now):
        return False
    journal.write(container, JournalEntry.Event.SEEN, actor=RECEIVER, now=now)
    if container.order.brand.tell_when_seen:
        messages.queue(container, OutgoingMessage.Purpose.SEEN, now=now)
    return True
