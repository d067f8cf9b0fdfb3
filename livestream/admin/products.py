"""The catalogue: products with their pictures and units."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet, URLField
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from livestream.admin.columns import badge, quiet
from livestream.admin.late_bus import LateBus
from livestream.admin.lines import Lines
from livestream.admin.product_pages import ProductPages
from livestream.admin.selection import CarefulSelection
from livestream.models import Channel, Product, ProductImage, ProductUnit
from livestream.services import catalogue

HTTPS = {URLField: {"assume_scheme": "https", "widget": AdminURLFieldWidget}}


class ImageInline(Lines):
    """Pictures, by their addresses."""

    model = ProductImage
    fields = ("src", "position")
    formfield_overrides = HTTPS


class UnitInline(Lines):
    """Variants. One that a livestream has shown is sold out rather than deleted."""

    model = ProductUnit
    fields = ("name", "price", "ext_id", "is_sold_out", "position", "url", "image")
    formfield_overrides = HTTPS

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        least = {"min_value": 0} if db_field.name == "price" else {}
        return super().formfield_for_dbfield(db_field, request, **least, **kwargs)


class ProductForm(forms.ModelForm):
    """Asks for the number itself: Django does not where the channel stands in no field."""

    def clean_ext_id(self) -> str:
        number, channel = self.cleaned_data["ext_id"], self.cleaned_data.get("channel")
        others = Product.objects.filter(channel=channel or self.instance.channel_id).exclude(
            pk=self.instance.pk
        )
        if number and others.filter(ext_id=number).exists():
            raise ValidationError(_("Another product of this channel has this number."))
        return number


@admin.register(Product)
class ProductAdmin(LateBus, ProductPages, CarefulSelection, admin.ModelAdmin):
    """Plain fields, so the admin saves them itself, and tells viewers who see the product pinned."""

    form = ProductForm
    inlines = (UnitInline, ImageInline)
    formfield_overrides = HTTPS
    change_list_template = "livestream/admin/products.html"
    list_display = ("name", "ext_id", "channel", "unit_count", "currency", "availability")
    list_select_related = ("channel",)
    list_filter = ("is_sold_out", "channel")
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("name", "ext_id", "units__ext_id")
    search_help_text = gettext_lazy("Name, or the shop's number of a product or unit.")
    ordering = ("name", "pk")
    actions = ("sell_out", "sell_again")
    fields = ("channel", "name", "ext_id", "currency", "description", "url", "is_sold_out")

    class Media:
        css = {"all": ["livestream/console/admin.css"]}

    @admin.display(description=gettext_lazy("units"))
    def unit_count(self, product: Product) -> int:
        return product.unit_count

    @admin.display(description=gettext_lazy("state"), ordering="is_sold_out")
    def availability(self, product: Product) -> SafeString:
        return badge(_("sold out"), "expired") if product.is_sold_out else quiet(_("for sale"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        return super().get_queryset(request).annotate(unit_count=Count("units", distinct=True))

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> tuple[str, ...]:
        """A product never changes hands: pins and trays of its channel name it."""
        return ("channel",) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The channel, where there is only one."""
        channels = list(Channel.objects.all()[:2])
        only = {"channel": channels[0].pk} if len(channels) == 1 else {}
        return {**only, **super().get_changeform_initial_data(request)}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change:
            catalogue.tell_viewers([form.instance.pk])

    @admin.action(description=gettext_lazy("Mark as sold out"), permissions=["change"])
    def sell_out(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._sell(request, queryset, is_sold_out=True)

    @admin.action(description=gettext_lazy("Mark as for sale"), permissions=["change"])
    def sell_again(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._sell(request, queryset, is_sold_out=False)

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("import/", self.import_view, "import"),
            ("export/", require_safe(self.export_view), "export"),
        ]
        own = [
            path(route, self.admin_site.admin_view(view), name=f"livestream_product_{name}")
            for route, view, name in pages
        ]
        return [*own, *super().get_urls()]
