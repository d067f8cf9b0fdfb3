"""Tables of the livestream app."""

from livestream.models.broadcasts import Broadcast, Replay
from livestream.models.channels import Channel, ChannelApplication
from livestream.models.figures import ProductClick, ViewerSample
from livestream.models.inbox import WebhookReceipt
from livestream.models.journal import JournalEntry
from livestream.models.pins import Cue, Pin, item_of
from livestream.models.playlists import Playlist, PlaylistEntry
from livestream.models.products import Product, ProductImage, ProductUnit
from livestream.models.reminders import Reminder
from livestream.models.streams import LiveStream, StreamProduct

__all__ = [
    "Broadcast",
    "Channel",
    "ChannelApplication",
    "Cue",
    "JournalEntry",
    "LiveStream",
    "Pin",
    "Playlist",
    "PlaylistEntry",
    "Product",
    "ProductClick",
    "ProductImage",
    "ProductUnit",
    "Reminder",
    "Replay",
    "StreamProduct",
    "ViewerSample",
    "WebhookReceipt",
    "item_of",
]
