"""The project, and beside it what views cost that do as little as can be: the same rows, by the ORM alone."""

import json
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.models import AccessToken

from livestream.models import (
    Channel,
    ChannelApplication,
    JournalEntry,
    LiveStream,
    Pin,
    Product,
    StreamProduct,
)


def _channel(request: HttpRequest) -> Channel:
    clear = request.headers["Authorization"].removeprefix("Bearer ")
    tokens = AccessToken.objects.select_related("application").filter(expires__gt=timezone.now())
    token = tokens.get(token_checksum=sha256(clear.encode()).hexdigest())
    ties = ChannelApplication.objects.select_related("channel")
    return ties.get(client_id=token.application.client_id).channel


def _units(product: Product) -> list[dict[str, Any]]:
    return [
        {
            "id": unit.pk,
            "unit_name": unit.name,
            "unit_price": float(unit.price),
            "unit_price_string": f"{product.currency} {unit.price}",
            "unit_ext_id": unit.ext_id,
        }
        for unit in product.units.all()
    ]


def _images(product: Product) -> list[dict[str, Any]]:
    return [
        {"id": image.pk, "image_src": image.src, "image_position": image.position}
        for image in product.images.all()
    ]


def detail(request: HttpRequest, number: int) -> JsonResponse:
    """The rows that the API reads, in its shape."""
    stream = LiveStream.objects.get(pk=number, channel=_channel(request))
    products = stream.products.order_by("trays__position").prefetch_related("images", "units")
    shown = [
        {
            "id": product.pk,
            "product_name": product.name,
            "product_description": product.description,
            "product_currency": product.currency,
            "product_images": _images(product),
            "product_units": _units(product),
        }
        for product in products
    ]
    return JsonResponse(
        {
            "status": stream.status,
            "scheduled_at": stream.scheduled_at.isoformat(),
            "event_name": stream.event_name,
            "event_description": stream.event_description,
            "products": shown,
        }
    )


@csrf_exempt
def pin(request: HttpRequest, number: int) -> JsonResponse:
    """The rows that the API reads and writes, and the state that it would hand over."""
    channel, numbers, now = _channel(request), json.loads(request.body)["product_ids"], timezone.now()
    with transaction.atomic():
        stream = LiveStream.objects.select_for_update().get(pk=number, channel=channel)
        products = list(Product.objects.filter(pk__in=numbers).prefetch_related("images", "units"))
        _replace(stream, products, now)
        tray = set(stream.tray.values_list("product_id", flat=True))
        new = [StreamProduct(stream=stream, product=one) for one in products if one.pk not in tray]
        StreamProduct.objects.bulk_create(new)
        stream.version += 1
        stream.save(update_fields=["version"])
        JournalEntry.objects.create(stream=stream, at=now, actor="api", event="pinned", detail=numbers)
    cards = [{"name": one.name, "images": _images(one), "units": _units(one)} for one in products]
    json.dumps({"version": stream.version, "pins": cards})
    return JsonResponse({"pinned_product_ids": numbers})


def _replace(stream: LiveStream, products: list[Product], now: Any) -> None:
    places = {product.pk: place for place, product in enumerate(products, 1)}
    there = list(stream.pins.filter(unpinned_at=None))
    gone = [one.pk for one in there if one.product_id not in places]
    Pin.objects.filter(pk__in=gone).update(unpinned_at=now)
    stay = [one for one in there if one.product_id in places]
    for one in stay:
        one.position = places.pop(one.product_id)
    Pin.objects.bulk_update(stay, ["position"])
    Pin.objects.bulk_create(
        [
            Pin(stream=stream, product_id=pk, item=pk, position=place, pinned_at=now, pinned_by="api")
            for pk, place in places.items()
        ]
    )


urlpatterns = [
    path("bare/<int:number>/detail", detail),
    path("bare/<int:number>/pin", pin),
    path("", include("config.urls")),
]
