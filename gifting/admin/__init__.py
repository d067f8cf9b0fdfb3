"""The merchandiser's admin: orders first, everything else only where it helps them."""

from gifting.admin import brands, calls, containers, front, keys, orders, receipts

__all__ = ["brands", "calls", "containers", "front", "keys", "orders", "receipts"]
