"""Run as a module: makes the tables, a brand and one container, and prints the brand's key."""

import django
from django.core.management import call_command
from django.utils import timezone

from gifting.dto import Actor, ActorKind, NewContainer

CRID = "ORD-2026-1234"


def seed() -> str:
    from gifting.models import Brand
    from gifting.services import containers, keys

    call_command("migrate", verbosity=0)
    now = timezone.now()
    brand = Brand.objects.create(slug="bench", name="Bench", base_url="https://brand.example")
    order = NewContainer(crid=CRID, email="alice@example.com", additional_data={"senderFirstName": "Alice"})
    containers.open_container(brand=brand, request=order, actor=Actor(ActorKind.SHOP), now=now)
    return keys.create_key(brand=brand, now=now)[1]


if __name__ == "__main__":
    django.setup()
    print(seed())
