"""What staff do with gifts: print and activate many from the list; one, and more, from an order's page."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gifting.admin.activation import activate_orders
from gifting.admin.actors import staff_actor
from gifting.admin.selection import selected_ids
from gifting.errors import GiftingError
from gifting.models import Order
from gifting.services import containers, recordings
from gifting.services import messages as outgoing


class OrderActions:
    """For the admin of orders. Every action asks for its own permission, also where no button was shown."""

    def has_activate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("gifting.activate_container")

    @admin.action(description=gettext_lazy("Print cards"), permissions=["print_card"])
    def print_cards(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse | None:
        ids = ",".join(map(str, selected_ids(request, queryset)))
        return self.ask_how_to_print(request, ids, back=request.get_full_path()) if ids else None

    @admin.action(description=gettext_lazy("Activate"), permissions=["activate"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        ids = selected_ids(request, queryset)
        activate_orders(request, queryset.filter(pk__in=ids).select_related("container"))

    def activate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The button on an order's page."""
        order = self._order(request, pk, allowed=self.has_activate_permission(request))
        activate_orders(request, [order])
        return self._to_page(order)

    def retry_view(self, request: HttpRequest, pk: int, recording: int) -> HttpResponse:
        """Prepare a video again that could not be prepared."""
        order = self._order(request, pk, allowed=self.has_change_permission(request))
        failed = get_object_or_404(order.container.recordings, pk=recording)
        self._attempt(
            request,
            lambda: recordings.retry(recording=failed, actor=staff_actor(request), now=timezone.now()),
            done=_("The video is being prepared again. Reload this page in a minute."),
        )
        return self._to_page(order)

    def resend_view(self, request: HttpRequest, pk: int, mail: int) -> HttpResponse:
        """Send a mail again that could not be sent."""
        order = self._order(request, pk, allowed=self.has_change_permission(request))
        failed = get_object_or_404(order.container.messages, pk=mail)
        self._attempt(
            request,
            lambda: outgoing.retry(message=failed, actor=staff_actor(request), now=timezone.now()),
            done=_("The mail is being sent again. Reload this page in a minute."),
        )
        return self._to_page(order)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET asks, POST switches the gift off for good."""
        order = self._order(request, pk, allowed=self.has_change_permission(request))
        if request.method != "POST":
            context = {**self.admin_site.each_context(request), "opts": self.opts, "order": order}
            context["title"] = _("Switch off the gift of order %(number)s?") % {"number": order.number}
            return TemplateResponse(request, "gifting/admin/cancel.html", context)
        self._attempt(
            request,
            lambda: containers.cancel(
                container=order.container, actor=staff_actor(request), now=timezone.now()
            ),
            done=_("The gift is switched off. Its code shows a neutral page."),
        )
        return self._to_page(order)

    def _order(self, request: HttpRequest, pk: int, *, allowed: bool) -> Order:
        """Raises PermissionDenied before it tells whether there is such an order."""
        if not (allowed and self.has_view_permission(request)):
            raise PermissionDenied
        order: Order | None = self.get_object(request, str(pk))
        if order is None:
            raise Http404
        return order

    def _attempt(self, request: HttpRequest, change: Callable[[], None], *, done: str) -> None:
        try:
            change()
        except GiftingError as exc:
            messages.error(request, exc.message)
        else:
            messages.success(request, done)

    def _to_page(self, order: Order) -> HttpResponse:
        return redirect(f"{self.admin_site.name}:gifting_order_change", order.pk)
