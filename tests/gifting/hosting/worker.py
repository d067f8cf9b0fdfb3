"""The worker of a hosted account, and the time that passes between its rounds."""

from datetime import datetime, timedelta

from django.core.cache import cache

from gifting.models import VendorCall
from gifting.services import vendor_calls

ROUNDS = 20


def work(now: datetime) -> None:
    """What the worker does: calls that are due, those that they set free too."""
    for _ in range(ROUNDS):
        due = list(VendorCall.objects.due(now).values_list("pk", flat=True))
        if not due:
            return
        for pk in due:
            vendor_calls.call(pk=pk, now=now)
    raise AssertionError("There is no end of calls.")


def later(now: datetime, **span: float) -> datetime:
    """Time passes: an account that was left alone for a while is asked again."""
    cache.clear()
    return now + timedelta(**span)
