"""What staff do to many gifts from the list. Every action asks for its own permission."""

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from gifting.admin.activation import activate_orders
from gifting.admin.many import do_to_many
from gifting.admin.selection import selected_ids
from gifting.admin.verb_forms import VerbForm
from gifting.admin.verbs import CHANGE, SEND, VERBS
from gifting.models import Order


class OrderActions:
    """For the admin of orders."""

    def has_activate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("gifting.activate_container")

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SEND)

    def has_switch_off_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(CHANGE)

    @admin.action(description=_("Print cards"), permissions=["print_card"])
    def print_cards(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        ids = ",".join(map(str, selected_ids(request, queryset)))
        return self.ask_how_to_print(request, ids, back=request.get_full_path()) if ids else None

    @admin.action(description=_("Activate"), permissions=["activate"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        ids = selected_ids(request, queryset)
        activate_orders(request, queryset.filter(pk__in=ids).select_related("container"))

    def activate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The button on an order's page."""
        order = self._order(request, pk, allowed=self.has_activate_permission(request))
        activate_orders(request, [order])
        return redirect(f"{self.admin_site.name}:gifting_order_change", order.pk)

    @admin.action(description=_("Hold"), permissions=["send"])
    def hold(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        return self._do_to_all(request, queryset, "hold")

    @admin.action(description=_("End the hold"), permissions=["send"])
    def release(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        return self._do_to_all(request, queryset, "release")

    @admin.action(description=_("Send now"), permissions=["send"])
    def send_now(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        return self._do_to_all(request, queryset, "send_now")

    @admin.action(description=_("Switch off"), permissions=["switch_off"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        return self._do_to_all(request, queryset, "cancel")

    def _do_to_all(self, request: HttpRequest, queryset: QuerySet[Order], name: str) -> HttpResponse | None:
        """What cannot be taken back asks first; the answer comes as the same action, with `sure`."""
        verb, ids, is_sure = VERBS[name], selected_ids(request, queryset), "sure" in request.POST
        chosen = list(queryset.filter(pk__in=ids).select_related("brand", "container__hosted"))
        if not chosen:
            return None
        form = verb.form(request.POST if is_sure else None, order=chosen[0]) if verb.form else None
        if verb.question is not None and not (is_sure and (form is None or form.is_valid())):
            return self._ask_about_many(request, name, chosen, form)
        do_to_many(request, verb, chosen, form.cleaned_data if form else {})
        return None

    def _ask_about_many(
        self, request: HttpRequest, name: str, chosen: list[Order], form: VerbForm | None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": self.get_action(name)[2],
            "verb": VERBS[name],
            "form": form,
            "orders": chosen,
            "action": name,
            "checkbox": ACTION_CHECKBOX_NAME,
            "back": request.get_full_path(),
        }
        status = 400 if form and form.errors else 200
        return TemplateResponse(request, "gifting/admin/ask_many.html", context, status=status)
