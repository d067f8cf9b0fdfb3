"""A parcel of an order."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gifting.models.orders import Order


class Shipment(models.Model):
    """The carrier's code for a parcel, and the last that is known of it."""

    class Carrier(models.TextChoices):
        CHRONOPOST = "chronopost", "Chronopost"
        UPS = "ups", "UPS"
        DHL = "dhl", "DHL"
        COURSIER = "coursier", _("courier")
        OTHER = "other", _("other")

    class Status(models.TextChoices):
        SHIPPED = "shipped", _("shipped")
        DELIVERED = "delivered", _("delivered")

    order = models.ForeignKey(Order, models.CASCADE, related_name="shipments", verbose_name=_("order"))
    code = models.CharField(_("tracking code"), max_length=100, blank=True)
    carrier = models.CharField(_("carrier"), max_length=20, choices=Carrier.choices, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.SHIPPED)
    created_at = models.DateTimeField(_("created"))
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.carrier} {self.code}".strip()
