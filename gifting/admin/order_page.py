"""What an order's page shows besides its fields: read, never written, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gifting.admin.buttons import Button, Desk, guessed_carrier
from gifting.admin.columns import message_kind, state_badge, stop_badges
from gifting.admin.possible import possible
from gifting.admin.timeline import Line, tell
from gifting.admin.verbs import Situation
from gifting.admin.waiting import waits_for
from gifting.models import (
    Order,
    OutgoingMessage,
    Recording,
    Shipment,
    TrackingEvent,
    VendorCall,
    VideoContainer,
)
from gifting.services import attention, mails
from gifting.services.attention import Case
from gifting.services.containers import CLOSED
from gifting.services.links import MediaLinks, media_links
from gifting.services.sending import RESENDABLE

TIMELINE_LINES = 200
CALLS = 10


@dataclass(frozen=True, slots=True)
class Step:
    """A station on the gift's way; `at` is None while it has not been reached."""

    label: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something that somebody should look at."""

    case: Case
    error: str
    hint: str
    buttons: list[Button]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A parcel with its news, the newest first."""

    shipment: Shipment
    events: list[TrackingEvent]
    buttons: list[Button]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail and whom it goes to: the address, until it has left; the order may have another one since."""

    message: OutgoingMessage
    to: str
    is_due: bool
    buttons: list[Button]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call to the hosted account."""

    call: VendorCall
    buttons: list[Button]


@dataclass(slots=True, kw_only=True)
class OrderPage:
    """Everything that the template shows of one order. Buttons are those that the person may press."""

    order: Order
    container: VideoContainer
    badges: list[SafeString]
    message_kind: str
    media: MediaLinks | None
    steps: list[Step]
    is_closed: bool
    can_activate: bool
    recordings: list[Recording]
    parcels: list[Parcel]
    mails: list[Mail]
    calls: list[Call]
    waits_for: str
    timeline: list[Line]
    needs: list[Need]
    buttons: dict[str, list[Button]]


def order_page(order: Order, desk: Desk, *, now: datetime) -> OrderPage:
    """The order comes with `brand`, `container__recording` and `container__hosted`."""
    container = order.container
    is_closed = container.state in CLOSED
    shipments = list(order.shipments.prefetch_related("events"))
    messages = list(container.messages.all())
    gift_mail = next((one for one in messages if one.purpose == one.Purpose.GIFT_READY), None)
    return OrderPage(
        order=order,
        container=container,
        badges=[state_badge(container), *stop_badges(container)],
        message_kind=message_kind(container),
        media=_media(container),
        steps=_steps(container),
        is_closed=is_closed,
        can_activate=not container.is_live and not is_closed,
        recordings=[one for one in container.recordings.all() if one.state != Recording.State.READY],
        parcels=[_parcel(one, order, desk) for one in shipments],
        mails=[_mail(one, order, desk) for one in messages],
        calls=_calls(order, desk),
        waits_for=waits_for(container, gift_mail, shipments),
        timeline=[tell(entry) for entry in container.journal.order_by("-pk")[:TIMELINE_LINES]],
        needs=[need_for(case, desk) for case in attention.of(order, now=now)],
        buttons=_buttons(desk, Situation(container, gift_mail)),
    )


def _media(container: VideoContainer) -> MediaLinks | None:
    if container.recording is None or container.state in CLOSED:
        return None
    return media_links(container.recording, for_staff=True)


def _buttons(desk: Desk, now: Situation) -> dict[str, list[Button]]:
    """By the part of the page that they stand in."""
    return {
        "sending": desk.fitting(["send_now", "send_on", "unschedule", "hold", "release"], now),
        "address": desk.fitting(["address"], now),
        "message": desk.fitting(["invite", "show", "restore", "hide", "recall"], now),
        "parcels": desk.fitting(["add_parcel"], now),
        "end": desk.fitting(["keep_longer", "cancel", "erase"], now),
    }


def _steps(container: VideoContainer) -> list[Step]:
    steps = [
        Step(_("Ordered"), container.order.created_at),
        Step(_("Recorded"), container.recorded_at),
        Step(_("Card printed"), container.printed_at),
        Step(_("Activated"), container.activated_at),
        Step(_("Delivered"), container.delivered_at),
        Step(_("Seen"), container.seen_at),
    ]
    if container.order.delivery == Order.Delivery.EMAIL and container.printed_at is None:
        steps.pop(2)
    return steps


def _parcel(shipment: Shipment, order: Order, desk: Desk) -> Parcel:
    is_over = shipment.delivered_at is not None or order.container.state in CLOSED
    has_returned = shipment.status == Shipment.Status.RETURNED
    names = ["change_parcel", "delivered", "remove_parcel"] if has_returned else PARCEL_VERBS
    buttons = [] if is_over else desk.buttons(possible(names, order, shipment), order, shipment)
    return Parcel(shipment=shipment, events=list(shipment.events.all())[::-1], buttons=buttons)


PARCEL_VERBS = ["ask", "change_parcel", "delivered", "remove_parcel"]


def _mail(message: OutgoingMessage, order: Order, desk: Desk) -> Mail:
    message.container = order.container
    names = ["confirm_sent"] if message.state == message.State.UNSURE else []
    names += ["resend"] if message.state in RESENDABLE and order.container.state not in CLOSED else []
    return Mail(
        message=message,
        to=_whom(message) if message.state in RESENDABLE else mails.address(message),
        is_due=message.state == message.State.QUEUED,
        buttons=desk.buttons(possible(names, order, message), order, message),
    )


def _whom(message: OutgoingMessage) -> str:
    return _("to the receiver") if message.purpose in mails.FOR_RECEIVER else _("to the giver")


def _calls(order: Order, desk: Desk) -> list[Call]:
    if not order.container.is_hosted:
        return []
    calls = order.container.vendor_calls.all()[:CALLS]
    return [Call(call=one, buttons=desk.buttons(_call_verbs(one), order, one)) for one in calls]


def _call_verbs(call: VendorCall) -> list[str]:
    if call.state != VendorCall.State.FAILED:
        return []
    return ["retry_call"] if call.action == VendorCall.Action.OPEN else ["retry_call", "leave_out"]


def need_for(case: Case, desk: Desk) -> Need:
    """The case with the buttons of the person at this desk."""
    return Need(
        case=case,
        error=getattr(case.row, "last_error", ""),
        hint=guess_hint(case),
        buttons=desk.of_case(case),
    )


def guess_hint(case: Case) -> str:
    """What the code of a parcel looks like, where that may help."""
    carrier = guessed_carrier(case.row) if case.guess else ""
    return _("The code looks like %(carrier)s.") % {"carrier": carrier} if carrier else ""


def context_for(order: Order, request: HttpRequest) -> dict[str, Any]:
    """For the template of an order's page."""
    return {"page": order_page(order, Desk(request.user), now=timezone.now())}
