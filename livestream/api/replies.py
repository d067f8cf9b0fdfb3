"""What the calls answer: plain JSON, built by hand in the order of the contract."""

import json
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse

from livestream.backends.base import ImageFacts, ProductFacts, UnitFacts
from livestream.models import LiveStream


def reply(body: dict[str, Any]) -> HttpResponse:
    """JSON that no cache keeps: the next moment it may be another."""
    return HttpResponse(
        json.dumps(body), content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def details(stream: LiveStream, products: list[ProductFacts]) -> dict[str, Any]:
    """A livestream with its products (seed 002, section 4)."""
    return {
        "status": stream.status,
        "scheduled_at": _time(stream.scheduled_at),
        "event_name": stream.event_name,
        "event_description": stream.event_description,
        "products": [_product(product) for product in products],
    }


def entry(stream: LiveStream) -> dict[str, Any]:
    """A livestream in a playlist (seed 002, section 5)."""
    return {
        "event_description": stream.event_description,
        "event_name": stream.event_name,
        "id": stream.public_id,
        "scheduled_at": _time(stream.scheduled_at),
        "status": stream.status,
    }


def _product(product: ProductFacts) -> dict[str, Any]:
    return {
        "id": product.id,
        "product_name": product.name,
        "product_description": product.description,
        "product_currency": product.currency,
        "product_images": [_image(image) for image in product.images],
        "product_units": [_unit(unit) for unit in product.units],
    }


def _image(image: ImageFacts) -> dict[str, Any]:
    return {"id": image.id, "image_src": image.src, "image_position": image.position}


def _unit(unit: UnitFacts) -> dict[str, Any]:
    return {
        "id": unit.id,
        "unit_name": unit.name,
        "unit_price": float(unit.price),
        "unit_price_string": unit.price_text,
        "unit_ext_id": unit.ext_id,
    }


def _time(moment: datetime) -> str:
    """ISO 8601 in UTC, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
