"""Orders made and changed by staff. The forms say what is wanted; services do it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gifting.admin.languages import language_choices
from gifting.dto import NewContainer
from gifting.errors import Invalid
from gifting.models import Order
from gifting.services import orders

SHOP_WORDS = {
    "number": "crid",
    "giver_email": "email",
    "receiver_email": "receiverEmail",
    "language": "language",
}
FIELDS = {word: field for field, word in SHOP_WORDS.items()}


class OrderForm(forms.ModelForm):
    """What both forms share: a choice of languages, and the services' objections at the right field."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = language_choices(self.instance.language, blank=True)

    def add_problems(self, exc: Invalid) -> None:
        """Show what a service does not accept."""
        if not exc.fields:
            self.add_error(None, exc.message)
        for word, problem in exc.fields.items():
            field = FIELDS.get(word, "")
            if field not in self.errors:
                self.add_error(field if field in self.fields else None, problem)

    def names(self) -> dict[str, str]:
        """The names in the shop's words, the empty ones left out."""
        said = {word: self.cleaned_data.get(field, "").strip() for field, word in orders.NAMES.items()}
        return {word: name for word, name in said.items() if name}


class NewOrderForm(OrderForm):
    """An order that came by telephone, or over the counter."""

    class Meta:
        model = Order
        fields = (
            "brand", "number", "giver_name", "giver_email", "receiver_name", "receiver_email",
            "product_name", "language", "delivery",
        )  # fmt: skip

    def clean(self) -> None:
        super().clean()
        said = self.cleaned_data
        if said.get("delivery") == Order.Delivery.EMAIL and not said.get("receiver_email"):
            self.add_error("receiver_email", _("The gift goes out by mail: say where to."))
        try:
            orders.check(self.new_container())
        except Invalid as exc:
            self.add_problems(exc)

    def new_container(self) -> NewContainer:
        """What `open_container` takes."""
        said = self.cleaned_data
        return NewContainer(
            crid=said.get("number", ""),
            email=said.get("giver_email", ""),
            receiver_email=said.get("receiver_email", ""),
            language=said.get("language", ""),
            additional_data=self.names(),
            delivery=said.get("delivery", ""),
        )


class ChangeOrderForm(OrderForm):
    """What staff may still change: names, receiver and language."""

    class Meta:
        model = Order
        fields = ("giver_name", "receiver_name", "receiver_email", "product_name", "language")

    def clean(self) -> None:
        super().clean()
        try:
            orders.check_changes(self.changes())
        except Invalid as exc:
            self.add_problems(exc)

    def changes(self) -> dict[str, Any]:
        """In the words of `change_container`, only what was changed."""
        changed = {
            SHOP_WORDS[field]: self.cleaned_data[field]
            for field in self.changed_data
            if field in SHOP_WORDS and field in self.cleaned_data
        }
        if orders.NAMES.keys() & set(self.changed_data):
            changed["additionalData"] = self._additional_data()
        return changed

    def _additional_data(self) -> dict[str, Any]:
        """The shop's own keys stay as they are."""
        said = self.instance.additional_data.items()
        kept = {word: value for word, value in said if word not in orders.NAMES.values()}
        return {**kept, **self.names()}
