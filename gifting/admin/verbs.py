"""What staff can do to a gift, one verb each: its words, who may, when it makes sense, what does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gifting.admin import verb_forms as ask
from gifting.carriers.guess import guess
from gifting.dto import Actor
from gifting.models import Order, OutgoingMessage, Recording, Shipment, VendorCall, VideoContainer
from gifting.services import (
    containers,
    moderation,
    recordings,
    retention,
    sending,
    shipments,
    tracking,
    vendor_calls,
)

CHANGE, SEND = "gifting.change_order", "gifting.send_container"
MODERATE, ERASE = "gifting.moderate_container", "gifting.erase_person"
GIFT_READY = OutgoingMessage.Purpose.GIFT_READY


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A verb at work: on an order, perhaps on one of its rows, with what the form said.

    `may` says whether the person has a permission.
    """

    order: Order
    row: Any
    said: dict[str, Any]
    actor: Actor
    now: datetime
    may: Callable[[str], bool]

    @property
    def who(self) -> dict[str, Any]:
        return {"actor": self.actor, "now": self.now}

    @property
    def gift(self) -> dict[str, Any]:
        return {"container": self.order.container, **self.who}


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides which verbs make sense: the gift, and the receiver's mail where there is one."""

    container: VideoContainer
    mail: OutgoingMessage | None

    @property
    def is_open(self) -> bool:
        return self.container.state not in containers.CLOSED

    @property
    def is_ours(self) -> bool:
        """Of a gift in a hosted account only the account can do these things."""
        return self.is_open and not self.container.is_hosted

    @property
    def can_be_sent(self) -> bool:
        """Is there a receiver whom nobody has mailed yet?"""
        has_left = self.mail and (self.mail.handed_at or self.mail.state in sending.RESENDABLE)
        return self.is_ours and not has_left and bool(self.container.order.receiver_email)


def _always(now: Situation) -> bool:
    return now.is_open


def _whatever(row: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """`label` is on the button, `done` is told afterwards. With a `question` or a `form` it asks first.

    `about` is the model of the row that it is done to; without one, or `also_alone`, it is done to the gift.
    `asks_if` says of which rows it asks.
    """

    label: Promise
    done: Promise
    run: Callable[[Deed], object]
    permission: str = CHANGE
    fits: Callable[[Situation], bool] = _always
    about: type[Model] | None = None
    also_alone: bool = False
    question: Promise | None = None
    asks_if: Callable[[Any], bool] = _whatever
    form: type[ask.VerbForm] | None = None
    is_danger: bool = False

    def is_about(self, row: Any) -> bool:
        """Does the verb's address name this row?"""
        return self.about is not None and isinstance(row, self.about)

    def asks(self, row: Any) -> bool:
        """Is there a question before it is done to this row?"""
        return self.question is not None and self.asks_if(row)


def _correct(deed: Deed) -> None:
    """One that waits goes to the right address; one that left goes out again, by whoever may do that."""
    left = deed.order.container.messages.filter(purpose=GIFT_READY, state__in=sending.RESENDABLE)
    mail = deed.row or left.first()
    if mail and _may_resend(deed):
        _resend(deed, mail, address=deed.said["address"])
    else:
        sending.correct_address(address=deed.said["address"], **deed.gift)


def _may_resend(deed: Deed) -> bool:
    """To send again what was recalled is to undo the recall."""
    return deed.may(SEND) and (deed.order.container.recalled_at is None or deed.may(MODERATE))


def _resend(deed: Deed, mail: OutgoingMessage, *, address: str = "") -> None:
    sending.resend(message=mail, address=address, may_reopen=deed.may(MODERATE), **deed.who)


SENDING: dict[str, Verb] = {
    "send_now": Verb(
        label=_("Send now"),
        question=_("The gift is activated and its receiver gets the mail at once, wherever the parcel is."),
        done=_("The receiver's mail is on its way."),
        permission=SEND,
        fits=lambda now: now.can_be_sent and now.container.has_message and not now.container.is_withdrawn,
        run=lambda deed: sending.send_now(**deed.gift),
    ),
    "send_on": Verb(
        label=_("Send on a date"),
        question=_("The receiver is mailed on this date, not before it, and whatever the carrier says."),
        done=_("The receiver is mailed on this date."),
        permission=SEND,
        form=ask.DateForm,
        fits=lambda now: now.can_be_sent,
        run=lambda deed: sending.send_on(when=deed.said["when"], **deed.gift),
    ),
    "unschedule": Verb(
        label=_("Forget the date"),
        done=_("The receiver is mailed when the parcel arrives."),
        permission=SEND,
        fits=lambda now: now.can_be_sent and now.container.send_at is not None,
        run=lambda deed: sending.send_on(when=None, **deed.gift),
    ),
    "hold": Verb(
        label=_("Hold"),
        done=_("The receiver's mail waits until you end the hold."),
        permission=SEND,
        fits=lambda now: now.can_be_sent and not now.container.held_at,
        run=lambda deed: sending.hold(**deed.gift),
    ),
    "release": Verb(
        label=_("End the hold"),
        done=_("The hold has ended."),
        permission=SEND,
        fits=lambda now: now.is_ours and now.container.held_at is not None,
        run=lambda deed: sending.release(**deed.gift),
    ),
    "address": Verb(
        label=_("Correct the address"),
        question=_(
            "A mail that waits goes to this address. One that has left is sent again, if you may send mails."
        ),
        done=_("The address is corrected."),
        about=OutgoingMessage,
        also_alone=True,
        form=ask.AddressForm,
        run=_correct,
    ),
    "invite": Verb(
        label=_("Mail the recording link"),
        done=_("The giver gets the recording link by mail."),
        permission=SEND,
        fits=lambda now: now.is_ours and not (now.container.has_message or now.container.recalled_at),
        run=lambda deed: sending.invite(**deed.gift),
    ),
    "resend": Verb(
        label=_("Send again"),
        question=_("Perhaps this mail was sent already; then it arrives twice."),
        asks_if=lambda mail: mail.state == mail.State.UNSURE,
        done=_("The mail is being sent again. Reload this page in a minute."),
        permission=SEND,
        about=OutgoingMessage,
        run=lambda deed: _resend(deed, deed.row),
    ),
    "confirm_sent": Verb(
        label=_("It arrived"),
        done=_("The mail counts as sent."),
        permission=SEND,
        about=OutgoingMessage,
        run=lambda deed: sending.confirm_sent(message=deed.row, **deed.who),
    ),
}
PARCELS: dict[str, Verb] = {
    "add_parcel": Verb(
        label=_("Add a parcel"),
        question=_("The first parcel that arrives delivers the gift."),
        done=_("The parcel is added."),
        form=ask.ParcelForm,
        run=lambda deed: shipments.add(**deed.said, **deed.gift),
    ),
    "change_parcel": Verb(
        label=_("Change the parcel"),
        question=_("Another code or carrier starts the tracking anew."),
        done=_("The parcel is changed."),
        about=Shipment,
        form=ask.ParcelForm,
        run=lambda deed: shipments.change(shipment=deed.row, **deed.said, **deed.who),
    ),
    "guessed": Verb(
        label=_("It is %(carrier)s"),
        done=_("The carrier is changed."),
        about=Shipment,
        run=lambda deed: shipments.change(
            shipment=deed.row, code=deed.row.code, carrier=guess(deed.row.code), **deed.who
        ),
    ),
    "remove_parcel": Verb(
        label=_("Remove the parcel"),
        question=_("The parcel and its news are removed from this order."),
        done=_("The parcel is removed."),
        about=Shipment,
        is_danger=True,
        run=lambda deed: shipments.remove(shipment=deed.row, **deed.who),
    ),
    "delivered": Verb(
        label=_("It arrived"),
        question=_(
            "The parcel is marked as delivered. The gift is activated, and its receiver is mailed; "
            "where nothing is recorded, the giver is reminded instead."
        ),
        done=_("The parcel is marked as delivered."),
        about=Shipment,
        run=lambda deed: shipments.deliver_by_hand(shipment=deed.row, **deed.who),
    ),
    "ask": Verb(
        label=_("Ask the carrier"),
        done=_("The carrier is being asked. Reload this page in a minute."),
        about=Shipment,
        run=lambda deed: tracking.ask_again(shipment=deed.row, **deed.who),
    ),
}
MESSAGE: dict[str, Verb] = {
    "retry": Verb(
        label=_("Prepare again"),
        done=_("The video is being prepared again. Reload this page in a minute."),
        about=Recording,
        run=lambda deed: recordings.retry(recording=deed.row, **deed.who),
    ),
    "hide": Verb(
        label=_("Hide the message"),
        question=_("The link shows a neutral page, and the receiver's mail waits, until you show it again."),
        done=_("The message is hidden."),
        permission=MODERATE,
        form=ask.ReasonForm,
        is_danger=True,
        fits=lambda now: now.is_ours and now.container.has_message and not now.container.hidden_at,
        run=lambda deed: moderation.hide(reason=deed.said["reason"], **deed.gift),
    ),
    "show": Verb(
        label=_("Show it again"),
        done=_("The message is shown again."),
        permission=MODERATE,
        fits=lambda now: now.is_ours and now.container.hidden_at is not None,
        run=lambda deed: moderation.show(**deed.gift),
    ),
    "recall": Verb(
        label=_("Recall the gift"),
        question=_("The receiver's link shows a neutral page, and mails that wait are not sent."),
        done=_("The gift is recalled. Its link shows a neutral page."),
        permission=MODERATE,
        is_danger=True,
        fits=lambda now: now.is_ours and not now.container.recalled_at,
        run=lambda deed: sending.recall(**deed.gift),
    ),
    "restore": Verb(
        label=_("Undo the recall"),
        done=_("The link opens again."),
        permission=MODERATE,
        fits=lambda now: now.is_ours and now.container.recalled_at is not None,
        run=lambda deed: sending.restore(**deed.gift),
    ),
}
ACCOUNT: dict[str, Verb] = {
    "retry_call": Verb(
        label=_("Try again"),
        done=_("The account is being called again. Reload this page in a minute."),
        about=VendorCall,
        run=lambda deed: vendor_calls.retry(call=deed.row, **deed.who),
    ),
    "leave_out": Verb(
        label=_("I did it there"),
        question=_(
            "This call is left out, because you did in the account what it should do. Later calls go on."
        ),
        done=_("The call is left out."),
        about=VendorCall,
        run=lambda deed: vendor_calls.leave_out(call=deed.row, **deed.who),
    ),
}
END: dict[str, Verb] = {
    "keep_longer": Verb(
        label=_("Keep it longer"),
        question=_("The gift is erased later, and giver and receiver are warned again before that."),
        done=_("The gift is kept longer."),
        form=ask.DaysForm,
        fits=lambda now: (
            now.container.state != now.container.State.EXPIRED and now.container.expires_at is not None
        ),
        run=lambda deed: retention.keep_longer(days=deed.said["days"], **deed.gift),
    ),
    "cancel": Verb(
        label=_("Switch off this gift"),
        question=_(
            "The receiver will see a neutral page instead of the message, mails that wait are not sent, "
            "and the giver can no longer record. This cannot be undone."
        ),
        done=_("The gift is switched off. Its code shows a neutral page."),
        form=ask.PerhapsReasonForm,
        is_danger=True,
        run=lambda deed: containers.cancel(reason=deed.said["reason"], **deed.gift),
    ),
    "erase": Verb(
        label=_("Erase this gift"),
        question=_(
            "The video, the note, names and addresses are erased for good, here and in the storage. "
            "The history keeps the bare facts. This cannot be undone."
        ),
        done=_("The gift is erased."),
        permission=ERASE,
        is_danger=True,
        fits=lambda now: now.container.state != now.container.State.EXPIRED,
        run=lambda deed: retention.erase_now(**deed.gift),
    ),
}
VERBS: dict[str, Verb] = {**SENDING, **PARCELS, **MESSAGE, **ACCOUNT, **END}
