"""What a verb asks before it is done. Services say no; forms only read."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gifting.models import Order, Shipment
from gifting.services.journal import REASON_MAX
from gifting.services.retention import DAYS_MAX

FARTHEST = timedelta(days=5 * 365)


class VerbForm(forms.Form):
    """A form that knows the order, and the row that the verb is about (or None)."""

    def __init__(self, *args: Any, order: Order, row: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order, self.row = order, row
        self.prepare()

    def prepare(self) -> None:
        """Fill in what is known."""


class AddressForm(VerbForm):
    """Where the receiver is mailed."""

    address = forms.EmailField(label=gettext_lazy("Receiver's mail"), max_length=254)

    def prepare(self) -> None:
        self.initial["address"] = self.order.receiver_email


class DateForm(VerbForm):
    """When the receiver is mailed."""

    when = forms.DateTimeField(
        label=gettext_lazy("Date and time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def prepare(self) -> None:
        self.initial["when"] = self.order.container.send_at
        words = _("In the time zone of this site: %(zone)s.")
        self.fields["when"].help_text = words % {"zone": timezone.get_current_timezone_name()}

    def clean_when(self) -> datetime:
        when: datetime = self.cleaned_data["when"]
        if when > timezone.now() + FARTHEST:
            raise forms.ValidationError(_("This date is too far away."))
        return when


class ReasonForm(VerbForm):
    """Why; the history keeps it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_MAX,
        help_text=gettext_lazy("Kept in the history of the gift, for your colleagues only."),
    )


class PerhapsReasonForm(ReasonForm):
    """Why, for whoever wants to say it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_MAX,
        required=False,
        help_text=gettext_lazy("Such as “refunded”. Kept in the history of the gift."),
    )


class ParcelForm(VerbForm):
    """A tracking code and whose it is."""

    code = forms.CharField(label=gettext_lazy("Tracking code"), max_length=100)
    carrier = forms.ChoiceField(
        label=gettext_lazy("Carrier"),
        required=False,
        choices=[("", gettext_lazy("not known")), *Shipment.Carrier.choices],
    )

    def prepare(self) -> None:
        if isinstance(self.row, Shipment):
            self.initial.update(code=self.row.code, carrier=self.row.carrier)


class DaysForm(VerbForm):
    """How much longer."""

    days = forms.IntegerField(label=gettext_lazy("Days more"), min_value=1, max_value=DAYS_MAX, initial=30)
