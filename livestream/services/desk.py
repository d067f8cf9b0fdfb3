"""Where a show is steered from: pins and the end go to wherever the livestream lives."""

from collections.abc import Sequence
from datetime import datetime

from livestream.dto import Actor
from livestream.models import LiveStream
from livestream.services import pins, streams


def pin(*, stream: LiveStream, ids: Sequence[str], actor: Actor, now: datetime) -> list[str]:
    """Replace the pinned set; the ids that are pinned now. Raises what `pins.pin` does, and VendorError."""
    return pins.pin(stream=stream, ids=ids, actor=actor, now=now)


def unpin(*, stream: LiveStream, ids: Sequence[str], actor: Actor, now: datetime) -> list[str]:
    """Take products away; the ids that no longer are pinned. Raises what `pins.unpin` does, and VendorError."""
    return pins.unpin(stream=stream, ids=ids, actor=actor, now=now)


def end(*, stream: LiveStream, actor: Actor, now: datetime) -> LiveStream:
    """End the show for good. Raises NotEndable, and VendorError."""
    return streams.end(stream=stream, actor=actor, now=now)
