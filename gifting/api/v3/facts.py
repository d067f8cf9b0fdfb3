"""All that is known of a container, in one query that is composed once: shops ask for it often."""

from typing import Any

from gifting.errors import NotFound
from gifting.models import Brand, VideoContainer
from gifting.services import orders

ROWS = VideoContainer.objects.order_by().values_list(
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
    "hosted__urid",
    "hosted__edit_key",
    "hosted__recording_url",
    "hosted__preview_url",
    "recording__pk",
    "recording__duration_ms",
    "recording__width",
    "recording__height",
    named=True,
)


def find_facts(*, brand: Brand, crid: str) -> Any:
    """A brand's order with its newest parcel, one attribute for each column above. Raises NotFound."""
    possible = not orders.crid_problem(crid)  # PostgreSQL takes no NUL in a text.
    parcels = ROWS.filter(order__brand=brand, order__number=crid) if possible else []
    if not parcels:
        raise NotFound("There is no gift message for this order.")
    return max(parcels, key=lambda row: row.order__shipments__pk or 0)
