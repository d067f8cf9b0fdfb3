"""Filters of the list of orders."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gifting.models import Order, VideoContainer
from gifting.services import attention
from gifting.services.reasons import ADVICE, Reason

ATTENTION = "attention"
State = VideoContainer.State
TO_PRINT = Q(
    delivery=Order.Delivery.CARD,
    container__printed_at__isnull=True,
    container__recorded_at__isnull=False,
    container__state__in=[State.RECORDED, State.ACTIVATED],
)
TO_ACTIVATE = Q(
    delivery=Order.Delivery.CARD, container__printed_at__isnull=False, container__state=State.RECORDED
)


class Chip:
    """Shown in a row above the list, so that the list has the whole width."""

    template = "gifting/admin/filter.html"


class ChoiceFilter(Chip, admin.ChoicesFieldListFilter):
    """One of a field's choices."""


class BrandFilter(Chip, admin.RelatedFieldListFilter):
    """One brand."""


class ValueFilter(Chip, admin.AllValuesFieldListFilter):
    """One of the values that there are."""


class DateFilter(Chip, admin.DateFieldListFilter):
    """A span of time."""


class ToDoFilter(Chip, admin.SimpleListFilter):
    """The work that waits for somebody."""

    title = _("to do")
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("print", _("print the card")),
            ("activate", _("activate after printing")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        match self.value():
            case "print":
                return queryset.filter(TO_PRINT)
            case "activate":
                return queryset.filter(TO_ACTIVATE)
        return queryset


class AttentionFilter(Chip, admin.SimpleListFilter):
    """Why a gift needs a person."""

    title = _("needs attention")
    parameter_name = ATTENTION
    any = "any"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        reasons = [(reason.value, ADVICE[reason].title) for reason in Reason if reason != Reason.PUSH_FAILED]
        return [(self.any, _("for any reason")), *reasons]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        wanted = self.value()
        if wanted not in {word for word, _title in self.lookup_choices}:
            return queryset
        reason = None if wanted == self.any else Reason(wanted)
        return queryset.filter(attention.orders(reason, now=timezone.now()))


class PrintedFilter(Chip, admin.SimpleListFilter):
    """Has the card been printed?"""

    title = _("card")
    parameter_name = "printed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("not printed")), ("yes", _("printed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        if self.value() not in ("no", "yes"):
            return queryset
        return queryset.filter(container__printed_at__isnull=self.value() == "no")
