"""What was counted in the stories about reports."""

from datetime import datetime, timedelta
from typing import Any

from livestream.models import LiveStream, Pin, Product, ProductClick, ViewerSample

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Action = ProductClick.Action


def sample(show: LiveStream, at: datetime, *viewers: int, seconds: int = 10) -> None:
    """How many each process counted at a moment."""
    ViewerSample.objects.bulk_create(
        ViewerSample(stream=show, at=at, process=f"p{number}", seconds=seconds, viewers=count)
        for number, count in enumerate(viewers)
    )


def pin(
    show: LiveStream, product: Product, at: datetime, until: datetime | None = None, **fields: Any
) -> Pin:
    fields = {"item": product.public_id, "pinned_by": "staff:maria", "position": 1, **fields}
    return Pin.objects.create(stream=show, product=product, pinned_at=at, unpinned_at=until, **fields)


def click(show: LiveStream, product: Product, at: datetime, **fields: Any) -> None:
    ProductClick.objects.create(stream=show, product=product, at=at, **{"action": Action.LINK, **fields})


def url(show: LiveStream, file: str = "") -> str:
    return f"/admin/livestream/livestream/{show.pk}/report/{file}"
