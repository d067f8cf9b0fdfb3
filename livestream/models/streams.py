"""A livestream: its status and legal moves, its products, and when it was on air."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from livestream.ids import Kind, encode
from livestream.models.channels import Channel
from livestream.models.files import live_storage
from livestream.models.products import Product


def make_stream_key() -> str:
    """What an encoder shows: 32 characters, never part of a public address."""
    return secrets.token_urlsafe(24)


class LiveStream(models.Model):
    """One show. `version` grows with every change that viewers must see."""

    class Status(models.TextChoices):
        IDLE = "idle", _("idle")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        REPLAY = "replay", _("replay")
        COMPLETED = "completed", _("completed")
        EXPIRED = "expired", _("expired")

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="streams", verbose_name=_("channel"))
    remote_id = models.CharField(_("hosted id"), max_length=64, blank=True, editable=False)
    event_name = models.CharField(_("name"), max_length=200)
    event_description = models.TextField(_("description"), blank=True)
    scheduled_at = models.DateTimeField(_("scheduled"))
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.IDLE, editable=False
    )
    version = models.PositiveBigIntegerField(default=1, editable=False)
    is_rehearsal = models.BooleanField(_("rehearsal"), default=False, editable=False)
    is_on_air = models.BooleanField(_("encoder is sending"), default=False, editable=False)

    live_url = models.CharField(
        _("live video (HLS)"), max_length=500, blank=True, help_text=_("Empty: the encoder's own address.")
    )
    trailer_url = models.CharField(_("trailer"), max_length=500, blank=True)
    poster_url = models.CharField(_("picture"), max_length=500, blank=True)
    frame = models.FileField(
        _("last frame"), upload_to="live/", storage=live_storage, blank=True, editable=False
    )
    replay_url = models.CharField(
        _("replay (HLS or MP4)"), max_length=500, blank=True, help_text=_("Empty: the recording made here.")
    )
    replay_file = models.FileField(
        _("recording"), upload_to="live/", storage=live_storage, blank=True, editable=False
    )
    captions_url = models.CharField(_("captions (WebVTT)"), max_length=500, blank=True)
    captions_language = models.CharField(_("language of the captions"), max_length=35, blank=True)
    stream_key = models.CharField(
        _("stream key"), max_length=64, default=make_stream_key, unique=True, editable=False
    )

    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    replay_until = models.DateTimeField(_("replay until"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    products = models.ManyToManyField(
        Product, through="StreamProduct", related_name="streams", verbose_name=_("products")
    )

    MOVES = {
        Status.IDLE: {Status.ACTIVE, Status.EXPIRED},
        Status.ACTIVE: {Status.PAUSED, Status.REPLAY},
        Status.PAUSED: {Status.ACTIVE, Status.REPLAY},
        Status.REPLAY: {Status.COMPLETED},
        Status.COMPLETED: set(),
        Status.EXPIRED: set(),
    }

    class Meta:
        verbose_name = _("livestream")
        verbose_name_plural = _("livestreams")
        ordering = ["-pk"]
        permissions = [
            ("pin_products", _("Can pin products in a livestream")),
            ("end_livestream", _("Can end a livestream")),
        ]
        indexes = [
            models.Index(
                fields=["scheduled_at"],
                condition=models.Q(status="idle"),
                name="livestream_idle",
            ),
            models.Index(
                fields=["replay_until"],
                condition=models.Q(status="replay"),
                name="livestream_replay_until",
            ),
            models.Index(
                fields=["paused_at"],
                condition=models.Q(status="paused"),
                name="livestream_paused",
            ),
            models.Index(
                fields=["status"],
                condition=models.Q(is_rehearsal=True) | models.Q(status__in=["active", "paused"]),
                name="livestream_showing",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "remote_id"],
                condition=~models.Q(remote_id=""),
                name="livestream_remote_id",
            )
        ]

    def __str__(self) -> str:
        return self.event_name

    @property
    def public_id(self) -> str:
        return encode(Kind.STREAM, self.pk)

    @property
    def is_live(self) -> bool:
        """Whether products can be pinned and the show can end."""
        return self.status in (self.Status.ACTIVE, self.Status.PAUSED)


class StreamProduct(models.Model):
    """A product in the tray of a livestream."""

    stream = models.ForeignKey(LiveStream, models.CASCADE, related_name="tray", verbose_name=_("livestream"))
    product = models.ForeignKey(Product, models.CASCADE, related_name="trays", verbose_name=_("product"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        verbose_name = _("product of the livestream")
        verbose_name_plural = _("products of the livestream")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["stream", "product"], name="livestream_tray_once")]

    def __str__(self) -> str:
        return str(self.product)
