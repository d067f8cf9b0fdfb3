"""In a list that is filtered by what needs attention, each row says why, what to do, and has its buttons."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from gifting.admin.buttons import Desk
from gifting.admin.filters import ATTENTION
from gifting.admin.order_page import need_for
from gifting.models import Order
from gifting.services import attention


class AttentionColumn:
    """For the admin of orders. All rows of a page are looked through together."""

    attention_display = ("number", "people", "why", "gift", "ordered")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return self.attention_display if ATTENTION in request.GET else self.list_display

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        shown = super().get_changelist_instance(request)
        if ATTENTION in request.GET:
            shown.result_list = list(shown.result_list)
            _tell(shown.result_list, Desk(request.user, back=request.get_full_path()))
        return shown

    @admin.display(description=gettext_lazy("what to do"))
    def why(self, order: Order) -> SafeString:
        return render_to_string("gifting/admin/why.html", {"needs": order.needs})


def _tell(orders: list[Any], desk: Desk) -> None:
    found = attention.among(orders, now=timezone.now())
    for order in orders:
        order.needs = [need_for(case, desk) for case in found[order.pk]]
