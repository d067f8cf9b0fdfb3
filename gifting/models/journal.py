"""The history of a gift message: append-only."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gifting.models.containers import VideoContainer


class JournalEntry(models.Model):
    """Who did what, when. `detail` is JSON for people: it never holds a secret or a mail address."""

    class Event(models.TextChoices):
        CREATED = "created", _("opened")
        CHANGED = "changed", _("details changed")
        NOTE_WRITTEN = "note_written", _("note written")
        UPLOADED = "uploaded", _("video received")
        RECORDED = "recorded", _("video ready")
        REFUSED = "refused", _("video refused")
        JOB_FAILED = "job_failed", _("preparation failed")
        RETRIED = "retried", _("preparation started again")
        PRINTED = "printed", _("card printed")
        ACTIVATED = "activated", _("activated")
        SHIPPED = "shipped", _("shipment attached")
        DELIVERED = "delivered", _("delivered")
        MAIL_QUEUED = "mail_queued", _("mail queued")
        MAIL_SENT = "mail_sent", _("mail sent")
        MAIL_FAILED = "mail_failed", _("mail failed")
        MAIL_UNSURE = "mail_unsure", _("mail perhaps sent")
        MAIL_BOUNCED = "mail_bounced", _("mail came back")
        CANCELLED = "cancelled", _("cancelled")
        HELD = "held", _("put on hold")
        RELEASED = "released", _("hold ended")
        SCHEDULED = "scheduled", _("date of sending set")
        RECALLED = "recalled", _("recalled")
        HIDDEN = "hidden", _("hidden")
        SHOWN = "shown", _("shown again")
        TRACKED = "tracked", _("news of the parcel")
        RETURNED = "returned", _("parcel returned")
        SEEN = "seen", _("seen")
        WARNED = "warned", _("warned of erasure")
        KEPT = "kept", _("kept longer")
        ERASED = "erased", _("erased")
        VENDOR_FAILED = "vendor_failed", _("hosted account failed")

    container = models.ForeignKey(
        VideoContainer, models.CASCADE, related_name="journal", verbose_name=_("gift message")
    )
    at = models.DateTimeField(_("when"))
    actor = models.CharField(_("who"), max_length=170)
    event = models.CharField(_("what"), max_length=16, choices=Event.choices)
    detail = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event}"
