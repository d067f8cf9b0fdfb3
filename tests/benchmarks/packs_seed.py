"""Very many gift packs, made inside PostgreSQL: 100 packs, 50,000 users, 400 days up to now."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from gifting.models import Brand, StickerPack

PACKS, USERS, DAYS = 100, 50_000, 400
HEAVY = "heavy"  # The user who receives a fifth of all gifts.

# Each block of 50,000 gifts reaches every user once, each time with another pack: nobody gets one twice.
GIFTS = """
    INSERT INTO gifting_giftpack (brand_id, pack_id, sender, receiver, state, note, sent_at, expires_at,
                                  confirmed_at, ended_at)
    SELECT %(brand)s,
           %(first_pack)s + CASE WHEN n %% 5 = 0 THEN n / 5 ELSE n / %(users)s + n * 7919 END %% %(packs)s,
           'user-' || floor(%(users)s * power(random(), 2))::int,
           CASE WHEN n %% 5 = 0 THEN %(heavy)s ELSE 'friend-' || n * 7919 %% %(users)s END,
           state, '', sent_at, CASE WHEN state = 'sent' THEN %(now)s::timestamptz + interval '30 days' END,
           CASE WHEN state = 'confirmed' THEN later END,
           CASE WHEN state IN ('expired', 'revoked') THEN later END
    FROM (
        SELECT n, sent_at, later,
               CASE WHEN later >= %(now)s OR chance < 0.15 THEN 'sent'
                    WHEN chance < 0.22 THEN 'expired'
                    WHEN chance < 0.25 THEN 'revoked'
                    ELSE 'confirmed' END AS state
        FROM (
            SELECT n, random() AS chance, sent_at, sent_at + interval '3 days' * power(random(), 3) AS later
            FROM (
                SELECT n, %(now)s::timestamptz - interval '1 day' * %(days)s * (1 - n::float / %(gifts)s)
                          AS sent_at
                FROM generate_series(0::bigint, %(gifts)s - 1) AS n
            ) AS numbered
        ) AS timed
    ) AS fated
"""
INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = 'gifting_giftpack' AND indexname NOT LIKE '%%_pkey'
"""


def fill(connection: BaseDatabaseWrapper, gifts: int) -> Brand:
    """`gifts` gifts of a new brand, at most 5,000,000: of more, some would be given twice.

    The heavy receiver has each pack many times, which the rule against it is told to allow.
    """
    brand = Brand.objects.create(slug="bench", name="Bench", base_url="https://brand.example")
    now = timezone.now()
    packs = StickerPack.objects.bulk_create(
        StickerPack(brand=brand, number=n, name=f"Pack {n}", created_at=now) for n in range(1, PACKS + 1)
    )
    numbers = {"gifts": gifts, "packs": PACKS, "users": USERS, "days": DAYS, "now": now, "heavy": HEAVY}
    with connection.cursor() as cursor:
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(GIFTS, {**numbers, "brand": brand.pk, "first_pack": packs[0].pk})
        for name, definition in indexes:
            allowed = f" AND receiver <> '{HEAVY}'" if name == "gifting_one_open_gift" else ""
            cursor.execute(definition + allowed)
        cursor.execute("VACUUM ANALYZE gifting_giftpack")
    return brand
