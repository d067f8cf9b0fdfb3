"""What the receiver's mail waits for, in one sentence: nothing is silent."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gifting.models import OutgoingMessage, Shipment, VideoContainer
from gifting.services.containers import CLOSED

State = OutgoingMessage.State


def waits_for(container: VideoContainer, mail: OutgoingMessage | None, parcels: list[Shipment]) -> str:
    """The gift with its order, the receiver's mail where there is one, and the order's parcels."""
    if container.state in CLOSED:
        return _("No mail is sent any more.")
    if container.is_hosted:
        return _("The account %(account)s sends the mails of this gift.") % {
            "account": container.hosted.backend
        }
    if not container.order.receiver_email:
        return _(
            "Nobody is mailed: there is no address of the receiver. The code on the card opens the message."
        )
    return _left(mail) or _stopped(container) or _next(container, mail, parcels)


def _left(mail: OutgoingMessage | None) -> str:
    """A mail that has left, or that needs a person."""
    if mail is None:
        return ""
    if mail.state == State.SENT and mail.sent_at:
        return _dated(_("The receiver was mailed on %(date)s."), mail.sent_at)
    known = {
        State.FAILED: _("The receiver's mail could not be sent."),
        State.BOUNCED: _("The receiver's mail came back."),
        State.UNSURE: _("The receiver's mail was perhaps sent."),
    }
    return known.get(State(mail.state), "")


def _stopped(container: VideoContainer) -> str:
    if container.recalled_at:
        return _("The gift is recalled: the receiver is not mailed.")
    if container.hidden_at:
        return _("The message is hidden: the receiver's mail waits until it is shown again.")
    if container.held_at:
        return _dated(
            _("On hold since %(date)s: the receiver's mail waits until the hold ends."), container.held_at
        )
    return ""


def _next(container: VideoContainer, mail: OutgoingMessage | None, parcels: list[Shipment]) -> str:
    if mail is not None:
        return _dated(_("The receiver's mail is due on %(date)s."), mail.due_at)
    if not container.has_message:
        return _("The receiver's mail waits for the giver's message.")
    if container.send_at:
        return _dated(_("The receiver is mailed on %(date)s."), container.send_at)
    return _parcels(parcels)


def _parcels(parcels: list[Shipment]) -> str:
    """One that came back arrives nowhere any more."""
    if not parcels:
        return _("The receiver's mail waits for a parcel: none is known yet.")
    if coming := [parcel for parcel in parcels if parcel.status != Shipment.Status.RETURNED]:
        words = _("The receiver's mail waits for the parcel %(parcel)s to arrive.")
    else:
        words = _("The receiver's mail waits for another parcel: %(parcel)s came back.")
    return words % {"parcel": ", ".join(map(name_parcel, coming or parcels))}


def name_parcel(parcel: Shipment) -> str:
    """`UPS 1Z999`, with the carrier's name as people write it."""
    return f"{parcel.get_carrier_display()} {parcel.code}".strip()


def _dated(words: str, at: datetime) -> str:
    """The sentence with its `%(date)s`; a time that ends in a full stop, as `p.m.` does, ends it."""
    sentence = words % {"date": date_format(localtime(at), "SHORT_DATETIME_FORMAT")}
    return sentence[:-1] if sentence.endswith("..") else sentence
