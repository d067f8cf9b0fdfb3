"""All that is known of a container, in one query that is composed once: shops ask for it often."""

from typing import Any

from gifting.errors import NotFound
from gifting.models import Brand, VideoContainer
from gifting.services import orders

# The newest parcel comes by the join: a number has one container, so the first row is it.
ROWS = VideoContainer.objects.order_by("-order__shipments__pk").values_list(
    "urid",
    "edit_key",
    "state",
    "activated_at",
    "recorded_at",
    "delivered_at",
    "expires_at",
    "order__giver_email",
    "order__receiver_email",
    "order__language",
    "order__additional_data",
    "order__shipments__pk",
    "order__shipments__code",
    "order__shipments__carrier",
    "order__shipments__status",
    "order__shipments__delivered_at",
    "recording__pk",
    "recording__duration_ms",
    "recording__width",
    "recording__height",
    named=True,
)


def find_facts(*, brand: Brand, crid: str) -> Any:
    """The row of a brand's order, one attribute for each column above. Raises NotFound."""
    possible = not orders.crid_problem(crid)
    row = ROWS.filter(order__brand=brand, order__number=crid).first() if possible else None
    if row is None:
        raise NotFound("There is no gift message for this order.")
    return row
