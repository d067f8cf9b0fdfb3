"""What an order's page shows besides its fields: read, never written, in a fixed number of queries."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gifting.admin.columns import message_kind, state_badge
from gifting.admin.timeline import Line, tell
from gifting.models import Order, OutgoingMessage, Recording, Shipment, VideoContainer
from gifting.services.containers import CLOSED
from gifting.services.links import MediaLinks, media_links

TIMELINE_LINES = 200
State = VideoContainer.State


@dataclass(frozen=True, slots=True)
class Step:
    """A station on the gift's way; `at` is None while it has not been reached."""

    label: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that somebody should look at. `action` names the URL of its button, which takes `row`."""

    text: str
    action: str = ""
    button: str = ""
    row: Recording | OutgoingMessage | None = None


@dataclass(slots=True, kw_only=True)
class OrderPage:
    """Everything that the template shows of one order."""

    order: Order
    container: VideoContainer
    badge: str
    message_kind: str
    media: MediaLinks | None
    steps: list[Step]
    is_closed: bool
    can_activate: bool
    recordings: list[Recording]
    shipments: list[Shipment]
    mails: list[OutgoingMessage]
    timeline: list[Line]
    hints: list[Hint] = field(default_factory=list)


def order_page(order: Order) -> OrderPage:
    """The order comes with `brand` and `container__recording`."""
    container = order.container
    is_closed = container.state in CLOSED
    page = OrderPage(
        order=order,
        container=container,
        badge=state_badge(container),
        message_kind=message_kind(container),
        media=media_links(container.recording) if container.recording and not is_closed else None,
        steps=_steps(container),
        is_closed=is_closed,
        can_activate=not container.is_live and not is_closed,
        recordings=[one for one in container.recordings.all() if one.state != Recording.State.READY],
        shipments=list(order.shipments.all()),
        mails=list(container.messages.all()),
        timeline=[tell(entry) for entry in container.journal.order_by("-pk")[:TIMELINE_LINES]],
    )
    page.hints = _hints(page)
    return page


def _steps(container: VideoContainer) -> list[Step]:
    steps = [
        Step(_("Ordered"), container.order.created_at),
        Step(_("Recorded"), container.recorded_at),
        Step(_("Card printed"), container.printed_at),
        Step(_("Activated"), container.activated_at),
        Step(_("Delivered"), container.delivered_at),
    ]
    if container.order.delivery == Order.Delivery.EMAIL and container.printed_at is None:
        steps.pop(2)
    return steps


def _hints(page: OrderPage) -> list[Hint]:
    if page.is_closed:
        return []
    return [*_failed_recordings(page), *_failed_mails(page), *_missing(page)]


def _failed_recordings(page: OrderPage) -> list[Hint]:
    words = _("A video of the giver could not be prepared. Nothing is lost: start the preparation again.")
    failed = [one for one in page.recordings if one.state == Recording.State.FAILED]
    button = _("Prepare again")
    return [Hint(words, "admin:gifting_order_retry", button, recording) for recording in failed]


def _failed_mails(page: OrderPage) -> list[Hint]:
    words = _("The mail “%(mail)s” could not be sent. Check the address and the mail server.")
    failed = [mail for mail in page.mails if mail.state == OutgoingMessage.State.FAILED]
    action, button = "admin:gifting_order_resend", _("Send again")
    return [Hint(words % {"mail": mail.get_purpose_display()}, action, button, mail) for mail in failed]


def _missing(page: OrderPage) -> list[Hint]:
    order, container = page.order, page.container
    hints = []
    if container.is_live and not container.has_message:
        hints.append(Hint(_("The gift is active, but the giver has not recorded anything yet.")))
    if order.delivery == Order.Delivery.EMAIL and not order.receiver_email:
        hints.append(Hint(_("The gift goes out by mail, but the receiver's address is missing.")))
    return hints


def context_for(order: Order) -> dict[str, Any]:
    """For the template of an order's page."""
    return {"page": order_page(order)}
