"""A message that should not be seen: hidden with a reason until somebody shows it again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from gifting.dto import Actor
from gifting.errors import Locked
from gifting.models import JournalEntry, VideoContainer
from gifting.services import containers, hosting, journal, messages

Event = JournalEntry.Event


@transaction.atomic
def hide(*, container: VideoContainer, reason: str, actor: Actor, now: datetime) -> None:
    """Take the message out of sight: the link shows a neutral page, and the receiver's mail waits.

    Raises Invalid without a reason of 1 to 200 characters; Locked for a gift that is closed, empty or hidden.
    """
    reason = journal.reason(reason)
    container = _lock(container)
    if container.hidden_at:
        raise Locked(_("This message is hidden already."))
    if not container.has_message:
        raise Locked(_("There is nothing to hide: nothing has been recorded yet."))
    container.hidden_at, container.hidden_reason = now, reason
    container.save(update_fields=["hidden_at", "hidden_reason"])
    messages.stop_gift(container)
    journal.write(container, Event.HIDDEN, actor=actor, now=now, reason=reason)


@transaction.atomic
def show(*, container: VideoContainer, actor: Actor, now: datetime) -> None:
    """The same link shows the message again, and the receiver's mail goes on. Raises Locked."""
    container = _lock(container)
    if not container.hidden_at:
        raise Locked(_("This message is not hidden."))
    container.hidden_at, container.hidden_reason = None, ""
    container.save(update_fields=["hidden_at", "hidden_reason"])
    messages.release_gift(container, now=now)
    journal.write(container, Event.SHOWN, actor=actor, now=now)


def _lock(container: VideoContainer) -> VideoContainer:
    container = containers.lock(container)
    containers.refuse_closed(container)
    hosting.refuse_hosted(container)
    return container
