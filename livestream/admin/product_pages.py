"""Beside the catalogue's forms: the import of a CSV file, the export, and what is sold out."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from livestream.admin.csv_files import csv_response
from livestream.admin.sentences import SENTENCES
from livestream.errors import BusUnavailable, Invalid
from livestream.models import Channel, Product
from livestream.services import catalogue, exports, product_imports
from livestream.services.product_imports import Imported

SHOWN_PROBLEMS = 200


class ImportForm(forms.Form):
    """A CSV file for one channel."""

    channel = forms.ModelChoiceField(Channel.objects.all(), label=gettext_lazy("Channel"), empty_label=None)
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=gettext_lazy("At most 50 MB, in UTF-8, with commas, semicolons or tabs."),
    )


class ProductPages:
    """For the admin of products."""

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Imports add and change, so whoever imports must be allowed both."""
        return bool(self.has_add_permission(request) and self.has_change_permission(request))

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """GET offers the form; POST with `check` says what would happen, and without it makes it happen."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._import_page(request, ImportForm())
        form = ImportForm(request.POST, request.FILES)
        is_trial = "check" in request.POST
        result = _attempt(form, is_trial=is_trial) if form.is_valid() else None
        if result is None:
            return self._import_page(request, form, status=400)
        if result.is_late:
            messages.warning(request, SENTENCES[BusUnavailable])
        return self._import_page(request, form, result, is_trial=is_trial)

    def _import_page(
        self,
        request: HttpRequest,
        form: ImportForm,
        result: Imported | None = None,
        *,
        is_trial: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Import products"),
            "form": form,
            "result": result,
            "is_trial": is_trial,
            "problems": result.problems[:SHOWN_PROBLEMS] if result else [],
            "more": max(0, result.problem_count - SHOWN_PROBLEMS) if result else 0,
        }
        return TemplateResponse(request, "livestream/admin/import.html", context, status=status)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """The filtered list, in its order, in the columns that the import reads."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            products = self.get_changelist_instance(request).get_queryset(request)
        except admin.views.main.IncorrectLookupParameters:
            return redirect("../?e=1")
        return csv_response("products", exports.PRODUCT_HEAD, exports.product_rows(products))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        own = {"may_import": self.has_import_permission(request)}
        return super().changelist_view(request, {**own, **(extra_context or {})})

    def _sell(self, request: HttpRequest, queryset: QuerySet[Product], *, is_sold_out: bool) -> None:
        numbers = list(queryset.values_list("pk", flat=True))
        try:
            changed = catalogue.sell(products=numbers, is_sold_out=is_sold_out)
        except BusUnavailable:
            messages.warning(request, SENTENCES[BusUnavailable])
            return
        words = ngettext("%(n)d product was changed.", "%(n)d products were changed.", changed)
        messages.success(request, words % {"n": changed})


def _attempt(form: ImportForm, *, is_trial: bool) -> Imported | None:
    """None where the file as a whole is refused: the form says why."""
    said = form.cleaned_data
    try:
        return product_imports.import_csv(channel=said["channel"], file=said["file"], is_trial=is_trial)
    except Invalid as exc:
        form.add_error("file", exc.message)
        return None
