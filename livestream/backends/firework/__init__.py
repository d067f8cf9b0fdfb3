"""A Firework account: the published livestream API, its tokens, and its webhooks."""

from livestream.backends.firework.backend import FireworkBackend

__all__ = ["FireworkBackend"]
