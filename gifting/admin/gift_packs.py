"""Gift packs between users: to look at, to search, to export. Their life is in the services' hands."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gifting.admin.columns import badge
from gifting.admin.csv_files import csv_response
from gifting.admin.filters import BrandFilter, Chip, ChoiceFilter, DateFilter
from gifting.admin.gift_actions import GiftActions
from gifting.admin.gift_reports import ReportPages
from gifting.admin.selection import CarefulSelection
from gifting.admin.verbs import ERASE
from gifting.models import GiftPack, StickerPack

MOST_COUNTED = 2_000
MOST_PACKS = 200
READ_AT_ONCE = 2_000
State = GiftPack.State
TONES = {
    State.SENT: "recording_open",
    State.CONFIRMED: "activated",
    State.EXPIRED: "expired",
    State.REVOKED: "cancelled",
}
EXPORTED = {
    "id": "pk",
    "brand": "brand__slug",
    "package_id": "pack__number",
    "pack": "pack__name",
    "sent_by": "sender",
    "sent_to": "receiver",
    "state": "state",
    "order": "order__number",
    "sent": "sent_at",
    "confirmed": "confirmed_at",
    "expires": "expires_at",
    "ended": "ended_at",
}


class PackFilter(Chip, admin.SimpleListFilter):
    """One pack; of a large catalogue the newest are offered, and any other is found by its number."""

    title = _("pack")
    parameter_name = "pack"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        packs = StickerPack.objects.order_by("-pk")[:MOST_PACKS]
        return sorted(((str(pack.pk), pack.name) for pack in packs), key=lambda choice: choice[1].lower())

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[GiftPack]) -> QuerySet[GiftPack]:
        chosen = self.value() or ""
        known = chosen.isascii() and chosen.isdigit() and len(chosen) < 19
        return queryset.filter(pack=int(chosen)) if known else queryset


class FewPages(Paginator):
    """Counts no further than anybody leafs: counting millions would take longer than showing them."""

    @cached_property
    def count(self) -> int:
        return int(self.object_list[:MOST_COUNTED].count())


@admin.register(GiftPack)
class GiftPackAdmin(GiftActions, ReportPages, CarefulSelection, admin.ModelAdmin):
    """A gift is never made, changed or deleted here."""

    change_list_template = "gifting/admin/packs/gifts.html"
    list_display = ("people", "pack_name", "brand", "gift", "sent_at", "confirmed_at", "expires_at")
    list_select_related = ("pack", "brand")
    list_filter = (("state", ChoiceFilter), PackFilter, ("brand", BrandFilter), ("sent_at", DateFilter))
    list_per_page = 50
    paginator = FewPages
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("sender", "receiver")
    search_help_text = _("How a user id begins, or # and a package id.")
    ordering = ("-pk",)
    sortable_by = ()
    actions = ("revoke", "extend")
    fields = (
        "brand", "pack", "sender", "receiver", "state", "note", "order",
        "sent_at", "confirmed_at", "expires_at", "ended_at",
    )  # fmt: skip

    class Media:
        css = {"all": ["gifting/admin/admin.css", "gifting/admin/packs.css"]}

    @admin.display(description=_("from → to"))
    def people(self, gift: GiftPack) -> SafeString:
        return format_html(
            '<bdi class="gc-name">{}</bdi> → <bdi class="gc-name">{}</bdi>', gift.sender, gift.receiver
        )

    @admin.display(description=_("pack"))
    def pack_name(self, gift: GiftPack) -> SafeString:
        return format_html('{} <span class="gc-quiet">#{}</span>', gift.pack.name, gift.pack.number)

    @admin.display(description=_("state"))
    def gift(self, gift: GiftPack) -> SafeString:
        return badge(gift.get_state_display(), TONES[State(gift.state)])

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: GiftPack | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: GiftPack | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: GiftPack | None = None) -> bool:
        return super().has_view_permission(request, obj) or self.has_end_permission(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[GiftPack], search_term: str
    ) -> tuple[QuerySet[GiftPack], bool]:
        """A user id may have spaces, so all that was typed is the beginning of one."""
        term = search_term.strip()
        if term.startswith("#") and term[1:].isascii() and term[1:].isdigit() and len(term) < 11:
            return queryset.filter(pack__in=StickerPack.objects.filter(number=int(term[1:]))), False
        begins = Q(sender__startswith=term) | Q(receiver__startswith=term)
        return (queryset.filter(begins) if term else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        own = {
            "title": _("Gift packs"),
            "may_see_reports": self.has_reports_permission(request),
            "may_erase": request.user.has_perms([ERASE, "gifting.view_order"]),
        }
        return super().changelist_view(
            request, {**own, "most_counted": MOST_COUNTED, **(extra_context or {})}
        )

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """The filtered list, in its order, whatever its length."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            gifts = self.get_changelist_instance(request).get_queryset(request)
        except admin.views.main.IncorrectLookupParameters:
            return redirect("../?e=1")
        rows = gifts.values_list(*EXPORTED.values()).iterator(chunk_size=READ_AT_ONCE)
        return csv_response("gift-packs", EXPORTED, map(_written, rows))

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("export/", require_safe(self.export_view), "export"),
            ("reports/", require_safe(self.reports_view), "reports"),
            ("reports/<str:name>.csv", require_safe(self.report_csv_view), "report_csv"),
            ("revoke/", self.revoke_view, "revoke"),
            ("extend/", self.extend_view, "extend"),
        ]
        own = [
            path(route, self.admin_site.admin_view(view), name=f"gifting_giftpack_{name}")
            for route, view, name in pages
        ]
        return [*own, *super().get_urls()]


def _written(row: tuple[Any, ...]) -> list[Any]:
    """Times as the API writes them, in UTC."""
    return [f"{cell:%Y-%m-%d %H:%M:%S}" if hasattr(cell, "tzinfo") else cell for cell in row]
