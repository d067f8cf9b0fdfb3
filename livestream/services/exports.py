"""What lists are exported as: rows of plain values, read while they are sent."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum

from livestream.models import LiveStream, Product, ProductClick, ViewerSample

READ_AT_ONCE = 1_000
STREAM_HEAD = (
    *("id", "channel", "name", "status", "scheduled", "started", "ended", "replay_until"),
    *("viewers_peak", "clicks", "baskets"),
)
PRODUCT_HEAD = (
    *("product", "name", "description", "currency", "url", "images", "sold_out"),
    *("unit", "unit_name", "price", "unit_url", "unit_image", "unit_sold_out"),
)


def with_peak(streams: QuerySet[LiveStream]) -> QuerySet[LiveStream]:
    """Each with `viewers_peak`: the most pages that were connected at one moment, or None."""
    samples = ViewerSample.objects.filter(stream=OuterRef("pk")).order_by().values("at")
    peak = samples.annotate(together=Sum("viewers")).order_by("-together").values("together")[:1]
    return streams.annotate(viewers_peak=Subquery(peak))


def stream_rows(streams: QuerySet[LiveStream]) -> Iterator[list[Any]]:
    """A row for each livestream, in the order of the query; times in UTC."""
    counted = {f"n_{action}": _clicks(action) for action in ProductClick.Action.values}
    wanted: QuerySet[Any] = with_peak(streams).select_related("channel").annotate(**counted)
    for stream in wanted.iterator(chunk_size=READ_AT_ONCE):
        yield [
            *(stream.public_id, stream.channel.slug, stream.event_name, stream.status),
            *map(_time, (stream.scheduled_at, stream.started_at, stream.ended_at, stream.replay_until)),
            *(stream.viewers_peak or 0, stream.n_link or 0, stream.n_basket or 0),
        ]


def _clicks(action: str) -> Subquery:
    clicks = ProductClick.objects.filter(stream=OuterRef("pk"), action=action).order_by().values("stream")
    return Subquery(clicks.annotate(n=Count("pk")).values("n"))


def product_rows(products: QuerySet[Product]) -> Iterator[list[Any]]:
    """A row for each unit, as the import reads them; a product without units has one row."""
    wanted = products.prefetch_related("units", "images").iterator(chunk_size=READ_AT_ONCE)
    for product in wanted:
        images = " ".join(image.src for image in product.images.all())
        about = [product.ext_id, product.name, product.description, product.currency, product.url, images]
        for unit in product.units.all() or [None]:
            yield [*about, _flag(product.is_sold_out), *_unit(unit)]


def _unit(unit: Any) -> list[Any]:
    if unit is None:
        return [""] * 6
    return [unit.ext_id, unit.name, f"{unit.price:.2f}", unit.url, unit.image, _flag(unit.is_sold_out)]


def _flag(value: bool) -> str:
    return "yes" if value else "no"


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if at else ""
