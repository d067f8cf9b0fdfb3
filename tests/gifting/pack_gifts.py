"""Packs and gifts of them at any time, for the tests that count them."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from gifting.models import Brand, GiftPack, PackTally, StickerPack

State = GiftPack.State


def at(text: str) -> datetime:
    """`2026-03-01 12:00` in UTC."""
    return datetime.fromisoformat(f"{text}+00:00")


def new_pack(brand: Brand, number: int = 118, name: str = "Stuart", **fields: Any) -> StickerPack:
    fields.setdefault("created_at", at("2025-12-01 00:00"))
    return StickerPack.objects.create(brand=brand, number=number, name=name, **fields)


def give(pack: StickerPack, sender: str, receiver: str, sent_at: datetime, **fields: Any) -> GiftPack:
    """A gift as it would be in the tables, in the state that its times tell."""
    if fields.get("confirmed_at"):
        fields.setdefault("state", State.CONFIRMED)
    if fields.get("ended_at"):
        fields.setdefault("state", State.EXPIRED)
    return GiftPack.objects.create(
        brand=pack.brand, pack=pack, sender=sender, receiver=receiver, sent_at=sent_at, **fields
    )


def accept(pack: StickerPack, sender: str, receiver: str, sent_at: datetime, *, after: timedelta) -> GiftPack:
    """A gift that was confirmed some time after it was sent."""
    return give(pack, sender, receiver, sent_at, confirmed_at=sent_at + after)


def give_many(brand: Brand, sender: str, receiver: str, count: int) -> None:
    """So many gifts of as many packs, numbered from 1: the first as any, the others copied from it."""
    first = give(new_pack(brand, 1), sender, receiver, at("2026-01-01 00:00"))
    pack = _columns(StickerPack, number="n")
    gift = _columns(GiftPack, pack_id="pack.id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE numbers(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) "
            f"INSERT INTO gifting_stickerpack ({', '.join(pack)}) SELECT {', '.join(pack.values())} "
            f"FROM gifting_stickerpack, numbers WHERE id = {first.pack_id} ORDER BY n"
        )
        cursor.execute(
            f"INSERT INTO gifting_giftpack ({', '.join(gift)}) SELECT {', '.join(gift.values())} "
            f"FROM gifting_giftpack CROSS JOIN gifting_stickerpack AS pack "
            f"WHERE gifting_giftpack.id = {first.pk} AND pack.number > 1 ORDER BY pack.number"
        )
    PackTally.objects.create(brand=brand, user=sender, sent=count)
    PackTally.objects.create(brand=brand, user=receiver, received=count)


def give_back(brand: Brand) -> None:
    """For every gift of the brand the same pack goes the other way."""
    gift = _columns(GiftPack, sender="receiver", receiver="sender")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO gifting_giftpack ({', '.join(gift)}) SELECT {', '.join(gift.values())} "
            f"FROM gifting_giftpack WHERE brand_id = {brand.pk} ORDER BY id"
        )
    total = F("sent") + F("received")
    PackTally.objects.filter(brand=brand).update(sent=total, received=total)


def _columns(model: Any, **changes: str) -> dict[str, str]:
    """All columns but the key, each with what is copied there."""
    names = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    return {name: changes.get(name, f"{model._meta.db_table}.{name}") for name in names}
