"""The port to gift packs, answered by this installation: the same words over our own services."""

from typing import Any

from django.utils import timezone

from gifting.backends.packs import (
    LIMIT,
    GiftPackBackend,
    GivenPack,
    PackFacts,
    Page,
    StickerFacts,
    check_number,
    check_page,
)
from gifting.models import Brand, GiftPack, Sticker
from gifting.services import pack_catalogue, pack_lists, packs
from gifting.services.pack_lists import GiftPage


class LocalPackBackend(GiftPackBackend):
    """The gift packs of one brand."""

    def __init__(self, brand: Brand) -> None:
        self.brand = brand

    def send(self, number: int, *, sender: str, receiver: str, note: str = "") -> None:
        check_number(number)
        packs.send(
            brand=self.brand,
            number=number,
            sender=sender,
            receiver=receiver,
            note=note,
            now=timezone.now(),
        )

    def confirm(self, number: int, *, sender: str, receiver: str) -> None:
        check_number(number)
        packs.confirm(brand=self.brand, number=number, sender=sender, receiver=receiver, now=timezone.now())

    def sent(self, user: str, *, page: int = 1, limit: int = LIMIT) -> Page[GivenPack]:
        check_page(page, limit)
        return _page(pack_lists.sent(brand=self.brand, user=user, page=page, limit=limit))

    def received(self, user: str, *, page: int = 1, limit: int = LIMIT) -> Page[GivenPack]:
        check_page(page, limit)
        return _page(pack_lists.received(brand=self.brand, user=user, page=page, limit=limit))

    def packs(self, *, page: int = 1, limit: int = LIMIT, user: str = "") -> Page[PackFacts]:
        check_page(page, limit)
        found = pack_catalogue.packs(brand=self.brand, page=page, limit=limit, user=user)
        return Page(items=tuple(_pack(pack, pack) for pack in found.items), total=found.total)

    def pack(self, number: int, *, user: str = "") -> PackFacts:
        check_number(number)
        pack = pack_catalogue.find_pack(brand=self.brand, number=number, user=user)
        return _pack(pack, pack, stickers=pack.stickers.all())


def _page(found: GiftPage) -> Page[GivenPack]:
    return Page(items=tuple(map(_given, found.items)), total=found.total)


def _given(gift: Any) -> GivenPack:
    return GivenPack(
        pack=_pack(gift.pack, gift),
        sender=gift.sender,
        receiver=gift.receiver,
        is_confirmed=gift.state == GiftPack.State.CONFIRMED,
        sent_at=gift.sent_at,
        confirmed_at=gift.confirmed_at,
        note=gift.note,
        expires_at=gift.expires_at,
        pk=gift.pk,
    )


def _pack(pack: Any, facts: Any, stickers: Any = ()) -> PackFacts:
    """`facts` knows when the user downloaded the pack, and wished for it."""
    return PackFacts(
        number=pack.number,
        name=pack.name,
        image_url=pack_catalogue.image_url(pack),
        category=pack.category,
        keywords=pack.keywords,
        is_animated=pack.is_animated,
        is_new=pack.is_new,
        artist=pack.artist,
        language=pack.language,
        is_downloaded=facts.downloaded_at is not None,
        is_wished=facts.wished_at is not None,
        price=pack.price,
        stickers=tuple(map(_sticker, stickers)),
    )


def _sticker(sticker: Sticker) -> StickerFacts:
    return StickerFacts(pk=sticker.pk, image_url=pack_catalogue.sticker_url(sticker))
