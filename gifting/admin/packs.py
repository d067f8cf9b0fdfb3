"""The catalogue: sticker packs with their stickers. Plain fields, so the admin saves them itself."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from gifting.admin.columns import badge, quiet
from gifting.admin.filters import BrandFilter, Chip
from gifting.admin.pack_forms import PackForm, StickerForm, preview
from gifting.admin.pack_pages import PackPages
from gifting.admin.selection import CarefulSelection
from gifting.models import Brand, Sticker, StickerPack
from gifting.services import pack_pictures
from gifting.services.pack_catalogue import NUMBER_MAX

MOST_STICKERS = 200
FIXED = ("brand", "number")


class YesNoFilter(Chip, admin.BooleanFieldListFilter):
    """Yes or no."""


class StickerInline(admin.TabularInline):
    """The pictures of a pack, in their order."""

    model = Sticker
    form = StickerForm
    fields = ("preview", "image", "position")
    readonly_fields = ("preview",)
    extra = 0
    max_num = MOST_STICKERS

    @admin.display(description=_("preview"))
    def preview(self, sticker: Sticker) -> SafeString:
        return preview(sticker) or quiet("—")


@admin.register(StickerPack)
class StickerPackAdmin(PackPages, CarefulSelection, admin.ModelAdmin):
    """What was given or downloaded stays: it can be taken out of the catalogue, but not deleted."""

    form = PackForm
    inlines = (StickerInline,)
    change_list_template = "gifting/admin/packs/catalogue.html"
    list_display = (
        "picture", "title", "number", "brand", "category", "sticker_count", "price", "flags",
    )  # fmt: skip
    list_display_links = ("picture", "title")
    list_select_related = ("brand",)
    list_filter = (
        ("is_listed", YesNoFilter),
        ("is_new", YesNoFilter),
        ("is_animated", YesNoFilter),
        ("brand", BrandFilter),
    )
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("name", "keywords", "number")
    search_help_text = _("Name, keyword or package id.")
    ordering = ("-pk",)
    actions = ("put_in", "take_out")
    fieldsets = (
        (None, {"fields": ("brand", "number", "name", "image", "is_listed")}),
        (
            _("What it is"),
            {"fields": ("category", "keywords", "artist", "language", "is_animated", "is_new")},
        ),
        (_("Price"), {"fields": ("price",)}),
    )

    class Media:
        css = {"all": ["gifting/admin/admin.css", "gifting/admin/packs.css"]}

    @admin.display(description=_("image"))
    def picture(self, pack: StickerPack) -> SafeString:
        return preview(pack) or quiet("—")

    @admin.display(description=_("name"), ordering="name")
    def title(self, pack: StickerPack) -> str:
        return pack.name

    @admin.display(description=_("stickers"))
    def sticker_count(self, pack: StickerPack) -> int:
        return pack.sticker_count

    @admin.display(description=_("state"), ordering="is_listed")
    def flags(self, pack: StickerPack) -> SafeString:
        shown = badge(_("in the catalogue"), "activated") if pack.is_listed else badge(_("hidden"), "expired")
        new = badge(_("new"), "processing") if pack.is_new else ""
        animated = badge(_("animated"), "delivered") if pack.is_animated else ""
        return format_html("{} {} {}", shown, new, animated)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StickerPack]:
        return super().get_queryset(request).annotate(sticker_count=Count("stickers"))

    def save_model(self, request: HttpRequest, obj: StickerPack, form: Any, change: bool) -> None:
        if not change:
            obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)

    def get_fieldsets(self, request: HttpRequest, obj: StickerPack | None = None) -> Any:
        """Whoever may only look sees the picture: its file has no address for staff."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        (title, options), *more = fieldsets
        shown = tuple("picture" if field == "image" else field for field in options["fields"])
        return [(title, {**options, "fields": shown}), *more]

    def get_readonly_fields(self, request: HttpRequest, obj: StickerPack | None = None) -> tuple[str, ...]:
        """Gifts and clients know a pack by its brand and number."""
        return (*FIXED, "picture") if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A number that is free in every brand; and the brand, where there is only one."""
        brands = list(Brand.objects.all()[:2])
        only = {"brand": brands[0].pk} if len(brands) == 1 else {}
        most = StickerPack.objects.aggregate(most=Max("number"))["most"] or 0
        number = {"number": most + 1} if most < NUMBER_MAX else {}
        return {**only, **number, **super().get_changeform_initial_data(request)}

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Packs are deleted one by one, if at all."""
        return {
            name: action for name, action in super().get_actions(request).items() if name != "delete_selected"
        }

    def has_delete_permission(self, request: HttpRequest, obj: StickerPack | None = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or not (obj.gifts.exists() or obj.users.exists()))

    def delete_model(self, request: HttpRequest, obj: StickerPack) -> None:
        rows = [obj, *obj.stickers.all()]
        pack_pictures.forget(name for row in rows for name in pack_pictures.files_of(row))
        super().delete_model(request, obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        gone = formset.deleted_objects
        pack_pictures.forget(name for row in gone for name in pack_pictures.files_of(row))

    @admin.action(description=_("Put in the catalogue"), permissions=["change"])
    def put_in(self, request: HttpRequest, queryset: QuerySet[StickerPack]) -> None:
        self._list(request, queryset, is_listed=True)

    @admin.action(description=_("Take out of the catalogue"), permissions=["change"])
    def take_out(self, request: HttpRequest, queryset: QuerySet[StickerPack]) -> None:
        self._list(request, queryset, is_listed=False)

    def _list(self, request: HttpRequest, queryset: QuerySet[StickerPack], *, is_listed: bool) -> None:
        chosen = StickerPack.objects.filter(pk__in=queryset.values("pk"))
        changed = chosen.exclude(is_listed=is_listed).update(is_listed=is_listed)
        words = ngettext("%(n)d pack was changed.", "%(n)d packs were changed.", changed)
        messages.success(request, words % {"n": changed})

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        own = {"title": _("Sticker packs"), "may_import": self.has_import_permission(request)}
        return super().changelist_view(request, {**own, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("import/", self.import_view, "import"),
            ("import/<int:pk>/", require_safe(self.progress_view), "progress"),
            ("<int:pk>/thumbnail/", require_safe(self.thumbnail_view), "thumbnail"),
            ("stickers/<int:pk>/thumbnail/", require_safe(self.sticker_view), "sticker"),
        ]
        own = [
            path(route, self.admin_site.admin_view(view), name=f"gifting_stickerpack_{name}")
            for route, view, name in pages
        ]
        return [*own, *super().get_urls()]
