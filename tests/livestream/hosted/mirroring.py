"""What a worker does with a playlist of a hosted account, and what viewers are sent."""

from collections.abc import Sequence
from datetime import datetime

from livestream.bus.base import Message
from livestream.bus.memory import MemoryBus
from livestream.errors import BusUnavailable
from livestream.models import LiveStream, Playlist
from livestream.services import mirror

SENT: list[Message] = []


class Recorder(MemoryBus):
    """A bus that remembers, and is down when it shall."""

    is_down = False

    def publish(self, messages: Sequence[Message]) -> None:
        if Recorder.is_down:
            raise BusUnavailable
        SENT.extend(messages)


def walk(playlist: Playlist, at: datetime) -> Playlist:
    """What a worker does with it once its time has come."""
    Playlist.objects.filter(pk=playlist.pk).update(mirror_due_at=at)
    mirror.mirror(pk=playlist.pk, now=at)
    playlist.refresh_from_db()
    return playlist


def show(id: str = "show") -> LiveStream:
    return LiveStream.objects.get(remote_id=id)


def tray(id: str = "show") -> list[str]:
    return [entry.product.remote_id for entry in show(id).tray.select_related("product")]
