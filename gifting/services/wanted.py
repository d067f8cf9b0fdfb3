"""Which mails a gift still calls for: asked when one is queued, and again at the moment it leaves."""

from collections.abc import Callable

from gifting.models import OutgoingMessage, Recording, VideoContainer
from gifting.models.containers import LIVE, OPEN
from gifting.services import mails

Purpose = OutgoingMessage.Purpose
State = OutgoingMessage.State


def is_wanted(message: OutgoingMessage) -> bool:
    """Since it was queued the gift may have been cancelled, recorded or erased, or the address taken back."""
    still_holds = HOLDS[Purpose(message.purpose)]
    return bool(mails.address(message)) and still_holds(message.container)


def is_expected(container: VideoContainer) -> bool:
    """Must the receiver be told of the gift? A hosted account tells its receivers itself."""
    is_time = container.state == VideoContainer.State.DELIVERED or container.send_at is not None
    has_receiver = bool(container.order.receiver_email) and not container.is_hosted
    return is_time and has_receiver and container.has_message and container.recalled_at is None


def is_stopped(container: VideoContainer, purpose: str) -> bool:
    """Does staff's word stand against sending, for now? Only the receiver's mail can be stopped."""
    is_told_to_wait = container.held_at is not None or container.hidden_at is not None
    return purpose == Purpose.GIFT_READY and is_told_to_wait


def _gift(container: VideoContainer) -> bool:
    is_due = container.is_live or (container.state in OPEN and container.send_at is not None)
    return is_due and container.has_message and container.recalled_at is None


def _nothing_recorded(container: VideoContainer) -> bool:
    return container.is_live and not container.has_message and container.recalled_at is None


def _invitation(container: VideoContainer) -> bool:
    """The giver may record and has not begun; a video that was refused is as good as none."""
    may_begin = container.can_record and not container.has_message and container.recalled_at is None
    return may_begin and not container.recordings.exclude(state=Recording.State.REFUSED).exists()


def _invitation_again(container: VideoContainer) -> bool:
    has_left = container.state not in OPEN or container.order.shipments.exists()
    return _invitation(container) and not has_left


def _seen(container: VideoContainer) -> bool:
    return container.is_live


def _warning_giver(container: VideoContainer) -> bool:
    return container.state in OPEN | LIVE and container.has_message


def _warning_receiver(container: VideoContainer) -> bool:
    """Nobody learns of a gift by the news of its end."""
    is_known = container.seen_at is not None or _was_told(container)
    return container.is_live and not container.is_withdrawn and is_known


def _was_told(container: VideoContainer) -> bool:
    told = container.messages.filter(purpose=Purpose.GIFT_READY, sent_at__isnull=False)
    return told.exclude(state=State.BOUNCED).exists()


HOLDS: dict[Purpose, Callable[[VideoContainer], bool]] = {
    Purpose.GIFT_READY: _gift,
    Purpose.NOTHING_RECORDED: _nothing_recorded,
    Purpose.INVITATION: _invitation,
    Purpose.INVITATION_REMINDER: _invitation_again,
    Purpose.SEEN: _seen,
    Purpose.WARNING_GIVER: _warning_giver,
    Purpose.WARNING_RECEIVER: _warning_receiver,
}
