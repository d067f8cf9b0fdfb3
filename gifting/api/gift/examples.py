"""The examples of the published contract, as the OpenAPI document shows them."""

from typing import Any

from gifting.api.gift.envelope import SUCCESS, WORDS, header

PACK: dict[str, Any] = {
    "packageId": 118,
    "packageName": "Stuart",
    "packageImg": "https://brand.example/packs/7/0f3a9c51d2e84b67.png",
    "packageCategory": "Animals",
    "packageKeywords": "dog,happy",
    "packageAnimated": "N",
    "isNew": "Y",
    "artistName": "Ana Lune",
    "language": "en",
    "isDownload": "N",
    "isWish": "N",
}
GIFT: dict[str, Any] = {
    **PACK,
    "isReceive": "N",
    "sendUserId": "9937",
    "receiveUserId": "8805",
    "sendDate": "2026-11-20 10:15:00",
    "receiveDate": None,
}
STICKER: dict[str, Any] = {
    "stickerId": 4711,
    "packageId": 118,
    "stickerImg": "https://brand.example/stickers/4711/9b1c4de07f523a68.png",
}
DONE: dict[str, Any] = {"header": SUCCESS, "body": []}
FAILURES: dict[str, dict[str, Any]] = {code: {"header": header(code), "body": []} for code in WORDS}
