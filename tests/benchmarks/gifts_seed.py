"""Run as a module: makes the tables, a brand with one pack, gifts that wait, and prints the brand's key."""

import sys

import django
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

PACK = 1
WAITING = """
    INSERT INTO gifting_giftpack (brand_id, pack_id, sender, receiver, state, note, sent_at, expires_at)
    SELECT %s, %s, 'giver-' || n, 'friend-' || n, 'sent', '', now(), now() + interval '30 days'
    FROM generate_series(1, %s) AS n
"""


def seed(waiting: int) -> str:
    """`giver-1` has sent the pack to `friend-1`, and so on."""
    from gifting.models import ApiKey, Brand, StickerPack
    from gifting.services import keys

    call_command("migrate", verbosity=0)
    brand = Brand.objects.create(slug="bench", name="Bench", base_url="https://brand.example")
    pack = StickerPack.objects.create(pk=PACK, brand=brand, number=PACK, name="P", created_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [brand.pk, pack.pk, waiting])
        cursor.execute("VACUUM ANALYZE")
    return keys.create_key(brand=brand, kind=ApiKey.Kind.PACKS, now=timezone.now())[1]


if __name__ == "__main__":
    django.setup()
    print(seed(int(sys.argv[1])))
