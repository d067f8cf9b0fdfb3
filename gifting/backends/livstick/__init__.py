"""A Livstick account: the published `/v3` API, and the widget that belongs to it."""

from gifting.backends.livstick.backend import LivstickBackend

__all__ = ["LivstickBackend"]
