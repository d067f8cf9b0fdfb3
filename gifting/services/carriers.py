"""Which carriers and aggregators this installation talks to: `GIFTING["CARRIERS"]`, in its order."""

from collections.abc import Iterator
from typing import cast

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from gifting.carriers.base import Carrier
from gifting.conf import conf
from gifting.errors import NotFound


def get_carrier(alias: str) -> Carrier:
    """The carrier of an alias, built anew. Raises NotFound where the settings name none."""
    spec = conf().CARRIERS.get(alias)
    if spec is None:
        raise NotFound("There is no such carrier.")
    try:
        return cast(Carrier, import_string(spec["BACKEND"])(**spec.get("OPTIONS", {})))
    except (ImportError, KeyError, TypeError) as exc:
        raise ImproperlyConfigured(f"GIFTING['CARRIERS'][{alias!r}]: {exc}") from exc


def askable(word: str) -> Iterator[tuple[str, Carrier]]:
    """Alias and carrier of everybody who can be asked about a parcel of this `Shipment.Carrier`."""
    for alias in conf().CARRIERS:
        carrier = get_carrier(alias)
        if word in carrier.serves and carrier.can_ask:
            yield alias, carrier
