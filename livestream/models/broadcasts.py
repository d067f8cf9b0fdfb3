"""When an encoder was on air, and what it left: the parts that a replay is made of."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from livestream.models.files import live_storage
from livestream.models.jobs import Job
from livestream.models.streams import LiveStream


class Broadcast(Job):
    """From an encoder's start to its stop. Its recording arrives before or after the stop."""

    class State(models.TextChoices):
        ON_AIR = "on_air", _("on air")
        OVER = "over", _("over, no recording yet")
        RECORDED = "recorded", _("recording waits")
        PREPARING = "preparing", _("recording is prepared")
        READY = "ready", _("recording ready")
        FAILED = "failed", _("recording failed")

    WAITING = (State.RECORDED, State.PREPARING)

    stream = models.ForeignKey(
        LiveStream, models.CASCADE, related_name="broadcasts", verbose_name=_("livestream")
    )
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.ON_AIR)
    is_rehearsal = models.BooleanField(_("rehearsal"), default=False)
    client = models.CharField(_("encoder's connection"), max_length=80, blank=True)
    started_at = models.DateTimeField(_("started"))
    heard_at = models.DateTimeField(_("last heard"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    source = models.CharField(_("file of the server"), max_length=500, blank=True)
    recording = models.FileField(_("recording"), upload_to="live/", storage=live_storage, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration"), null=True, blank=True)

    class Meta:
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["recorded", "preparing"]),
                name="livestream_broadcast_due",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["stream"], condition=Q(ended_at__isnull=True), name="livestream_one_on_air"
            )
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
