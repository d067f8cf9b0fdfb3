"""What the sample shop itself knows of an order. The gift's order points to it, as in a real shop."""

from django.db import models


class ShopOrder(models.Model):
    """One gift, bought once. `price` is in cents."""

    product = models.SlugField()
    price = models.PositiveIntegerField()
    giver_name = models.CharField(max_length=80)
    giver_email = models.EmailField()
    receiver_name = models.CharField(max_length=80)
    placed_at = models.DateTimeField()

    class Meta:
        verbose_name = "sample shop order"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that the customer sees, and the crid of the gift message."""
        return f"ML-{1000 + self.pk}"
