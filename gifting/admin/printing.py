"""Printing cards: choose the paper, hear about reprints, get one PDF."""

from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gifting.admin.actors import staff_actor
from gifting.admin.batches import Batch, load_batch
from gifting.admin.selection import MAX_BATCH, parse_ids
from gifting.cards.layouts import A6, LAYOUTS, Layout, layout_for
from gifting.errors import GiftingError
from gifting.models import VideoContainer
from gifting.services import cards

LAST_LAYOUT = "gifting_card_layout"


class OrderIdsField(forms.CharField):
    """Row numbers with commas between them, in print order."""

    widget = forms.HiddenInput
    default_error_messages = {
        "invalid": gettext_lazy("The selection could not be read. Select the orders again.")
    }

    def to_python(self, value: Any) -> Any:
        try:
            ids = parse_ids(str(value or "").split(","))
        except ValueError as exc:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from exc
        return ids[:MAX_BATCH]


class PrintForm(forms.Form):
    """What the merchandiser decides before a batch is printed."""

    orders = OrderIdsField()
    layout = forms.ChoiceField(label=gettext_lazy("Paper"), widget=forms.RadioSelect)
    again = forms.TypedChoiceField(
        label=gettext_lazy("Cards that were printed before"),
        choices=[("no", gettext_lazy("Leave them out")), ("yes", gettext_lazy("Print them again"))],
        coerce=lambda value: value == "yes",
        empty_value=False,
        required=False,
        widget=forms.RadioSelect,
    )
    back = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["layout"].choices = [(layout.key, layout.label) for layout in LAYOUTS.values()]


def page_words() -> dict[str, Any]:
    """What the script says: for one card, and for `{n}` of them."""
    return {
        "print": [_("Print 1 card"), _("Print {n} cards")],
        "preparing": [_("Preparing 1 card…"), _("Preparing {n} cards…")],
        "ready": [
            _("1 card is ready and marked as printed."),
            _("{n} cards are ready and marked as printed."),
        ],
        "broken": _("The connection broke. The cards may be marked as printed already: reload to see."),
    }


class PrintPages:
    """For the admin of orders: the page before printing, and the PDF."""

    def has_print_card_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("gifting.print_card")

    def print_view(self, request: HttpRequest) -> HttpResponse:
        """GET asks about `?orders=7,5,9`; POST answers with the PDF, or asks again and says why."""
        if not (self.has_view_permission(request) and self.has_print_card_permission(request)):
            raise PermissionDenied
        if request.method != "POST":
            return self.ask_how_to_print(request, request.GET.get("orders", ""), back="")
        form = PrintForm(request.POST)
        if not form.is_valid():
            return self._print_page(request, form, Batch([]))
        return self._print(request, form)

    def ask_how_to_print(self, request: HttpRequest, orders: str, *, back: str) -> HttpResponse:
        """The page with the choices. `orders` are row numbers with commas, `back` is where it leads after."""
        initial = {"layout": request.session.get(LAST_LAYOUT, A6.key), "again": "no", "back": back}
        form = PrintForm({**initial, "orders": orders})
        batch = load_batch(form.cleaned_data["orders"] if form.is_valid() else [])
        return self._print_page(request, form, batch)

    def _print(self, request: HttpRequest, form: PrintForm) -> HttpResponse:
        batch = load_batch(form.cleaned_data["orders"])
        wanted = batch.to_print(again=form.cleaned_data["again"])
        layout = layout_for(form.cleaned_data["layout"])
        if not wanted:
            form.add_error(None, _("There is nothing to print with these choices."))
            return self._print_page(request, form, batch)
        try:
            return self._pdf(request, wanted, layout)
        except GiftingError as exc:
            form.add_error(None, exc.message)
            return self._print_page(request, form, batch)

    def _pdf(self, request: HttpRequest, wanted: list[VideoContainer], layout: Layout) -> HttpResponse:
        who = {"actor": staff_actor(request), "now": timezone.now()}
        with ExitStack() as on_failure:
            target = on_failure.enter_context(TemporaryFile())
            cards.print_cards(containers=wanted, layout=layout, target=target, **who)
            on_failure.pop_all()  # From here on the response closes the file.
        target.seek(0)
        request.session[LAST_LAYOUT] = layout.key
        words = ngettext("%(count)d card was printed.", "%(count)d cards were printed.", len(wanted))
        messages.success(request, words % {"count": len(wanted)})
        name = f"cards-{timezone.localtime():%Y%m%d-%H%M%S}-{layout.key}.pdf"
        return FileResponse(target, as_attachment=True, filename=name, content_type="application/pdf")

    def _print_page(self, request: HttpRequest, form: PrintForm, batch: Batch) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Print cards"),
            "form": form,
            "batch": batch,
            "reprints": batch.reprints(),
            "back": self._back(request, form, batch),
            "words": page_words(),
        }
        status = 400 if request.method == "POST" and form.errors else 200
        return TemplateResponse(request, "gifting/admin/print.html", context, status=status)

    def _back(self, request: HttpRequest, form: PrintForm, batch: Batch) -> str:
        """Where the page leads when all is done: whence it was opened, but never to another site."""
        wanted = str(form.data.get("back", ""))
        if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
            return wanted
        if len(batch.containers) == 1:
            order_id = batch.containers[0].order_id
            return reverse(f"{self.admin_site.name}:gifting_order_change", args=[order_id])
        return reverse(f"{self.admin_site.name}:gifting_order_changelist")
