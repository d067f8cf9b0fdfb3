"""Mails that come back: what the mail service tells later, through django-anymail where it is installed."""

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from gifting.dto import Actor, ActorKind
from gifting.models import JournalEntry, OutgoingMessage
from gifting.services import journal, messages

State = OutgoingMessage.State
TROUBLE = frozenset({"bounced", "rejected", "complained", "failed"})
LEFT = (State.QUEUED, State.SENDING, State.SENT, State.UNSURE, State.FAILED)
NUMBER = re.compile(r"[0-9]{1,18}")
MAIL_SERVICE = Actor(ActorKind.WORKER, "mail service")


@transaction.atomic
def take(*, message_pk: int, kind: str, now: datetime, resends: int = 0) -> bool:
    """A mail came back; `kind` is Anymail's word. False where that was known, is no trouble, or not ours.

    News of an earlier copy (`resends`) does not count: staff have sent another since, perhaps elsewhere.
    """
    message = OutgoingMessage.objects.select_related("container").filter(pk=message_pk).first()
    if message is None or kind not in TROUBLE:
        return False
    messages.hold_gift(message)
    left = OutgoingMessage.objects.filter(pk=message_pk, resends=resends, state__in=LEFT)
    if not left.update(state=State.BOUNCED, last_error=f"The mail service says: {kind}."):
        return False
    facts = {"purpose": message.purpose, "kind": kind}
    journal.write(message.container, JournalEntry.Event.MAIL_BOUNCED, actor=MAIL_SERVICE, now=now, **facts)
    return True


def heard(sender: object, *, event: Any, **kwargs: object) -> None:
    """Receives Anymail's `tracking` signal. What is about other mails of the site passes by."""
    told = event.metadata or {}
    pk, resends = str(told.get("gifting_message", "")), str(told.get("gifting_resends", "0"))
    if NUMBER.fullmatch(pk) and NUMBER.fullmatch(resends):
        take(message_pk=int(pk), kind=str(event.event_type), now=timezone.now(), resends=int(resends))
