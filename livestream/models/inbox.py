"""Pushes of hosted accounts: stored first, then processed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from livestream.models.jobs import Job


class WebhookReceipt(Job):
    """One push as it came. `key` is the digest of its body: a push that comes again is the same row."""

    class State(models.TextChoices):
        STORED = "stored", _("stored")
        PROCESSING = "processing", _("being processed")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    WAITING = (State.STORED, State.PROCESSING)

    account = models.CharField(_("hosted account"), max_length=40)
    key = models.CharField(_("key"), max_length=64)
    body = models.BinaryField(_("body"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.STORED)
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("push")
        verbose_name_plural = _("pushes")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["stored", "processing"]),
                name="livestream_receipt_due",
            )
        ]
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="livestream_receipt_once")]

    def __str__(self) -> str:
        return f"{self.account} {self.received_at:%Y-%m-%d %H:%M}"
