"""Forms of livestreams: the tray beside the show, chapters in minutes and seconds."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livestream.admin.selection import ROW_ID
from livestream.models import LiveStream, StreamProduct

ADDRESS = re.compile(r"(https?://[^\s/?#]+|/(?!/))\S*", re.IGNORECASE)
ADDRESSES = ("live_url", "trailer_url", "poster_url", "replay_url", "captions_url")
CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]?\d)(?:\.(\d{1,3}))?", re.ASCII)


def clock(ms: int) -> str:
    """`1:05` or `1:02:03`, with thousandths where there are any."""
    seconds, rest = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"{text}.{rest:03}" if rest else text


class ClockField(forms.CharField):
    """A moment of the replay in milliseconds, written as `m:ss`; None where it is empty."""

    def prepare_value(self, value: Any) -> Any:
        return clock(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        text = (super().to_python(value) or "").strip()
        if not text:
            return None
        found = CLOCK.fullmatch(text)
        if found is None:
            raise ValidationError(_("Write it as minutes and seconds, such as 1:05."))
        hours, minutes, seconds, rest = found.groups()
        whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
        return whole * 1000 + int((rest or "").ljust(3, "0"))

    def validate(self, value: Any) -> None:
        """Nothing more: an empty one follows the pin."""

    def run_validators(self, value: Any) -> None:
        """They are for text."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)


class ChapterForm(forms.Form):
    """What staff say of one pin in the replay."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120, required=False)
    start_ms = ClockField(label=gettext_lazy("Starts"), required=False)
    end_ms = ClockField(label=gettext_lazy("Ends"), required=False)
    is_hidden = forms.BooleanField(label=gettext_lazy("Leave out"), required=False, label_suffix="")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        start, end = said.get("start_ms"), said.get("end_ms")
        if start is not None and end is not None and end <= start:
            self.add_error("end_ms", _("A chapter must end after it starts."))
        return said


def validate_address(text: str) -> None:
    """Raises ValidationError for anything but an address on the web, or a path on this site."""
    try:
        is_there = ADDRESS.fullmatch(text) and urlsplit(text)
    except ValueError:
        is_there = None
    if not is_there:
        raise ValidationError(_("Write the whole address, such as https://video.example/show.m3u8."))


class LiveStreamForm(forms.ModelForm):
    """The fields that the admin edits; everything else is the services' own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ADDRESSES:
            if field := self.fields.get(name):  # Whoever may only look has no fields.
                field.validators.append(validate_address)

    class Meta:
        model = LiveStream
        fields = (
            *("channel", "event_name", "event_description", "scheduled_at"),
            *ADDRESSES,
            "captions_language",
        )


class KnownProduct(forms.HiddenInput):
    """The product of a line that is there: its name is said beside it."""

    input_type = "hidden"
    is_hidden = False

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return format_html("{}{}", self.name, super().render(name, value, attrs, renderer))


class ProductSelect(AutocompleteSelect):
    """Searches the catalogue."""

    def optgroups(self, name: str, value: list[Any], attrs: Any = None) -> Any:
        """What is no row number is nobody's product; Django would ask the database for it."""
        return super().optgroups(name, [one for one in value if ROW_ID.fullmatch(str(one))], attrs)


class TrayForm(forms.ModelForm):
    """One product of the tray."""

    class Meta:
        model = StreamProduct
        fields = ("product", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "product" in self.fields:
            self.fields["product"].widget = KnownProduct(str(self.instance.product))
            self.fields["product"].disabled = True


class TrayFormSet(BaseInlineFormSet):
    """The whole tray."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            product = form.cleaned_data.get("product") if form.is_valid() else None
            if product and product.channel_id != self.instance.channel_id:
                form.add_error("product", _("This product belongs to another channel."))

    def arranged(self) -> list[Any]:
        """The products that stay or come, by their positions."""
        said = [form.cleaned_data for form in self.forms if form.cleaned_data.get("product")]
        kept = [one for one in said if not one.get("DELETE")]
        kept.sort(key=lambda one: one.get("position") or 0)
        return list(dict.fromkeys(one["product"] for one in kept))
