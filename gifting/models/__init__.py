"""The tables. Only services write them."""

from gifting.models.brands import ApiKey, Brand
from gifting.models.containers import MOVES, Recording, VideoContainer
from gifting.models.journal import JournalEntry
from gifting.models.messages import OutgoingMessage
from gifting.models.orders import Order
from gifting.models.shipments import Shipment
from gifting.models.uploads import Upload

__all__ = [
    "MOVES",
    "ApiKey",
    "Brand",
    "JournalEntry",
    "Order",
    "OutgoingMessage",
    "Recording",
    "Shipment",
    "Upload",
    "VideoContainer",
]
