"""The catalogue of a channel: products, their pictures, and their units (variants)."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from livestream.ids import Kind, encode
from livestream.models.channels import Channel


class Product(models.Model):
    """Something that can be pinned."""

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="products", verbose_name=_("channel"))
    ext_id = models.CharField(_("shop's number"), max_length=120, blank=True)
    remote_id = models.CharField(_("hosted id"), max_length=64, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    currency = models.CharField(
        _("currency"), max_length=3, validators=[RegexValidator(r"^[A-Z]{3}$", _("Three capital letters."))]
    )
    url = models.URLField(_("address in the shop"), max_length=500, blank=True)
    is_sold_out = models.BooleanField(_("sold out"), default=False)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "ext_id"], condition=~models.Q(ext_id=""), name="livestream_product_ext_id"
            ),
            models.UniqueConstraint(
                fields=["channel", "remote_id"],
                condition=~models.Q(remote_id=""),
                name="livestream_product_remote_id",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return encode(Kind.PRODUCT, self.pk)


class ProductImage(models.Model):
    """A picture, by its address."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="images", verbose_name=_("product"))
    src = models.URLField(_("address"), max_length=500)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.src

    @property
    def public_id(self) -> str:
        return encode(Kind.IMAGE, self.pk)


class ProductUnit(models.Model):
    """One variant, with its price."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="units", verbose_name=_("product"))
    ext_id = models.CharField(_("shop's number"), max_length=120, blank=True)
    remote_id = models.CharField(_("hosted id"), max_length=64, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)
    image = models.URLField(_("picture"), max_length=500, blank=True)
    url = models.URLField(_("address in the shop"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    is_sold_out = models.BooleanField(_("sold out"), default=False)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gte=0), name="livestream_unit_price"),
            models.UniqueConstraint(
                fields=["product", "remote_id"],
                condition=~models.Q(remote_id=""),
                name="livestream_unit_remote_id",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return encode(Kind.UNIT, self.pk)
