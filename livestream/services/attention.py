"""What failed and waits for a person: told of what can still be helped, and gone as soon as it is."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from livestream.models import Broadcast, LiveStream, Playlist, PlaylistEntry, Reminder, Replay, WebhookReceipt

Status = LiveStream.Status
OVER = (Status.COMPLETED, Status.EXPIRED)


class Reason(StrEnum):
    """Why something needs a person."""

    RECORDING = "recording"
    REPLAY = "replay"
    REMINDER = "reminder"
    MIRROR = "mirror"
    PUSH = "push"


TITLES = {
    Reason.RECORDING: _("a recording failed"),
    Reason.REPLAY: _("the replay failed"),
    Reason.REMINDER: _("reminders were not sent"),
    Reason.MIRROR: _("the playlist is not as in its account"),
    Reason.PUSH: _("a push could not be read"),
}


def recordings() -> QuerySet[Broadcast]:
    """Those that failed, of shows that have a replay, or will."""
    failed = Broadcast.objects.filter(state=Broadcast.State.FAILED, is_rehearsal=False)
    return failed.exclude(stream__status__in=OVER)


def replays() -> QuerySet[Replay]:
    """Those that failed and are still wanted."""
    return Replay.objects.filter(state=Replay.State.FAILED).exclude(stream__status__in=OVER)


def reminders() -> QuerySet[Reminder]:
    """Mails that failed and whose address is still known: their show is not over."""
    return Reminder.objects.filter(state=Reminder.State.FAILED).exclude(email="")


def playlists() -> QuerySet[Playlist]:
    """Those whose last walk met trouble."""
    return Playlist.objects.exclude(mirror_error="").exclude(remote_id="")


def pushes() -> QuerySet[WebhookReceipt]:
    """Those that could not be read."""
    return WebhookReceipt.objects.filter(state=WebhookReceipt.State.FAILED)


WAITING: dict[Reason, Callable[[], QuerySet[Any]]] = {
    Reason.RECORDING: recordings,
    Reason.REPLAY: replays,
    Reason.REMINDER: reminders,
    Reason.MIRROR: playlists,
    Reason.PUSH: pushes,
}


def counts() -> dict[Reason, int]:
    """How many there are for each reason that there is."""
    found = {reason: waiting().count() for reason, waiting in WAITING.items()}
    return {reason: count for reason, count in found.items() if count}


def of_streams() -> dict[Reason, Exists]:
    """For a query of livestreams: whether one has the reason, for each that it can have."""
    found = {
        reason: WAITING[reason]().filter(stream=OuterRef("pk"))
        for reason in (Reason.RECORDING, Reason.REPLAY, Reason.REMINDER)
    }
    found[Reason.MIRROR] = PlaylistEntry.objects.filter(playlist__in=playlists(), stream=OuterRef("pk"))
    return {reason: Exists(rows) for reason, rows in found.items()}
