"""Why a gift needs a person: in a sentence, with what to do next, and with the buttons that help."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Reason(StrEnum):
    """The most urgent first: in this order they are shown."""

    MAIL_BOUNCED = "mail_bounced"
    MAIL_FAILED = "mail_failed"
    MAIL_UNSURE = "mail_unsure"
    NO_ADDRESS = "no_address"
    RETURNED = "returned"
    PROBLEM = "problem"
    CARRIER_UNKNOWN = "carrier_unknown"
    CARRIER_REFUSES = "carrier_refuses"
    SILENT = "silent"
    GIVEN_UP = "given_up"
    UNSHIPPED = "unshipped"
    VIDEO_FAILED = "video_failed"
    VIDEO_REFUSED = "video_refused"
    HOSTED_FAILED = "hosted_failed"
    PUSH_FAILED = "push_failed"
    HELD_LONG = "held_long"
    DATE_EMPTY = "date_empty"
    PRINTED_EMPTY = "printed_empty"
    DELIVERED_EMPTY = "delivered_empty"


class Action(StrEnum):
    """What a button does, in the words of the admin's addresses."""

    ADDRESS = "address"
    RESEND = "resend"
    CONFIRM_SENT = "confirm_sent"
    ADD_PARCEL = "add_parcel"
    CHANGE_PARCEL = "change_parcel"
    DELIVERED = "delivered"
    ASK = "ask"
    SEND_NOW = "send_now"
    RETRY = "retry"
    INVITE = "invite"
    RETRY_CALL = "retry_call"
    RETRY_PUSH = "retry_push"
    RELEASE = "release"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Advice:
    """`title` names the reason in a list, `what` says what happened (`%(mail)s`, `%(parcel)s` and `%(days)d`
    are filled in), `then` what to do next, and `actions` are the buttons, the most helpful first.
    """

    title: Promise
    what: Promise
    then: Promise
    actions: tuple[Action, ...]


ADVICE: dict[Reason, Advice] = {
    Reason.MAIL_BOUNCED: Advice(
        _("mail came back"),
        _("The mail “%(mail)s” came back: nobody gets mail at this address."),
        _("Ask for the right address and enter it; the mail goes out again."),
        (Action.ADDRESS,),
    ),
    Reason.MAIL_FAILED: Advice(
        _("mail not sent"),
        _("The mail “%(mail)s” could not be sent."),
        _("Check the address and the mail server, then send it again."),
        (Action.RESEND, Action.ADDRESS),
    ),
    Reason.MAIL_UNSURE: Advice(
        _("mail perhaps sent"),
        _("The mail “%(mail)s” was perhaps sent: nobody knows whether the mail server took it."),
        _("Look into the mail server's log or ask. Sending again may bring the mail twice."),
        (Action.CONFIRM_SENT, Action.RESEND),
    ),
    Reason.NO_ADDRESS: Advice(
        _("no address"),
        _("The gift goes out by mail, but the receiver's address is missing."),
        _("Ask the giver for the address and enter it."),
        (Action.ADDRESS,),
    ),
    Reason.RETURNED: Advice(
        _("parcel returned"),
        _("The parcel %(parcel)s is on its way back to you; the gift was not delivered."),
        _("Ask the giver for the right address, send the parcel again, and enter the new code."),
        (Action.ADD_PARCEL,),
    ),
    Reason.PROBLEM: Advice(
        _("parcel has a problem"),
        _("The carrier has a problem with the parcel %(parcel)s."),
        _("Ask the carrier what is missing, most often a part of the address."),
        (Action.ASK, Action.CHANGE_PARCEL, Action.DELIVERED),
    ),
    Reason.CARRIER_UNKNOWN: Advice(
        _("carrier unknown"),
        _("Nobody tells us about the parcel %(parcel)s, so its arrival would not be noticed."),
        _("Choose the carrier, or mark the parcel as delivered once it arrived."),
        (Action.CHANGE_PARCEL, Action.DELIVERED),
    ),
    Reason.CARRIER_REFUSES: Advice(
        _("carrier refuses"),
        _("The carrier refuses our question about the parcel %(parcel)s."),
        _("Check the tracking code and the carrier's credentials, then ask again."),
        (Action.ASK, Action.CHANGE_PARCEL),
    ),
    Reason.SILENT: Advice(
        _("no news of the parcel"),
        _("There was no news of the parcel %(parcel)s for %(days)d days."),
        _("Check that the code is right and ask the carrier; if the parcel arrived, say so."),
        (Action.ASK, Action.CHANGE_PARCEL, Action.DELIVERED),
    ),
    Reason.GIVEN_UP: Advice(
        _("tracking given up"),
        _("The parcel %(parcel)s did not arrive in %(days)d days; its carrier is not asked any more."),
        _("Find out where it is. If it arrived, say so; otherwise ask once more."),
        (Action.DELIVERED, Action.ASK),
    ),
    Reason.UNSHIPPED: Advice(
        _("no parcel"),
        _("No parcel is known, more than %(days)d days after the order."),
        _("Enter the tracking code if the parcel has left, or switch the gift off."),
        (Action.ADD_PARCEL, Action.SEND_NOW, Action.CANCEL),
    ),
    Reason.VIDEO_FAILED: Advice(
        _("video not prepared"),
        _("A video of the giver could not be prepared. Nothing is lost."),
        _("Start the preparation again. If it fails once more, ask the giver for another video."),
        (Action.RETRY,),
    ),
    Reason.VIDEO_REFUSED: Advice(
        _("video refused"),
        _("The giver's video cannot be used, and nothing was recorded since."),
        _("Send the giver the recording link again."),
        (Action.INVITE,),
    ),
    Reason.HOSTED_FAILED: Advice(
        _("hosted account"),
        _("The hosted account did not do what it was asked."),
        _("Check the account and its key, then try again."),
        (Action.RETRY_CALL,),
    ),
    Reason.PUSH_FAILED: Advice(
        _("push not read"),
        _("News that a carrier pushed could not be read. It is kept."),
        _("Process it again; if that fails, show it to whoever looks after this installation."),
        (Action.RETRY_PUSH,),
    ),
    Reason.HELD_LONG: Advice(
        _("long on hold"),
        _("The gift has been on hold for more than %(days)d days."),
        _("End the hold, or switch the gift off."),
        (Action.RELEASE, Action.CANCEL),
    ),
    Reason.DATE_EMPTY: Advice(
        _("date without a message"),
        _("The date of sending has passed, but the giver has not recorded anything."),
        _("Send the giver the recording link. The gift's mail follows as soon as there is a message."),
        (Action.INVITE,),
    ),
    Reason.PRINTED_EMPTY: Advice(
        _("card without a message"),
        _("The card is printed or active, but the giver has not recorded anything."),
        _("Send the giver the recording link before the parcel arrives."),
        (Action.INVITE,),
    ),
    Reason.DELIVERED_EMPTY: Advice(
        _("delivered without a message"),
        _("The parcel arrived, but the giver has not recorded anything."),
        _("The giver was reminded by mail. The gift's mail follows as soon as there is a message."),
        (Action.INVITE,),
    ),
}
OF_GIVER: dict[Reason, Advice] = {
    Reason.MAIL_BOUNCED: Advice(
        ADVICE[Reason.MAIL_BOUNCED].title,
        ADVICE[Reason.MAIL_BOUNCED].what,
        _("It was for the giver, whose address comes with the order. Reach them otherwise, or try again."),
        (Action.RESEND,),
    ),
    Reason.MAIL_FAILED: Advice(
        ADVICE[Reason.MAIL_FAILED].title,
        ADVICE[Reason.MAIL_FAILED].what,
        _("It was for the giver. Check the mail server, then send it again."),
        (Action.RESEND,),
    ),
}
"""Where it differs for a mail to the giver."""
OF_ERASED: dict[Reason, Advice] = {
    Reason.HOSTED_FAILED: Advice(
        ADVICE[Reason.HOSTED_FAILED].title,
        _("The gift was erased here, but its hosted account did not forget it."),
        _("Check the account and its key, then try again; or erase the gift in the account."),
        (Action.RETRY_CALL,),
    ),
}
"""Where it differs for a gift that was erased."""
