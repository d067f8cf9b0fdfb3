"""Packs and gifts as items of lists, in the words and the order of the contract."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from gifting.models import GiftPack, Sticker
from gifting.services.pack_catalogue import image_url, sticker_url

YES_NO = {True: "Y", False: "N"}


def gift(gift: Any) -> dict[str, Any]:
    """The sixteen attributes of a gift; the flags are those of the user whose list it is in."""
    return {
        **_pack(gift.pack, gift),
        "isReceive": YES_NO[gift.state == GiftPack.State.CONFIRMED],
        "sendUserId": gift.sender,
        "receiveUserId": gift.receiver,
        "sendDate": _time(gift.sent_at),
        "receiveDate": _time(gift.confirmed_at),
    }


def listed_pack(pack: Any) -> dict[str, Any]:
    """A pack in the catalogue, with its price."""
    return {**_pack(pack, pack), "price": pack.price}


def whole_pack(pack: Any, stickers: Iterable[Sticker]) -> dict[str, Any]:
    """A pack with its stickers."""
    return {**_pack(pack, pack), "stickers": [_sticker(pack, sticker) for sticker in stickers]}


def _pack(pack: Any, facts: Any) -> dict[str, Any]:
    """`facts` knows when the user downloaded the pack, and wished for it."""
    return {
        "packageId": pack.number,
        "packageName": pack.name,
        "packageImg": image_url(pack),
        "packageCategory": pack.category,
        "packageKeywords": pack.keywords,
        "packageAnimated": YES_NO[pack.is_animated],
        "isNew": YES_NO[pack.is_new],
        "artistName": pack.artist,
        "language": pack.language,
        "isDownload": YES_NO[facts.downloaded_at is not None],
        "isWish": YES_NO[facts.wished_at is not None],
    }


def _sticker(pack: Any, sticker: Sticker) -> dict[str, Any]:
    return {"stickerId": sticker.pk, "packageId": pack.number, "stickerImg": sticker_url(sticker)}


def _time(moment: datetime | None) -> str | None:
    """UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else None
