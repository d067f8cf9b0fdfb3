"""Buttons for verbs: what a page needs to show one, for whoever may press it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from gifting.admin.possible import helpful
from gifting.admin.verbs import VERBS, Situation
from gifting.carriers.guess import guess
from gifting.models import Order, Shipment
from gifting.services.attention import Case

CHANGE_PUSH = "gifting.change_webhookreceipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A form that posts to `url`; one that `asks` is a link to the page with the question.

    `of` tells it from others with the same label, for whoever hears the page. `back` is where it leads after.
    """

    label: str
    url: str
    asks: bool = False
    is_danger: bool = False
    of: str = ""
    back: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """Makes the buttons of one person; `back` is an address on this site (empty: the order's page)."""

    user: AbstractBaseUser | AnonymousUser
    back: str = ""

    def fitting(self, names: Iterable[str], now: Situation) -> list[Button]:
        """Those that make sense for the gift as it is."""
        return self.buttons((name for name in names if VERBS[name].fits(now)), now.container.order)

    def buttons(self, names: Iterable[str], order: Order, row: Any = None) -> list[Button]:
        """Those that the person may press; about the row, where the verb is."""
        return [self._button(name, order, row) for name in names if self._may(VERBS[name].permission)]

    def of_case(self, case: Case) -> list[Button]:
        """What helps and is possible; what the code of a parcel looks like comes first."""
        if case.order is None:
            return [self._push_again(case.row)] if self._may(CHANGE_PUSH) else []
        names = ["guessed", *case.actions] if case.guess else case.actions
        return self.buttons(helpful(case, names), case.order, case.row)

    def _may(self, permission: str) -> bool:
        return bool(self.user.has_perm(permission))

    def _button(self, name: str, order: Order, row: Any) -> Button:
        verb = VERBS[name]
        args = [order.pk, row.pk] if verb.is_about(row) else [order.pk]
        asks = verb.asks(row)
        query = f"?{urlencode({'next': self.back})}" if asks and self.back else ""
        return Button(
            label=_label(name, row) + ("…" if asks else ""),
            url=reverse(f"admin:gifting_order_{name}", args=args) + query,
            asks=asks,
            is_danger=verb.is_danger,
            of=f"{order.number} {row if isinstance(row, Shipment) else ''}".strip(),
            back=self.back,
        )

    def _push_again(self, receipt: Any) -> Button:
        url = reverse("admin:gifting_webhookreceipt_retry", args=[receipt.pk])
        return Button(label=_("Process again"), url=url, of=str(receipt), back=self.back)


def _label(name: str, row: Any) -> str:
    label = str(VERBS[name].label)
    return label % {"carrier": guessed_carrier(row)} if name == "guessed" else label


def guessed_carrier(parcel: Shipment) -> str:
    """The name of the carrier that the code looks like, empty where it looks like none."""
    return dict(Shipment.Carrier.choices).get(guess(parcel.code), "")
