"""Forms of a channel and of its applications."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from livestream.conf import conf
from livestream.models import Channel
from livestream.models.channels import validate_origins

MAX_LOGO_BYTES = 2_000_000
FORMATS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}


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


class ChannelForm(forms.ModelForm):
    """Checks the logo by its content and names it after what it is."""

    embed_origins = OriginsField(
        label=_("Sites that may embed"),
        required=False,
        validators=[validate_origins],
        help_text=_("The addresses of the shop's pages that show a livestream, one a line."),
    )
    base_url = forms.URLField(
        label=_("Base URL"),
        required=False,
        assume_scheme="https",
        widget=AdminURLFieldWidget,
        help_text=_("Where this channel's pages are reached. Empty: the PUBLIC_BASE_URL setting."),
    )
    basket_url = forms.URLField(
        label=_("Basket address"),
        required=False,
        assume_scheme="https",
        widget=AdminURLFieldWidget,
        help_text=_("Where the shop takes {product, unit, quantity}. Empty: the page only tells the shop."),
    )
    backend = forms.ChoiceField(
        label=_("Where livestreams live"),
        required=False,
        help_text=_("A hosted account of the BACKENDS setting, or here."),
    )

    class Meta:
        model = Channel
        exclude: tuple[str, ...] = ()
        widgets = {"accent_color": forms.TextInput(attrs={"type": "color"})}
        help_texts = {"logo": _("PNG, JPEG or WebP, at most 2 MB.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("backend"):  # Whoever may only look has no fields.
            field.choices = backend_choices(conf().BACKENDS, self.instance.backend)

    def clean_logo(self) -> Any:
        logo = self.cleaned_data["logo"]
        if isinstance(logo, UploadedFile):
            logo.name = f"logo.{_suffix(logo)}"
        return logo


def _suffix(logo: UploadedFile) -> str:
    if (logo.size or 0) > MAX_LOGO_BYTES:
        raise ValidationError(_("The logo is too large: at most 2 MB are accepted."))
    try:
        with Image.open(logo) as picture:
            found = FORMATS[picture.format or ""]
            picture.verify()
    except (UnidentifiedImageError, KeyError, OSError, SyntaxError, ValueError) as exc:
        raise ValidationError(_("This is no PNG, JPEG or WebP picture.")) from exc
    logo.seek(0)
    return found


class ApplicationForm(forms.Form):
    """What a new application is."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_("Such as the shop system that will use it."),
    )
    redirect_uris = OriginsField(
        label=_("Redirect addresses"),
        required=False,
        help_text=_(
            "One a line, where people log in here for the application. Empty: it uses its secret alone."
        ),
    )
    is_public = forms.BooleanField(
        label=_("It cannot keep a secret (an app on somebody's device)"), required=False, label_suffix=""
    )
