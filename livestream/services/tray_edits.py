"""Arranges the tray of a livestream: which products are at hand, in which order."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from livestream.errors import Invalid
from livestream.models import LiveStream, Product, StreamProduct
from livestream.services import streams


@transaction.atomic
def arrange(*, stream: LiveStream, products: Sequence[Product]) -> None:
    """The whole tray, in this order; what is not named goes out of it. Raises Invalid for a foreign one."""
    if foreign := [one.name for one in products if one.channel_id != stream.channel_id]:
        words = _("These products belong to another channel: %(products)s.")
        raise Invalid(words % {"products": ", ".join(foreign)})
    row = streams.locked(stream.pk)
    wanted = {product.pk: place for place, product in enumerate(products, 1)}
    row.tray.exclude(product__in=wanted).delete()
    StreamProduct.objects.bulk_create(
        [StreamProduct(stream=row, product_id=pk, position=place) for pk, place in wanted.items()],
        update_conflicts=True,
        unique_fields=["stream", "product"],
        update_fields=["position"],
    )
