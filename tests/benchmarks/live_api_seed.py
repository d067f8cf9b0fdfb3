"""Run as a module: tables, a channel with shows on air; prints a token and the calls to make."""

import json
from datetime import timedelta
from typing import Any

import django
from django.core.management import call_command
from django.utils import timezone

STREAMS, PRODUCTS, UNITS, SETS = 16, 50, 4, 8


def seed() -> dict[str, Any]:
    """`token`, and for each call `ours` and `bare`: [path, body] of different requests."""
    call_command("migrate", verbosity=0)
    token, channel = new_channel()
    products = new_products(channel)
    streams = new_streams(channel, products)
    sets = [products[place : place + 3] for place in range(SETS)]
    return {
        "token": token,
        "detail": {
            "ours": [[f"/api/v1/live_streams/{streams[0].public_id}/detail", ""]],
            "bare": [[f"/bare/{streams[0].pk}/detail", ""]],
        },
        "pin_product": {
            "ours": [
                [
                    f"/api/v1/live_streams/{stream.public_id}/pin_product",
                    _body([product.public_id for product in some]),
                ]
                for some in sets
                for stream in streams
            ],
            "bare": [
                [f"/bare/{stream.pk}/pin", _body([product.pk for product in some])]
                for some in sets
                for stream in streams
            ],
        },
    }


def _body(ids: list[Any]) -> str:
    return json.dumps({"product_ids": ids})


def new_channel() -> tuple[str, Any]:
    """An access token for a day, and its channel."""
    from oauth2_provider.models import AccessToken, Application

    from livestream.models import Channel
    from livestream.services import applications

    now = timezone.now()
    channel = Channel.objects.create(slug="bench", name="Bench", base_url="https://live.example")
    made = applications.create(channel=channel, name="Bench", now=now)
    AccessToken.objects.create(
        token="bench",
        application=Application.objects.get(client_id=made.application.client_id),
        expires=now + timedelta(days=1),
        scope="livestreams:read livestreams:write",
    )
    return "bench", channel


def new_products(channel: Any) -> list[Any]:
    """Each with one picture and four units of different prices."""
    from livestream.models import Product, ProductImage, ProductUnit

    made = Product.objects.bulk_create(
        [
            Product(channel=channel, name=f"Product {n}", description="Warm and soft.", currency="EUR")
            for n in range(PRODUCTS)
        ]
    )
    ProductImage.objects.bulk_create(
        [ProductImage(product=one, src=f"https://cdn.example/{one.pk}.jpg") for one in made]
    )
    ProductUnit.objects.bulk_create(
        [
            ProductUnit(product=one, name=f"Size {n}", price=f"{one.pk}.{n}9", position=n, ext_id=f"v{n}")
            for one in made
            for n in range(UNITS)
        ]
    )
    return made


def new_streams(channel: Any, products: list[Any]) -> list[Any]:
    """On air, with all products in the tray."""
    from livestream.dto import Actor, ActorKind
    from livestream.models import LiveStream
    from livestream.services import streams

    now, actor = timezone.now(), Actor(ActorKind.SYSTEM)
    made = []
    for number in range(STREAMS):
        stream = streams.create(
            channel=channel, event_name=f"Show {number}", scheduled_at=now, actor=actor, now=now
        )
        streams.fill_tray(stream=stream, products=products)
        made.append(streams.move(stream=stream, to=LiveStream.Status.ACTIVE, actor=actor, now=now))
    return made


if __name__ == "__main__":
    django.setup()
    print(json.dumps(seed()))
