"""Mails that tell a viewer that a show is about to begin."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from livestream.models.jobs import Job
from livestream.models.streams import LiveStream


class Reminder(Job):
    """One mail to one viewer; the address is erased once the mail left, is not wanted, or comes too late."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        DROPPED = "dropped", _("not wanted any more")
        FAILED = "failed", _("failed")

    WAITING = (State.QUEUED, State.SENDING)

    stream = models.ForeignKey(
        LiveStream, models.CASCADE, related_name="reminders", verbose_name=_("livestream")
    )
    email = models.CharField(_("mail address"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=35)
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["queued", "sending"]),
                name="livestream_reminder_due",
            ),
            models.Index(
                fields=["stream"],
                condition=Q(state="failed"),
                name="livestream_reminder_failed",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "email"], condition=~Q(email=""), name="livestream_reminder_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}, {self.created_at:%Y-%m-%d %H:%M}"
