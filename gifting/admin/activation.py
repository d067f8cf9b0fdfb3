"""Activating gifts from the list and from an order's page."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gifting.admin.actors import staff_actor
from gifting.errors import Locked
from gifting.models import Order
from gifting.services import containers

NAMED = 20


@dataclass(slots=True)
class Tally:
    """What became of each."""

    activated: int = 0
    already: int = 0
    refused: list[str] = field(default_factory=list)


def activate_orders(request: HttpRequest, orders: Iterable[Order]) -> None:
    """Activate each by the service and tell the person what happened."""
    tally = Tally()
    for order in orders:
        _activate(request, order, tally)
    _tell(request, tally)


def _activate(request: HttpRequest, order: Order, tally: Tally) -> None:
    try:
        changed = containers.activate(
            container=order.container, actor=staff_actor(request), now=timezone.now()
        )
    except Locked:
        tally.refused.append(order.number)
        return
    tally.activated += changed
    tally.already += not changed


def _tell(request: HttpRequest, tally: Tally) -> None:
    if tally.activated:
        words = ngettext("%(n)d gift is now active.", "%(n)d gifts are now active.", tally.activated)
        messages.success(request, words % {"n": tally.activated})
    if tally.already:
        words = ngettext("%(n)d gift was active already.", "%(n)d gifts were active already.", tally.already)
        messages.info(request, words % {"n": tally.already})
    if tally.refused:
        words = _("Not activated, because the gift was switched off or erased: %(orders)s")
        messages.error(request, words % {"orders": name_some(tally.refused)})


def name_some(numbers: list[str]) -> str:
    """The numbers of orders; of very many only the first, and how many more."""
    named = ", ".join(numbers[:NAMED])
    more = len(numbers) - NAMED
    return _("%(named)s and %(more)d more") % {"named": named, "more": more} if more > 0 else named
