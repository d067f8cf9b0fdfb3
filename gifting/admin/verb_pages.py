"""Verbs at their addresses: a POST does it, a GET asks where there is a question."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from gifting.admin.actors import staff_actor
from gifting.admin.verb_forms import VerbForm
from gifting.admin.verbs import VERBS, Deed, Verb
from gifting.errors import GiftingError, Invalid
from gifting.models import Order, Shipment


class VerbPages:
    """For the admin of orders: `<order>/<verb>/`, and `<order>/<verb>/<row>/` for verbs about a row."""

    def verb_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.verb_view)
        routes = [(name, route) for name, verb in VERBS.items() for route in _routes(name, verb)]
        return [path(route, view, {"name": name}, name=f"gifting_order_{name}") for name, route in routes]

    def verb_view(self, request: HttpRequest, pk: int, name: str, row: int | None = None) -> HttpResponse:
        """Nothing is changed by GET."""
        verb = VERBS[name]
        order = self._order(request, pk, allowed=request.user.has_perm(verb.permission))
        found = _row(verb, order, row)
        if request.method == "POST":
            return self._do(request, verb, order, found)
        if not verb.asks(found):
            return HttpResponseNotAllowed(["POST"])
        form = verb.form(order=order, row=found) if verb.form else None
        return self._ask(request, verb, order, form)

    def _do(self, request: HttpRequest, verb: Verb, order: Order, row: Any) -> HttpResponse:
        form = verb.form(request.POST, order=order, row=row) if verb.form else None
        if form and not form.is_valid():
            return self._ask(request, verb, order, form)
        said = form.cleaned_data if form else {}
        who = {"actor": staff_actor(request), "may": request.user.has_perm, "now": timezone.now()}
        deed = Deed(order=order, row=row, said=said, **who)
        try:
            verb.run(deed)
        except GiftingError as exc:
            if form and isinstance(exc, Invalid):
                form.add_error(None, exc.message)
                return self._ask(request, verb, order, form)
            messages.error(request, exc.message)
        else:
            messages.success(request, str(verb.done))
        return HttpResponseRedirect(self._way_back(request, order))

    def _ask(self, request: HttpRequest, verb: Verb, order: Order, form: VerbForm | None) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{verb.label}: {order.number}",
            "verb": verb,
            "form": form,
            "back": self._way_back(request, order),
        }
        return TemplateResponse(
            request, "gifting/admin/ask.html", context, status=400 if form and form.errors else 200
        )

    def _way_back(self, request: HttpRequest, order: Order) -> str:
        """Whence the button was pressed, but never another site."""
        wanted = request.POST.get("next") or request.GET.get("next") or ""
        if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
            return wanted
        return reverse(f"{self.admin_site.name}:gifting_order_change", args=[order.pk])

    def _order(self, request: HttpRequest, pk: int, *, allowed: bool) -> Order:
        """Raises PermissionDenied before it tells whether there is such an order."""
        if not (allowed and self.has_view_permission(request)):
            raise PermissionDenied
        order: Order | None = self.get_object(request, str(pk))
        if order is None:
            raise Http404
        return order


def _routes(name: str, verb: Verb) -> Iterator[str]:
    if verb.about:
        yield f"<int:pk>/{name}/<int:row>/"
    if verb.about is None or verb.also_alone:
        yield f"<int:pk>/{name}/"


def _row(verb: Verb, order: Order, pk: int | None) -> Any:
    """Raises Http404 for a row of another order."""
    if verb.about is None or pk is None:
        return None
    owner = "order" if verb.about is Shipment else "container__order"
    return get_object_or_404(verb.about, pk=pk, **{owner: order})
