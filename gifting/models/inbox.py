"""What carriers and aggregators push to us: stored first, then processed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gifting.models.jobs import Job


class WebhookReceipt(Job):
    """One push as it came. `key` is the sender's event id, or the SHA-256 of the body: told once.

    The body holds personal data; it goes after `RECEIPT_DAYS`.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        PROCESSING = "processing", _("being read")
        DONE = "done", _("done")
        FAILED = "failed", _("needs attention")

    WAITING = (State.QUEUED, State.PROCESSING)

    source = models.CharField(_("from"), max_length=40)
    key = models.CharField(max_length=255, editable=False)
    body = models.BinaryField()
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    outcome = models.CharField(_("what came of it"), max_length=200, blank=True)
    received_at = models.DateTimeField(_("received"), db_index=True)

    class Meta:
        verbose_name = _("push from a carrier")
        verbose_name_plural = _("pushes from carriers")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="gifting_push_stored_once")]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="gifting_receipt_due",
                condition=models.Q(state__in=["queued", "processing"]),
            ),
            models.Index(fields=["id"], name="gifting_receipt_failed", condition=models.Q(state="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.received_at:%Y-%m-%d %H:%M}"
