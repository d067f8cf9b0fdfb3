"""A Stipop account: the published `/v1` API of gift packs."""

from gifting.backends.stipop.backend import StipopBackend

__all__ = ["StipopBackend"]
