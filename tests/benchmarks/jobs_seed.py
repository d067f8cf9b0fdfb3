"""Run as a module: `jobs_seed MAILS` makes so many gifts whose parcel has just arrived."""

import sys

import django
from django.core.management import call_command
from django.utils import timezone

from gifting.dto import Actor, ActorKind, NewContainer

SHOP, GIVER, CARRIER = Actor(ActorKind.SHOP), Actor(ActorKind.GIVER), Actor(ActorKind.CARRIER)


def seed(mails: int) -> None:
    from gifting.models import Brand, Shipment
    from gifting.services import containers, deliveries, notes

    call_command("migrate", verbosity=0)
    now = timezone.now()
    brand = Brand.objects.create(slug="bench", name="Bench", base_url="https://brand.example")
    for number in range(mails):
        order = NewContainer(
            crid=f"ORD-{number}",
            email="alice@example.com",
            receiver_email="bob@example.com",
            additional_data={},
        )
        gift, _ = containers.open_container(brand=brand, request=order, actor=SHOP, now=now)
        notes.write_note(container=gift, note="Only words.", alone=True, actor=GIVER, now=now)
        parcel = Shipment.objects.create(order=gift.order, code=f"BIKE-{number}", created_at=now)
        deliveries.confirm_delivery(shipment=parcel, actor=CARRIER, now=now)


if __name__ == "__main__":
    django.setup()
    seed(int(sys.argv[1]))
