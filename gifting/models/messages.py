"""A mail that must go out: the row is the record, the worker sends it."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from gifting.models.containers import VideoContainer


class OutgoingQuerySet(models.QuerySet["OutgoingMessage"]):
    """Rows that a worker should take now."""

    def due(self, now: datetime) -> "OutgoingQuerySet":
        return self.filter(state__in=WAITING, due_at__lte=now)


class OutgoingMessage(models.Model):
    """One mail of one purpose for one gift: there is never a second one."""

    class Purpose(models.TextChoices):
        GIFT_READY = "gift_ready", _("the gift for the receiver")
        NOTHING_RECORDED = "nothing_recorded", _("reminder for the giver: nothing recorded")

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("needs attention")

    container = models.ForeignKey(
        VideoContainer, models.CASCADE, related_name="messages", verbose_name=_("gift message")
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"))
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["container", "purpose"], name="gifting_one_mail_per_purpose")
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="gifting_message_due",
                condition=models.Q(state__in=["queued", "sending"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.container_id}/{self.purpose}"


WAITING = (OutgoingMessage.State.QUEUED, OutgoingMessage.State.SENDING)
