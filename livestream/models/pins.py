"""Pins: the live state, the chapters of the replay and the report in one; and the cues that prepare them."""

from datetime import datetime

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from livestream.ids import Kind, encode
from livestream.models.products import Product, ProductUnit
from livestream.models.streams import LiveStream


class ItemQuerySet(models.QuerySet["Pin"]):
    """The questions about pins."""

    def open(self) -> "ItemQuerySet":
        """What is pinned now, first one first."""
        return self.filter(unpinned_at__isnull=True).order_by("position", "pk")

    def close(self, now: datetime) -> int:
        """They are pinned no longer; how many. Who had to wait for another pin may have an earlier `now`."""
        return self.update(unpinned_at=Greatest("pinned_at", Value(now)))


class Pin(models.Model):
    """A product, or one unit of it, that was pinned from `pinned_at` to `unpinned_at` (open: None).

    `item` is its public id. The chapter fields are staff's corrections; empty ones follow the times.
    """

    stream = models.ForeignKey(LiveStream, models.CASCADE, related_name="pins", verbose_name=_("livestream"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="pins", verbose_name=_("product"))
    unit = models.ForeignKey(
        ProductUnit, models.PROTECT, null=True, blank=True, related_name="pins", verbose_name=_("unit")
    )
    item = models.CharField(_("id"), max_length=32, editable=False)
    position = models.PositiveSmallIntegerField(_("position"))
    is_rehearsal = models.BooleanField(_("rehearsal"), default=False)
    pinned_at = models.DateTimeField(_("pinned"))
    unpinned_at = models.DateTimeField(_("unpinned"), null=True, blank=True)
    pinned_by = models.CharField(_("by"), max_length=170)
    impressions = models.PositiveBigIntegerField(_("impressions"), default=0)
    chapter_title = models.CharField(_("title of the chapter"), max_length=120, blank=True)
    chapter_start_ms = models.PositiveIntegerField(_("chapter starts (ms)"), null=True, blank=True)
    chapter_end_ms = models.PositiveIntegerField(_("chapter ends (ms)"), null=True, blank=True)
    is_hidden = models.BooleanField(_("left out of the replay"), default=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("pin")
        verbose_name_plural = _("pins")
        ordering = ["pinned_at", "position", "pk"]
        indexes = [models.Index(fields=["stream", "pinned_at"], name="livestream_pin_times")]
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "item"],
                condition=Q(unpinned_at__isnull=True),
                name="livestream_pinned_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.pinned_at:%H:%M:%S}"


class Cue(models.Model):
    """One step of the run of show: what to say, and what the next key pins."""

    stream = models.ForeignKey(LiveStream, models.CASCADE, related_name="cues", verbose_name=_("livestream"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    title = models.CharField(_("title"), max_length=120)
    note = models.TextField(_("note for the presenter"), blank=True)
    seconds = models.PositiveIntegerField(_("planned seconds"), null=True, blank=True)
    items = models.JSONField(_("pins"), default=list, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("cue")
        verbose_name_plural = _("run of show")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


def item_of(product: Product, unit: ProductUnit | None) -> str:
    """The public id of what a pin shows."""
    return encode(Kind.UNIT, unit.pk) if unit else encode(Kind.PRODUCT, product.pk)
