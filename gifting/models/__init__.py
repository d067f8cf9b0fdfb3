"""The tables. Only services write them."""

from gifting.models.brands import ApiKey, Brand
from gifting.models.containers import MOVES, Recording, VideoContainer
from gifting.models.hosting import HostedGift, VendorCall
from gifting.models.inbox import WebhookReceipt
from gifting.models.journal import JournalEntry
from gifting.models.messages import OutgoingMessage
from gifting.models.orders import Order
from gifting.models.pack_imports import PackImport
from gifting.models.packs import (
    PACK_MOVES,
    CountedDay,
    GiftPack,
    LateDay,
    PackDay,
    PackNotice,
    PackTally,
    PackUser,
    Sticker,
    StickerPack,
    UserDay,
    UserMonth,
)
from gifting.models.shipments import CarrierBudget, Shipment, TrackingEvent
from gifting.models.uploads import Upload

__all__ = [
    "MOVES",
    "PACK_MOVES",
    "ApiKey",
    "Brand",
    "CarrierBudget",
    "CountedDay",
    "GiftPack",
    "HostedGift",
    "JournalEntry",
    "LateDay",
    "Order",
    "OutgoingMessage",
    "PackDay",
    "PackImport",
    "PackNotice",
    "PackTally",
    "PackUser",
    "Recording",
    "Shipment",
    "Sticker",
    "StickerPack",
    "TrackingEvent",
    "Upload",
    "UserDay",
    "UserMonth",
    "VendorCall",
    "VideoContainer",
    "WebhookReceipt",
]
