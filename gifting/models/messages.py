"""A mail that must go out: the row is the record, the worker sends it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gifting.models.containers import VideoContainer
from gifting.models.jobs import Job


class OutgoingMessage(Job):
    """One mail of one purpose for one gift: there is never a second one."""

    class Purpose(models.TextChoices):
        GIFT_READY = "gift_ready", _("the gift for the receiver")
        NOTHING_RECORDED = "nothing_recorded", _("reminder for the giver: nothing recorded")
        INVITATION = "invitation", _("recording link for the giver")
        INVITATION_REMINDER = "invitation_again", _("reminder for the giver before the parcel leaves")
        SEEN = "seen", _("news for the giver: the gift was seen")
        WARNING_GIVER = "warning_giver", _("warning for the giver before the gift is erased")
        WARNING_RECEIVER = "warning_receiver", _("warning for the receiver before the gift is erased")

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("needs attention")
        HELD = "held", _("on hold")
        UNSURE = "unsure", _("perhaps sent")
        BOUNCED = "bounced", _("came back")

    WAITING = (State.QUEUED, State.SENDING)

    container = models.ForeignKey(
        VideoContainer, models.CASCADE, related_name="messages", verbose_name=_("gift message")
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField(_("created"))
    handed_at = models.DateTimeField(_("handed to the mail server"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    resends = models.PositiveSmallIntegerField(_("sent again by staff"), default=0)

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
            ),
            models.Index(
                fields=["state", "id"],
                name="gifting_message_trouble",
                condition=models.Q(state__in=["failed", "unsure", "bounced"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.container_id}/{self.purpose}"
