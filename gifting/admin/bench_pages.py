"""The page of the packing bench, and where a scan leads."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from gifting.admin.bench import BenchForm, find_orders


class BenchPages:
    """For the admin of orders: `bench/`, with a box that is ready for the next scan."""

    def bench_view(self, request: HttpRequest) -> HttpResponse:
        """Without `?q=` an empty box; with it the order, the few orders, or a message and the box again."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = BenchForm(request.GET)
        if form.is_valid():
            return self._go(request, form.cleaned_data["q"])
        if "q" in request.GET:
            messages.warning(request, _("Scan a card or type an order number first."))
        return self._bench_page(request)

    def _go(self, request: HttpRequest, text: str) -> HttpResponse:
        found = list(find_orders(text)[:2])
        if len(found) == 1:
            page = reverse(f"{self.admin_site.name}:gifting_order_change", args=[found[0].pk])
            return HttpResponseRedirect(f"{page}?scanned=1")
        if found:
            changelist = reverse(f"{self.admin_site.name}:gifting_order_changelist")
            return HttpResponseRedirect(f"{changelist}?{urlencode({'number': text})}")
        messages.error(request, _not_found(text))
        return redirect(f"{self.admin_site.name}:gifting_order_bench")

    def _bench_page(self, request: HttpRequest) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Packing bench")}
        return TemplateResponse(request, "gifting/admin/bench.html", context)


def _not_found(text: str) -> str:
    """A link is not repeated: whoever reads it could watch the gift."""
    if "/" in text:
        return _("This code belongs to no order here. Check that the card is from this shop.")
    return _("There is no order “%(number)s”. Check the number, or scan the card again.") % {"number": text}
