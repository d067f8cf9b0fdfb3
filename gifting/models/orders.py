"""The shop's order as far as gifting cares."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from gifting.models.brands import Brand


class Order(models.Model):
    """Who gives what to whom. `number` is the shop's own (the crid of the API), unique in its brand."""

    class Delivery(models.TextChoices):
        EMAIL = "email", _("mail on delivery")
        CARD = "card", _("card in the parcel")

    brand = models.ForeignKey(Brand, models.PROTECT, related_name="orders", verbose_name=_("brand"))
    number = models.CharField(_("number"), max_length=100)
    giver_name = models.CharField(_("giver"), max_length=80, blank=True)
    giver_email = models.EmailField(_("giver's mail"))
    receiver_name = models.CharField(_("receiver"), max_length=80, blank=True)
    receiver_email = models.EmailField(_("receiver's mail"), blank=True)
    product_name = models.CharField(_("product"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=35, blank=True)
    delivery = models.CharField(_("delivery"), max_length=5, choices=Delivery.choices, default=Delivery.CARD)
    additional_data = models.JSONField(_("additional data"), default=dict, blank=True)
    request_digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("created"))
    shop_type = models.ForeignKey(
        ContentType, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    shop_id = models.CharField(max_length=64, blank=True, editable=False)
    shop_object = GenericForeignKey("shop_type", "shop_id")

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "number"], name="gifting_order_number_in_brand")
        ]
        indexes = [
            models.Index(fields=["number"], name="gifting_order_number"),
            models.Index(fields=["created_at", "id"], name="gifting_order_created"),
            models.Index(
                fields=["shop_type", "shop_id"],
                name="gifting_order_of_shop_object",
                condition=models.Q(shop_type__isnull=False),
            ),
            models.Index(Lower("giver_email"), name="gifting_order_giver"),
            models.Index(Lower("receiver_email"), name="gifting_order_receiver"),
            models.Index(
                fields=["id"],
                name="gifting_order_no_address",
                condition=models.Q(delivery="email", receiver_email="") & ~models.Q(giver_email=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number
