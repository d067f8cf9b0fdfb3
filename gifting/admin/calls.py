"""Calls to hosted accounts: a list to look at. What can be done about one is done on its order's page."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, ngettext

from gifting.admin.actors import staff_actor
from gifting.admin.columns import badge
from gifting.admin.filters import ChoiceFilter
from gifting.admin.read_only import ReadOnly
from gifting.admin.selection import CarefulSelection
from gifting.conf import conf
from gifting.errors import GiftingError
from gifting.models import VendorCall
from gifting.services import vendor_calls

TONES = {"queued": "processing", "calling": "processing", "done": "activated", "failed": "cancelled"}


@admin.register(VendorCall)
class CallAdmin(CarefulSelection, ReadOnly):
    """What was sent is not shown: it holds names and addresses."""

    list_display = ("order", "account", "action", "status", "attempts", "created_at", "last_error")
    list_select_related = ("container__order", "container__hosted")
    list_filter = (("state", ChoiceFilter), ("action", ChoiceFilter))
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("=container__order__number",)
    search_help_text = gettext_lazy("Order number.")
    ordering = ("-pk",)
    actions = ("try_again",)

    class Media:
        css = {"all": ["gifting/admin/admin.css"]}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    @admin.display(description=gettext_lazy("order"))
    def order(self, call: VendorCall) -> str:
        return call.container.order.number

    @admin.display(description=gettext_lazy("account"))
    def account(self, call: VendorCall) -> str:
        return call.container.hosted.backend

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def status(self, call: VendorCall) -> SafeString:
        return badge(call.get_state_display(), TONES[call.state])

    @admin.action(description=gettext_lazy("Try again"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[VendorCall]) -> None:
        """The oldest first: the calls of a gift wait for one another."""
        done = 0
        for call in queryset.order_by("pk"):
            try:
                vendor_calls.retry(call=call, actor=staff_actor(request), now=timezone.now())
            except GiftingError as exc:
                messages.error(request, f"{call.container.order.number}: {exc.message}")
            else:
                done += 1
        words = ngettext("%(n)d call is made again.", "%(n)d calls are made again.", done)
        messages.success(request, words % {"n": done})

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("gifting.change_order")

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """The menu has it only where there is an account."""
        return super().get_model_perms(request) if conf().BACKENDS else {}

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        call = self.get_object(request, object_id)
        if call is None:
            raise Http404
        return redirect(f"{self.admin_site.name}:gifting_order_change", call.container.order_id)
