"""Gift messages: what there is to watch, and until when it is kept. The page of one is its order's."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gifting.admin.columns import message_kind, quiet, state_badge
from gifting.admin.filters import BrandFilter, ChoiceFilter
from gifting.admin.read_only import ReadOnly
from gifting.models import VideoContainer


@admin.register(VideoContainer)
class ContainerAdmin(ReadOnly):
    """A list to look at: everything is done on the order's page."""

    list_display = ("order_number", "brand", "gift", "message", "recorded_at", "activated_at", "expires_at")
    list_select_related = ("order__brand", "recording", "hosted")
    list_filter = (("state", ChoiceFilter), ("order__brand", BrandFilter))
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("order__number",)
    search_help_text = gettext_lazy("Order number.")
    ordering = ("-pk",)

    class Media:
        css = {"all": ["gifting/admin/admin.css"]}

    @admin.display(description=gettext_lazy("order"), ordering="order__number")
    def order_number(self, container: VideoContainer) -> str:
        return container.order.number

    @admin.display(description=gettext_lazy("brand"), ordering="order__brand__name")
    def brand(self, container: VideoContainer) -> str:
        return container.order.brand.name

    @admin.display(description=gettext_lazy("gift"), ordering="state")
    def gift(self, container: VideoContainer) -> SafeString:
        return state_badge(container)

    @admin.display(description=gettext_lazy("message"))
    def message(self, container: VideoContainer) -> str:
        return message_kind(container) or quiet(_("not recorded"))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Gift messages"), **(extra_context or {})})

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        container = self.get_object(request, object_id)
        if container is None:
            raise Http404
        return redirect(f"{self.admin_site.name}:gifting_order_change", container.order_id)
