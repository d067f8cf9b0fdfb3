"""Forms of the catalogue: pictures are checked by their content, and named after what they are."""

from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gifting.errors import Invalid
from gifting.models import Brand, Sticker, StickerPack
from gifting.services import pack_pictures
from gifting.services.pack_catalogue import NUMBER_MAX
from gifting.services.pack_pictures import MAX_PICTURE_BYTES, Picture


def preview(row: StickerPack | Sticker) -> SafeString:
    """The small picture, or nothing. A new one has a new address, so that no cache shows the old."""
    if not row.thumbnail:
        return SafeString("")
    page = "sticker" if isinstance(row, Sticker) else "thumbnail"
    url = reverse(f"admin:gifting_stickerpack_{page}", args=[row.pk])
    version = str(row.thumbnail.name).rpartition("/")[2][:8]
    return format_html('<img class="gp-thumbnail" src="{}?{}" alt="" loading="lazy">', url, version)


class PictureInput(forms.ClearableFileInput):
    """Shows the picture that is there; the file itself has no address for staff."""

    template_name = "gifting/admin/packs/picture_input.html"
    preview = SafeString("")

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "preview": self.preview}


class PictureForm(forms.ModelForm):
    """A row with an image: makes its thumbnail, and forgets the files of the one before."""

    picture: Picture | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = pack_pictures.files_of(self.instance)

    def clean_image(self) -> Any:
        image = self.cleaned_data["image"]
        if not isinstance(image, UploadedFile):
            return image
        try:
            self.picture = pack_pictures.check(image.read(MAX_PICTURE_BYTES + 1))
        except Invalid as exc:
            raise forms.ValidationError(exc.message) from exc
        image.seek(0)
        image.name = f"picture{self.picture.suffix}"
        return image

    def save(self, commit: bool = True) -> Any:
        if "image" in self.changed_data:
            self.instance.thumbnail = (
                ContentFile(self.picture.thumbnail, name="thumbnail.webp") if self.picture else ""
            )
            pack_pictures.forget(self.before)
        return super().save(commit)


class PackForm(PictureForm):
    """A pack of the catalogue."""

    class Meta:
        model = StickerPack
        fields = (
            "brand", "number", "name", "image", "category", "keywords", "artist", "language", "price",
            "is_animated", "is_new", "is_listed",
        )  # fmt: skip
        widgets = {"image": PictureInput(attrs={"accept": "image/*"})}
        help_texts = {
            "image": _("PNG, JPEG, GIF or WebP, at most 2 MB."),
            "number": _("The packageId of the API. It cannot be changed afterwards."),
            "keywords": _("With commas between them."),
        }

    def clean_number(self) -> int:
        number: int = self.cleaned_data["number"]
        if not 1 <= number <= NUMBER_MAX:
            words = _("It must be a whole number from 1 to %(most)d.")
            raise forms.ValidationError(words, params={"most": NUMBER_MAX})
        return number

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if image := self.fields.get("image"):  # Whoever may only look has no fields.
            image.widget.preview = preview(self.instance)


class StickerForm(PictureForm):
    """One picture of a pack."""

    class Meta:
        model = Sticker
        fields = ("image", "position")
        widgets = {"image": forms.FileInput(attrs={"accept": "image/*"})}


class ImportForm(forms.Form):
    """What both imports ask for."""

    brand = forms.ModelChoiceField(Brand.objects.all(), label=_("Brand"), empty_label=None)
    skip_bad = forms.BooleanField(
        label=_("Skip what is wrong and import the rest"), required=False, label_suffix=""
    )


class ListForm(ImportForm):
    """The packs themselves."""

    prefix = "list"
    file = forms.FileField(
        label=_("CSV file"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=_("At most 5 MB and 10,000 packs, in UTF-8."),
    )
    field_order = ("brand", "file", "skip_bad")


class ImagesForm(ImportForm):
    """Their pictures."""

    prefix = "images"
    file = forms.FileField(
        label=_("ZIP file"),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
        help_text=_("At most 2 MB for a picture and 100 MB together."),
    )
    field_order = ("brand", "file", "skip_bad")
