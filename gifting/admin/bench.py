"""The packing bench: a scanned code or a typed number opens its order."""

import re

from django import forms
from django.db.models import QuerySet

from gifting.models import Order

WATCH_PATH = re.compile(r"/w/([^/?#\s]+)", re.IGNORECASE)


class BenchForm(forms.Form):
    """What a scanner types. `q` loses the spaces around it."""

    q = forms.CharField(max_length=500)


def find_orders(text: str) -> QuerySet[Order]:
    """The orders of a watch link, of which only the token counts, or with exactly this number.

    The cards of hosted gifts show the account's own address.
    """
    there = Order.objects.filter(container__hosted__watch_url=text)
    if "://" in text and there.exists():
        return there
    if link := WATCH_PATH.search(text):
        return Order.objects.filter(container__watch_token=link[1])
    by_number = Order.objects.filter(number=text)
    return by_number if by_number.exists() else Order.objects.filter(container__watch_token=text)
