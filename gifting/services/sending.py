"""What staff decide about the receiver's mail: wait, now, on a date, elsewhere, once more, not at all."""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gifting.dto import Actor
from gifting.errors import Invalid, Locked
from gifting.models import JournalEntry, OutgoingMessage, VideoContainer
from gifting.services import containers, hosting, jobs, journal, messages, orders, wanted

Event = JournalEntry.Event
Purpose = OutgoingMessage.Purpose
State = OutgoingMessage.State
RECALL = gettext_lazy("The receiver's mail was sent or failed already. Recall the gift to close its link.")
SEND_AGAIN = gettext_lazy("The receiver's mail was sent or failed already. Send it again instead.")
RESENDABLE = (State.SENT, State.FAILED, State.UNSURE, State.BOUNCED)


@transaction.atomic
def hold(*, container: VideoContainer, actor: Actor, now: datetime) -> None:
    """The receiver's mail waits until `release`. Raises Invalid without a receiver, Locked if it has left."""
    container = _lock(container)
    if container.held_at:
        raise Locked(_("This gift is on hold already."))
    _refuse_without_receiver(container)
    _refuse_if_left(container, RECALL)
    container.held_at = now
    container.save(update_fields=["held_at"])
    messages.stop_gift(container)
    journal.write(container, Event.HELD, actor=actor, now=now)


@transaction.atomic
def release(*, container: VideoContainer, actor: Actor, now: datetime) -> None:
    """End a hold: what waited is sent now, or on its date. Raises Locked where nothing is on hold."""
    container = _lock(container)
    if not container.held_at:
        raise Locked(_("This gift is not on hold."))
    container.held_at = None
    container.save(update_fields=["held_at"])
    messages.release_gift(container, now=now)
    journal.write(container, Event.RELEASED, actor=actor, now=now)


@transaction.atomic
def send_now(*, container: VideoContainer, actor: Actor, now: datetime) -> None:
    """Activate the gift and mail its receiver, wherever the parcel is; its arrival then mails nobody again.

    Raises Invalid without a receiver or a message, Locked where the mail has left or the gift is withdrawn.
    """
    container = _lock(container)
    _refuse_withdrawn(container)
    _refuse_unsendable(container)
    _refuse_if_left(container, SEND_AGAIN)
    container.held_at, container.send_at = None, now
    container.save(update_fields=["held_at", "send_at"])
    containers.activate(container=container, actor=actor, now=now)
    _set_due(container, now=now)
    journal.write(container, Event.SCHEDULED, actor=actor, now=now, at_once=True)


@transaction.atomic
def send_on(*, container: VideoContainer, when: datetime | None, actor: Actor, now: datetime) -> None:
    """The receiver's mail leaves on this date, not before and whatever the carrier says; None: no date.

    The gift is activated then. Where nothing is recorded by then, the mail follows as soon as it is.
    Raises Invalid for a date that has passed or without a receiver's address, Locked where the mail has left.
    """
    if when is not None and when <= now:
        raise Invalid(
            _("This date has passed. Choose a later one."), fields={"when": "Must be in the future."}
        )
    container = _lock(container)
    _refuse_if_left(container, SEND_AGAIN)
    if when is not None:
        _refuse_without_receiver(container)
    container.send_at = when
    container.save(update_fields=["send_at"])
    _set_due(container, now=now)
    journal.write(container, Event.SCHEDULED, actor=actor, now=now, at=when.isoformat() if when else "")


@transaction.atomic
def correct_address(*, container: VideoContainer, address: str, actor: Actor, now: datetime) -> None:
    """From now on the receiver is mailed here, also by a mail that waits. Raises Invalid, Locked."""
    orders.raise_problems({"receiverEmail": orders.email_problem(address)})
    changes = {"receiverEmail": address}
    containers.change_container(container=container, changes=changes, actor=actor, now=now)


@transaction.atomic
def resend(
    *, message: OutgoingMessage, actor: Actor, now: datetime, address: str = "", may_reopen: bool = False
) -> None:
    """Send a mail once more that was sent or perhaps sent, failed or came back; if given, to another address.

    A recalled gift gets a new link, where the actor `may_reopen` it, and the old one stays closed. Raises
    Invalid for a bad address, Locked where the mail is on its way, recalled, or no longer makes sense.
    """
    container = containers.lock(message.container)
    containers.refuse_closed(container)
    if address:
        _refuse_if_givers(message)
        correct_address(container=container, address=address, actor=actor, now=now)
    message = _left(message)
    if message.purpose == Purpose.GIFT_READY:
        _open_again(message.container, may_reopen=may_reopen)
    if not wanted.is_wanted(message):
        raise Locked(_("This mail would say nothing that still holds, so it is not sent again."))
    changes = {"due_at": now, "handed_at": None, "last_error": "", "attempts": 0, "resends": F("resends") + 1}
    OutgoingMessage.objects.filter(pk=message.pk).update(state=State.QUEUED, **changes)
    journal.write(container, Event.MAIL_QUEUED, actor=actor, now=now, purpose=message.purpose)
    jobs.enqueue("send_message", message.pk)


@transaction.atomic
def confirm_sent(*, message: OutgoingMessage, actor: Actor, now: datetime) -> None:
    """Somebody knows that a mail arrived that was "perhaps sent". Raises Locked for any other."""
    container = containers.lock(message.container)
    unsure = OutgoingMessage.objects.filter(pk=message.pk, state=State.UNSURE)
    if not unsure.update(state=State.SENT, sent_at=F("handed_at"), last_error=""):
        raise Locked(_("Only a mail that was perhaps sent can be confirmed."))
    journal.write(container, Event.MAIL_SENT, actor=actor, now=now, purpose=message.purpose)


@transaction.atomic
def recall(*, container: VideoContainer, actor: Actor, now: datetime) -> None:
    """Close the receiver's link: a neutral page, and what waits is not sent. Raises Locked."""
    container = _lock(container)
    if container.recalled_at:
        raise Locked(_("This gift has been recalled already."))
    container.recalled_at = now
    container.save(update_fields=["recalled_at"])
    messages.drop_waiting(container, Purpose.GIFT_READY, Purpose.WARNING_RECEIVER)
    journal.write(container, Event.RECALLED, actor=actor, now=now)


@transaction.atomic
def restore(*, container: VideoContainer, actor: Actor, now: datetime) -> None:
    """Undo a recall: the same link opens again, and the mail that was taken back goes out. Raises Locked."""
    container = _lock(container)
    if not container.recalled_at:
        raise Locked(_("This gift was not recalled."))
    container.recalled_at = None
    container.save(update_fields=["recalled_at"])
    messages.queue_gift(container, now=now)
    if container.state == VideoContainer.State.DELIVERED and not container.has_message:
        messages.queue_reminder(container, now=now)
    journal.write(container, Event.SHOWN, actor=actor, now=now, recall=True)


@transaction.atomic
def invite(*, container: VideoContainer, actor: Actor, now: datetime) -> None:
    """Mail the giver the recording link, also once more. Raises Locked where nothing is left to record."""
    container = _lock(container)
    if not wanted.is_wanted(OutgoingMessage(container=container, purpose=Purpose.INVITATION)):
        raise Locked(_("The giver has recorded already, or a video is being prepared."))
    if earlier := container.messages.filter(purpose=Purpose.INVITATION).first():
        resend(message=earlier, actor=actor, now=now)
    else:
        messages.queue(container, Purpose.INVITATION, now=now, actor=actor)


def _lock(container: VideoContainer) -> VideoContainer:
    """The gift, held. Raises Locked for one that is closed, or that lives in a hosted account."""
    container = containers.lock(container)
    containers.refuse_closed(container)
    hosting.refuse_hosted(container)
    return container


def _set_due(container: VideoContainer, *, now: datetime) -> None:
    """Bring the receiver's mail in line with the date; without date and delivery there is none."""
    if wanted.is_expected(container):
        messages.queue_gift(container, now=now)
        messages.release_gift(container, now=now)
    else:
        messages.drop_waiting(container, Purpose.GIFT_READY)


def _refuse_if_left(container: VideoContainer, words: Promise) -> None:
    """Raises Locked where the receiver's mail was handed over, or ended without being sent."""
    mail = container.messages.filter(purpose=Purpose.GIFT_READY).first()
    if mail and (mail.handed_at or mail.state in RESENDABLE):
        raise Locked(str(words))


def _refuse_withdrawn(container: VideoContainer) -> None:
    if container.recalled_at:
        raise Locked(_("This gift was recalled. Undo the recall first."))
    if container.hidden_at:
        raise Locked(_("This message is hidden. Show it again first."))


def _refuse_unsendable(container: VideoContainer) -> None:
    _refuse_without_receiver(container)
    if not container.has_message:
        raise Invalid(_("Nothing has been recorded yet, so there is nothing to send."))


def _refuse_without_receiver(container: VideoContainer) -> None:
    if not container.order.receiver_email:
        words = _("This order has no mail address of the receiver. Add it first.")
        raise Invalid(words, fields={"receiverEmail": "Must be a mail address."})


def _refuse_if_givers(message: OutgoingMessage) -> None:
    if message.purpose not in (Purpose.GIFT_READY, Purpose.WARNING_RECEIVER):
        raise Invalid(_("Only the receiver's address can be corrected here."))


def _left(message: OutgoingMessage) -> OutgoingMessage:
    """The mail as it is now. Raises Locked for one that is still on its way."""
    rows = OutgoingMessage.objects.select_related("container__order__brand", "container__hosted")
    found = rows.filter(pk=message.pk, state__in=RESENDABLE).first()
    if found is None:
        raise Locked(_("This mail is still on its way; it cannot be sent again yet."))
    return found


def _open_again(container: VideoContainer, *, may_reopen: bool) -> None:
    """A gift that was recalled comes back under a new link. Raises Locked for one that is to stay closed."""
    if container.hidden_at or container.held_at:
        raise Locked(_("This message is hidden or on hold. Show or release it first."))
    if container.recalled_at and not may_reopen:
        raise Locked(_("This gift was recalled. Undo the recall first."))
    if container.recalled_at:
        container.watch_token, container.recalled_at = secrets.token_urlsafe(18), None
        container.save(update_fields=["watch_token", "recalled_at"])
