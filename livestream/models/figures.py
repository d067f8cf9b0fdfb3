"""Counts without persons: how many watched, and what was clicked."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from livestream.models.pins import Pin
from livestream.models.products import Product, ProductUnit
from livestream.models.streams import LiveStream


class ViewerSample(models.Model):
    """How many pages were connected to one process at one moment."""

    stream = models.ForeignKey(
        LiveStream, models.CASCADE, related_name="samples", verbose_name=_("livestream")
    )
    at = models.DateTimeField(_("when"))
    process = models.CharField(_("process"), max_length=40)
    seconds = models.PositiveSmallIntegerField(_("stands for seconds"))
    viewers = models.PositiveIntegerField(_("viewers"))

    class Meta:
        verbose_name = _("viewer count")
        verbose_name_plural = _("viewer counts")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "at", "process"], name="livestream_sample_once")
        ]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.viewers}"


class ProductClick(models.Model):
    """One click on a pinned product. Nothing in it tells who clicked."""

    class Action(models.TextChoices):
        LINK = "link", _("opened in the shop")
        BASKET = "basket", _("put into the basket")

    stream = models.ForeignKey(
        LiveStream, models.CASCADE, related_name="clicks", verbose_name=_("livestream")
    )
    pin = models.ForeignKey(
        Pin, models.SET_NULL, null=True, blank=True, related_name="clicks", verbose_name=_("pin")
    )
    product = models.ForeignKey(Product, models.CASCADE, related_name="clicks", verbose_name=_("product"))
    unit = models.ForeignKey(
        ProductUnit, models.SET_NULL, null=True, blank=True, related_name="clicks", verbose_name=_("unit")
    )
    action = models.CharField(_("action"), max_length=6, choices=Action.choices)
    is_replay = models.BooleanField(_("in the replay"), default=False)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("click")
        verbose_name_plural = _("clicks")
        ordering = ["at"]
        indexes = [models.Index(fields=["stream", "at"], name="livestream_click_times")]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.action}"
