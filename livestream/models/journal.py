"""The history of a livestream: append-only."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from livestream.models.streams import LiveStream


class JournalEntry(models.Model):
    """Who did what, when. `detail` is JSON for people: it never holds a secret or a mail address."""

    class Event(models.TextChoices):
        CREATED = "created", _("created")
        CHANGED = "changed", _("details changed")
        STARTED = "started", _("started")
        PAUSED = "paused", _("paused")
        RESUMED = "resumed", _("went on")
        ENDED = "ended", _("ended")
        COMPLETED = "completed", _("replay is over")
        EXPIRED = "expired", _("never started")
        PINNED = "pinned", _("products pinned")
        UNPINNED = "unpinned", _("products unpinned")
        ON_AIR = "on_air", _("encoder began to send")
        OFF_AIR = "off_air", _("encoder stopped")
        RECORDED = "recorded", _("recording received")
        RECORDING_FAILED = "recording_failed", _("recording failed")
        REPLAY_READY = "replay_ready", _("replay ready")
        REHEARSAL_BEGAN = "rehearsal_began", _("rehearsal began")
        REHEARSAL_ENDED = "rehearsal_ended", _("rehearsal ended")
        CHAPTERS_CHANGED = "chapters_changed", _("chapters changed")
        KEY_RENEWED = "key_renewed", _("stream key renewed")
        VENDOR_FAILED = "vendor_failed", _("hosted account failed")
        MIRRORED = "mirrored", _("taken from the hosted account")

    stream = models.ForeignKey(
        LiveStream, models.CASCADE, related_name="journal", verbose_name=_("livestream")
    )
    at = models.DateTimeField(_("when"))
    actor = models.CharField(_("who"), max_length=170)
    event = models.CharField(_("what"), max_length=20, choices=Event.choices)
    detail = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event}"
