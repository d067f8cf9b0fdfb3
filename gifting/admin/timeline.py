"""The journal of a gift, told in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gifting.cards.layouts import LAYOUTS
from gifting.dto import ActorKind
from gifting.models import JournalEntry, OutgoingMessage, Recording, Shipment, VendorCall

Detail = dict[str, Any]
Event = JournalEntry.Event
TROUBLE = frozenset(
    {
        Event.REFUSED,
        Event.JOB_FAILED,
        Event.MAIL_FAILED,
        Event.MAIL_UNSURE,
        Event.MAIL_BOUNCED,
        Event.CANCELLED,
        Event.RETURNED,
        Event.VENDOR_FAILED,
    }
)
FIELDS = {
    "receiverEmail": gettext_lazy("receiver's mail"),
    "language": gettext_lazy("language"),
    "additionalData": gettext_lazy("names and product"),
    "shipmentCode": gettext_lazy("tracking code"),
    "shipmentCarrier": gettext_lazy("carrier"),
}
ERASED = {
    "retention": gettext_lazy("Erased: it was kept as long as the brand keeps gifts"),
    "staff": gettext_lazy("Erased before its time"),
    "person": gettext_lazy("Erased with all that was held on a person"),
}
KINDS = {
    ActorKind.API: gettext_lazy("the shop's system"),
    ActorKind.STAFF: gettext_lazy("staff"),
    ActorKind.GIVER: gettext_lazy("the giver"),
    ActorKind.RECEIVER: gettext_lazy("the receiver"),
    ActorKind.CARRIER: gettext_lazy("the carrier"),
    ActorKind.WORKER: gettext_lazy("automatic"),
    ActorKind.SHOP: gettext_lazy("the shop"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the history."""

    at: datetime
    who: str
    what: str
    is_trouble: bool


def tell(entry: JournalEntry) -> Line:
    """The entry in the active language."""
    detail = entry.detail if isinstance(entry.detail, dict) else {}
    words = WORDS.get(entry.event)
    what = words(detail) if words else entry.get_event_display()
    return Line(at=entry.at, who=who(entry.actor), what=what, is_trouble=entry.event in TROUBLE)


def who(actor: str) -> str:
    """`staff:maria` is maria; the others are told by what they are, with their name behind it."""
    kind, _colon, name = actor.partition(":")
    if kind == ActorKind.STAFF and name:
        return name
    known = str(KINDS.get(kind, kind))
    return f"{known} ({name})" if name else known


def _label(choices: Any, value: Any) -> str:
    """The words of a choice; an unknown one as it is."""
    return str(dict(choices).get(value, value or "")).rstrip(".")


def _changed(detail: Detail) -> str:
    fields = ", ".join(str(FIELDS.get(name, name)) for name in detail.get("fields", []))
    return _("Details changed: %(fields)s") % {"fields": fields}


def _noted(detail: Detail) -> str:
    return _("Note written; it is the whole message") if detail.get("alone") else _("Note written")


def _uploaded(detail: Detail) -> str:
    return _("Video received (%(size)s)") % {"size": filesizeformat(detail.get("bytes"))}


def _recorded(detail: Detail) -> str:
    seconds = int(detail.get("seconds") or 0)
    if not seconds:
        return _("Video ready")
    words = ngettext("Video ready (%(n)d second)", "Video ready (%(n)d seconds)", seconds)
    return words % {"n": seconds}


def _refused(detail: Detail) -> str:
    reason = _label(Recording.Refusal.choices, detail.get("reason"))
    return _("Video refused: %(reason)s") % {"reason": reason}


def _failed(detail: Detail) -> str:
    tries = int(detail.get("tries") or 0)
    words = ngettext(
        "The video could not be prepared (%(n)d try)", "The video could not be prepared (%(n)d tries)", tries
    )
    return words % {"n": tries}


def _printed(detail: Detail) -> str:
    layout = LAYOUTS.get(str(detail.get("layout")))
    return _("Card printed: %(layout)s") % {"layout": layout.label if layout else detail.get("layout", "")}


def _shipped(detail: Detail) -> str:
    words = {
        "corrected": _("Parcel corrected: %(parcel)s"),
        "removed": _("Parcel removed: %(parcel)s"),
    }.get(detail.get("change", ""), _("Parcel: %(parcel)s"))
    return words % {"parcel": _parcel(detail)}


def _tracked(detail: Detail) -> str:
    if detail.get("asked"):
        return _("The carrier is asked again: %(parcel)s") % {"parcel": _parcel(detail)}
    words = {"parcel": _parcel(detail), "status": _label(Shipment.Status.choices, detail.get("status"))}
    return _("Parcel %(parcel)s: %(status)s") % words


def _returned(detail: Detail) -> str:
    return _("Parcel returned to the sender: %(parcel)s") % {"parcel": _parcel(detail)}


def _parcel(detail: Detail) -> str:
    carrier = _label(Shipment.Carrier.choices, detail.get("carrier"))
    return f"{carrier} {detail.get('code', '')}".strip()


def _mail(words: Any) -> Callable[[Detail], str]:
    def tell_mail(detail: Detail) -> str:
        return str(words) % {"mail": _label(OutgoingMessage.Purpose.choices, detail.get("purpose"))}

    return tell_mail


def _with_reason(words: Any) -> Callable[[Detail], str]:
    def tell_why(detail: Detail) -> str:
        return f"{words}: {detail['reason']}" if detail.get("reason") else str(words)

    return tell_why


def _scheduled(detail: Detail) -> str:
    if detail.get("at_once"):
        return _("The receiver is mailed at once")
    at = parse_datetime(str(detail.get("at") or ""))
    if at is None:
        return _("No date any more: the receiver is mailed when the parcel arrives")
    return _("To be sent on %(date)s") % {"date": date_format(timezone.localtime(at), "DATETIME_FORMAT")}


def _shown(detail: Detail) -> str:
    return _("Recall undone: the link opens again") if detail.get("recall") else _("Message shown again")


def _kept(detail: Detail) -> str:
    days = int(detail.get("days") or 0)
    return ngettext("Kept for %(n)d more day", "Kept for %(n)d more days", days) % {"n": days}


def _erased(detail: Detail) -> str:
    return str(ERASED.get(detail.get("why", ""), _("Erased")))


def _cancelled(detail: Detail) -> str:
    words = _with_reason(gettext_lazy("Switched off for good"))(detail)
    if not detail.get("account"):
        return words
    return _("%(words)s. Switch it off in the account %(account)s too: no call does that") % {
        "words": words,
        "account": detail["account"],
    }


def _retried(detail: Detail) -> str:
    if not detail.get("call"):
        return _("Preparation of the video started again")
    words = (
        _("Account not asked any more: %(call)s")
        if detail.get("left_out")
        else _("Account asked again: %(call)s")
    )
    return words % {"call": _label(VendorCall.Action.choices, detail["call"])}


def _vendor_failed(detail: Detail) -> str:
    words = _("The account %(account)s did not do this: %(call)s")
    call = _label(VendorCall.Action.choices, detail.get("call"))
    return words % {"account": detail.get("account", ""), "call": call}


WORDS: dict[str, Callable[[Detail], str]] = {
    Event.CREATED: lambda detail: _("Gift message opened"),
    Event.CHANGED: _changed,
    Event.NOTE_WRITTEN: _noted,
    Event.UPLOADED: _uploaded,
    Event.RECORDED: _recorded,
    Event.REFUSED: _refused,
    Event.JOB_FAILED: _failed,
    Event.RETRIED: _retried,
    Event.PRINTED: _printed,
    Event.ACTIVATED: lambda detail: _("Activated: the code on the card shows the message"),
    Event.SHIPPED: _shipped,
    Event.TRACKED: _tracked,
    Event.RETURNED: _returned,
    Event.DELIVERED: lambda detail: _("Parcel delivered"),
    Event.MAIL_QUEUED: _mail(gettext_lazy("Mail prepared: %(mail)s")),
    Event.MAIL_SENT: _mail(gettext_lazy("Mail sent: %(mail)s")),
    Event.MAIL_FAILED: _mail(gettext_lazy("Mail failed: %(mail)s")),
    Event.MAIL_UNSURE: _mail(gettext_lazy("Mail perhaps sent: %(mail)s")),
    Event.MAIL_BOUNCED: _mail(gettext_lazy("Mail came back: %(mail)s")),
    Event.CANCELLED: _cancelled,
    Event.HELD: lambda detail: _("On hold: the receiver's mail waits"),
    Event.RELEASED: lambda detail: _("Hold ended"),
    Event.SCHEDULED: _scheduled,
    Event.RECALLED: lambda detail: _("Recalled: the link shows a neutral page"),
    Event.HIDDEN: _with_reason(gettext_lazy("Message hidden")),
    Event.SHOWN: _shown,
    Event.SEEN: lambda detail: _("Message played for the first time"),
    Event.WARNED: lambda detail: _("Giver and receiver warned that the gift will be erased"),
    Event.KEPT: _kept,
    Event.ERASED: _erased,
    Event.VENDOR_FAILED: _vendor_failed,
}
