"""Orders: the merchandiser's main list, and the page of one gift."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from gifting.admin.actors import may_see_message, staff_actor
from gifting.admin.attention_column import AttentionColumn
from gifting.admin.bench_pages import BenchPages
from gifting.admin.columns import OrderColumns
from gifting.admin.filters import (
    AttentionFilter,
    BrandFilter,
    ChoiceFilter,
    DateFilter,
    PrintedFilter,
    ToDoFilter,
)
from gifting.admin.order_actions import OrderActions
from gifting.admin.order_forms import ChangeOrderForm, NewOrderForm
from gifting.admin.order_page import context_for
from gifting.admin.persons import PersonPages
from gifting.admin.printing import PrintPages
from gifting.admin.selection import CarefulSelection
from gifting.admin.verb_pages import VerbPages
from gifting.errors import GiftingError
from gifting.models import Brand, Order
from gifting.services import containers

NEW_ORDER = (
    (None, {"fields": ("brand", "number", "delivery", "language", "product_name")}),
    (_("Who gives"), {"fields": ("giver_name", "giver_email")}),
    (_("Who receives"), {"fields": ("receiver_name", "receiver_email")}),
)
CHANGE_ORDER = (
    (None, {"fields": ("giver_name", "receiver_name", "receiver_email", "product_name", "language")}),
)


@admin.register(Order)
class OrderAdmin(
    *(AttentionColumn, OrderColumns, OrderActions, VerbPages),
    *(PersonPages, PrintPages, BenchPages, CarefulSelection),
    admin.ModelAdmin,
):
    """Orders are never deleted here: what is no longer wanted is switched off, and retention erases it."""

    list_display = (
        "number", "brand", "people", "way", "gift", "message", "card", "ordered",
    )  # fmt: skip
    list_select_related = ("brand", "container__recording", "container__hosted")
    list_filter = (
        ToDoFilter,
        AttentionFilter,
        ("container__state", ChoiceFilter),
        ("brand", BrandFilter),
        ("delivery", ChoiceFilter),
        PrintedFilter,
        ("created_at", DateFilter),
    )
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = (
        "number", "giver_name", "receiver_name", "giver_email", "receiver_email", "product_name",
    )  # fmt: skip
    search_help_text = _("Number, names, mail addresses or product.")
    ordering = ("-pk",)
    actions = ("print_cards", "activate", "hold", "release", "send_now", "cancel")

    class Media:
        css = {"all": ["gifting/admin/admin.css"]}

    def has_delete_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        """What was switched off or erased stays as it is."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.container.state not in containers.CLOSED)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Orders"), **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def get_fieldsets(self, request: HttpRequest, obj: Order | None = None) -> Any:
        return CHANGE_ORDER if obj else NEW_ORDER

    def get_form(self, request: HttpRequest, obj: Order | None = None, **kwargs: Any) -> Any:
        kwargs["form"] = ChangeOrderForm if obj else NewOrderForm
        return super().get_form(request, obj, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A shop with one brand need not choose it."""
        brands = list(Brand.objects.all()[:2])
        only = {"brand": brands[0].pk} if len(brands) == 1 else {}
        return {**only, **super().get_changeform_initial_data(request)}

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A service may still refuse what the form accepted, if somebody else was faster."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except GiftingError as exc:
            messages.error(request, exc.message)
            return redirect(request.get_full_path())

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        if order := context.get("original"):
            context |= context_for(order, request)
            context["may_see_message"] = may_see_message(request)
            context["may_print"] = self.has_print_card_permission(request)
            context["may_activate"] = self.has_activate_permission(request)
            context["may_erase"] = self.has_erase_permission(request)
            context |= {"title": order.number, "subtitle": None, "scanned": "scanned" in request.GET}
            context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Order, form: Any, change: bool) -> None:
        who = {"actor": staff_actor(request), "now": timezone.now()}
        if not change:
            container, _new = containers.open_container(brand=obj.brand, request=form.new_container(), **who)
            obj.pk = container.order_id
        elif changes := form.changes():
            containers.change_container(container=obj.container, changes=changes, **who)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """There is nothing beside the order: the service has written everything."""

    def response_post_save_add(self, request: HttpRequest, obj: Order) -> HttpResponse:
        return redirect(f"{self.admin_site.name}:gifting_order_change", obj.pk)

    response_post_save_change = response_post_save_add

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("bench/", require_safe(self.bench_view), "bench"),
            ("print/", self.print_view, "print"),
            ("person/", self.person_view, "person"),
            ("<int:pk>/activate/", require_POST(self.activate_view), "activate"),
        ]
        own = [
            path(route, self.admin_site.admin_view(view), name=f"gifting_order_{name}")
            for route, view, name in pages
        ]
        return [*own, *self.verb_urls(), *super().get_urls()]
