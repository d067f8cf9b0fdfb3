"""Filters of the list of orders."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gifting.models import Order, OutgoingMessage, Recording, VideoContainer

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
            ("attention", _("needs attention")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        match self.value():
            case "print":
                return queryset.filter(TO_PRINT)
            case "activate":
                return queryset.filter(TO_ACTIVATE)
            case "attention":
                return queryset.filter(_failed(Recording) | _failed(OutgoingMessage))
        return queryset


def _failed(model: type[Recording] | type[OutgoingMessage]) -> Q:
    return Q(container__in=model.objects.filter(state=model.State.FAILED).values("container"))


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
