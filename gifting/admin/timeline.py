"""The journal of a gift, told in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gifting.cards.layouts import LAYOUTS
from gifting.dto import ActorKind
from gifting.models import JournalEntry, OutgoingMessage, Recording, Shipment

Detail = dict[str, Any]
Event = JournalEntry.Event
TROUBLE = frozenset({Event.REFUSED, Event.JOB_FAILED, Event.MAIL_FAILED, Event.CANCELLED})
FIELDS = {
    "receiverEmail": gettext_lazy("receiver's mail"),
    "language": gettext_lazy("language"),
    "additionalData": gettext_lazy("names and product"),
    "shipmentCode": gettext_lazy("tracking code"),
    "shipmentCarrier": gettext_lazy("carrier"),
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
    carrier = _label(Shipment.Carrier.choices, detail.get("carrier"))
    parcel = f"{carrier} {detail.get('code', '')}".strip()
    return _("Parcel: %(parcel)s") % {"parcel": parcel}


def _mail(words: Any) -> Callable[[Detail], str]:
    def tell_mail(detail: Detail) -> str:
        return str(words) % {"mail": _label(OutgoingMessage.Purpose.choices, detail.get("purpose"))}

    return tell_mail


WORDS: dict[str, Callable[[Detail], str]] = {
    Event.CREATED: lambda detail: _("Gift message opened"),
    Event.CHANGED: _changed,
    Event.NOTE_WRITTEN: _noted,
    Event.UPLOADED: _uploaded,
    Event.RECORDED: _recorded,
    Event.REFUSED: _refused,
    Event.JOB_FAILED: _failed,
    Event.RETRIED: lambda detail: _("Preparation of the video started again"),
    Event.PRINTED: _printed,
    Event.ACTIVATED: lambda detail: _("Activated: the code on the card shows the message"),
    Event.SHIPPED: _shipped,
    Event.DELIVERED: lambda detail: _("Parcel delivered"),
    Event.MAIL_QUEUED: _mail(gettext_lazy("Mail prepared: %(mail)s")),
    Event.MAIL_SENT: _mail(gettext_lazy("Mail sent: %(mail)s")),
    Event.MAIL_FAILED: _mail(gettext_lazy("Mail failed: %(mail)s")),
    Event.CANCELLED: lambda detail: _("Switched off for good"),
}
