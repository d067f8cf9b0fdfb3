"""Brands: their look, their addresses, their rules. Plain fields, so the admin saves them itself."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gifting.admin.columns import badge
from gifting.admin.languages import language_choices
from gifting.admin.selection import CarefulSelection
from gifting.conf import conf
from gifting.errors import Invalid
from gifting.models import Brand
from gifting.models.brands import validate_origins
from gifting.services import brands


class OriginsField(forms.CharField):
    """A list of web origins, one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 60, "placeholder": "https://shop.example"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").split()

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


def backend_choices(known: Iterable[str], current: str) -> list[tuple[str, str]]:
    """Here, the accounts of the settings, and one that the settings lost: saving must not change it."""
    accounts = dict.fromkeys([*known, *filter(None, [current])])
    return [("", _("here")), *((alias, alias) for alias in accounts)]


class BrandForm(forms.ModelForm):
    """Checks the logo by its content and names it after what it is."""

    widget_origins = OriginsField(
        label=_("Widget origins"),
        required=False,
        validators=[validate_origins],
        help_text=_("The addresses of the shop's pages that show the recorder, one a line."),
    )
    base_url = forms.URLField(
        label=_("Base URL"),
        required=False,
        assume_scheme="https",
        widget=AdminURLFieldWidget,
        help_text=_("Where this brand's pages are reached. Empty: the PUBLIC_BASE_URL setting."),
    )
    default_language = forms.ChoiceField(label=_("Default language"))
    backend = forms.ChoiceField(
        label=_("Where gifts live"),
        required=False,
        help_text=_(
            "A hosted account of the BACKENDS setting. Only orders that are new from now on go there."
        ),
    )
    pack_backend = forms.ChoiceField(
        label=_("Where gift packs live"),
        required=False,
        help_text=_("A hosted account of the PACK_BACKENDS setting. What was sent elsewhere stays there."),
    )

    class Meta:
        model = Brand
        exclude: tuple[str, ...] = ()
        widgets = {"accent_color": forms.TextInput(attrs={"type": "color"})}
        help_texts = {"logo": _("PNG, JPEG or SVG, at most 2 MB. It is printed on cards and shown on pages.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = self.instance.default_language
        self.fields["default_language"].choices = language_choices(current, blank=False)
        self.fields["backend"].choices = backend_choices(conf().BACKENDS, self.instance.backend)
        packs = backend_choices(conf().PACK_BACKENDS, self.instance.pack_backend)
        self.fields["pack_backend"].choices = packs

    def clean_logo(self) -> Any:
        logo = self.cleaned_data["logo"]
        if not isinstance(logo, UploadedFile):
            return logo
        try:
            suffix = brands.check_logo(logo.read(brands.MAX_LOGO_BYTES + 1))
        except Invalid as exc:
            raise forms.ValidationError(exc.message) from exc
        logo.seek(0)
        logo.name = PurePath(logo.name or "logo").stem[:60] + suffix
        return logo


@admin.register(Brand)
class BrandAdmin(CarefulSelection, admin.ModelAdmin):
    """One page for everything that customers see of a brand."""

    form = BrandForm
    list_display = ("name", "slug", "look", "base_url", "default_language", "retention_days")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = (
        (None, {"fields": ("name", "slug")}),
        (_("Look"), {"fields": ("logo", "accent_color", "card_text", "note_on_card")}),
        (_("Addresses"), {"fields": ("base_url", "mail_sender", "widget_origins")}),
        (
            _("Rules"),
            {
                "fields": (
                    *("default_language", "capture", "tell_when_seen", "retention_days"),
                    *("backend", "pack_backend"),
                )
            },
        ),
    )

    class Media:
        css = {"all": ["gifting/admin/admin.css"]}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What was ordered or given stays. It is said in a line for each brand: there may be millions."""
        used = [brand for brand in objs if brand.orders.exists() or brand.gift_packs.exists()]
        if used:
            return [], {}, set(), [_("The orders and gift packs of %(brand)s") % {"brand": b} for b in used]
        return super().get_deleted_objects(objs, request)

    @admin.display(description=_("logo"))
    def look(self, brand: Brand) -> SafeString:
        return badge(_("logo"), "recorded") if brand.logo else badge(_("name only"), "recording_open")
