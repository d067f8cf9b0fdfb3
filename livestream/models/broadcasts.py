"""When an encoder was on air and what it left, and the replay that is made of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from livestream.models.jobs import Job
from livestream.models.streams import LiveStream


class Broadcast(Job):
    """From an encoder's start to its stop. Its recording arrives before or after the stop.

    `key_digest` is of the key that it showed. The first `skip_ms` of its recording are a rehearsal.
    `replay_start_ms` is where the replay shows it; None: it is in no replay.
    """

    class State(models.TextChoices):
        ON_AIR = "on_air", _("on air")
        OVER = "over", _("over, no recording yet")
        RECORDED = "recorded", _("recording waits")
        PREPARING = "preparing", _("recording is examined")
        READY = "ready", _("recording ready")
        FAILED = "failed", _("recording failed")

    WAITING = (State.RECORDED, State.PREPARING)

    stream = models.ForeignKey(
        LiveStream, models.CASCADE, related_name="broadcasts", verbose_name=_("livestream")
    )
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.ON_AIR)
    is_rehearsal = models.BooleanField(_("rehearsal"), default=False)
    client = models.CharField(_("encoder's connection"), max_length=80, blank=True)
    key_digest = models.CharField(max_length=64, blank=True, editable=False)
    started_at = models.DateTimeField(_("started"))
    heard_at = models.DateTimeField(_("last heard"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    source = models.CharField(_("file of the server"), max_length=500, blank=True)
    skip_ms = models.PositiveIntegerField(_("rehearsed before (ms)"), default=0)
    duration_ms = models.PositiveIntegerField(_("duration (ms)"), null=True, blank=True)
    replay_start_ms = models.PositiveIntegerField(_("starts in the replay (ms)"), null=True, blank=True)

    class Meta:
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["recorded", "preparing"]),
                name="livestream_broadcast_due",
            ),
            models.Index(
                fields=["ended_at"],
                condition=Q(state="over", source=""),
                name="livestream_broadcast_lost",
            ),
            models.Index(
                fields=["stream"],
                condition=Q(state="ready", replay_start_ms__isnull=True),
                name="livestream_broadcast_unjoined",
            ),
            models.Index(
                fields=["stream"],
                condition=Q(state="failed"),
                name="livestream_broadcast_failed",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["stream"], condition=Q(ended_at__isnull=True), name="livestream_one_on_air"
            )
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class Replay(Job):
    """The work of joining the recordings of a show. Its result is the livestream's `replay_file`.

    `file` is what the newest attempt makes: should it be killed, the next one knows what to remove.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        PREPARING = "preparing", _("is prepared")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    WAITING = (State.WAITING, State.PREPARING)

    stream = models.OneToOneField(
        LiveStream, models.CASCADE, primary_key=True, related_name="replay", verbose_name=_("livestream")
    )
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    file = models.CharField(_("file"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("replay")
        verbose_name_plural = _("replays")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["waiting", "preparing"]),
                name="livestream_replay_due",
            ),
            models.Index(
                fields=["stream"],
                condition=Q(state="failed"),
                name="livestream_replay_failed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.stream)
