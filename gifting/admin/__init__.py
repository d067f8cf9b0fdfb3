"""The merchandiser's admin: orders first, everything else only where it helps them."""

from gifting.admin import brands, containers, front, keys, orders

__all__ = ["brands", "containers", "front", "keys", "orders"]
