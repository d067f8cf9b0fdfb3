"""Which of the verbs that might help are possible: what would be refused is not offered."""

from collections.abc import Iterable
from typing import Any

from gifting.admin.verbs import GIFT_READY, VERBS, Situation
from gifting.models import Order, OutgoingMessage, Shipment, VideoContainer
from gifting.services import events
from gifting.services.attention import Case


def helpful(case: Case, names: Iterable[str]) -> list[str]:
    """Of the verbs for a gift in trouble the possible ones, first that which undoes what is in their way."""
    found = possible(names, case.order, case.row)
    return [*_undoing(set(names) - set(found), case.order.container), *found]


def _undoing(refused: set[str], container: VideoContainer) -> list[str]:
    if "invite" in refused and container.recalled_at:
        return ["restore"]
    if "resend" in refused:
        return ["show"] if container.hidden_at else ["release"]
    return []


def possible(names: Iterable[str], order: Order, row: Any) -> list[str]:
    """Of these verbs those that would not be refused: for this row, or for the gift if they are about it."""
    return [name for name in names if _is_possible(name, order.container, row)]


def _is_possible(name: str, container: VideoContainer, row: Any) -> bool:
    if isinstance(row, Shipment) and VERBS[name].is_about(row):
        return _of_parcel(name, container, row)
    if isinstance(row, OutgoingMessage) and name == "resend":
        return not _is_stopped(container, row)
    return VERBS[name].about is not None or VERBS[name].fits(Situation(container, None))


def _of_parcel(name: str, container: VideoContainer, parcel: Shipment) -> bool:
    """A hosted account asks the carrier itself, and delivers the gift."""
    match name:
        case "ask":
            return bool(events.who_can_tell(parcel))
        case "delivered":
            return not container.is_hosted
    return True


def _is_stopped(container: VideoContainer, mail: OutgoingMessage) -> bool:
    """The receiver's mail is not sent again as long as the message is hidden or on hold."""
    is_kept_back = container.hidden_at is not None or container.held_at is not None
    return mail.purpose == GIFT_READY and is_kept_back
