"""The merchandiser's admin: orders first, everything else only where it helps them."""

from gifting.admin import (
    brands,
    calls,
    containers,
    front,
    gift_packs,
    keys,
    orders,
    packs,
    receipts,
)

__all__ = ["brands", "calls", "containers", "front", "gift_packs", "keys", "orders", "packs", "receipts"]
