"""What carriers pushed: a list to look at. A push that could not be read can be processed again."""

import json
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from gifting.admin.actors import staff_actor
from gifting.admin.columns import badge
from gifting.admin.filters import ChoiceFilter, DateFilter, ValueFilter
from gifting.admin.read_only import ReadOnly
from gifting.conf import conf
from gifting.errors import GiftingError
from gifting.models import WebhookReceipt
from gifting.services import inbox

TONES = {"queued": "processing", "processing": "processing", "done": "activated", "failed": "cancelled"}
SHOWN_BYTES = 100_000


@admin.register(WebhookReceipt)
class ReceiptAdmin(ReadOnly):
    """The body holds personal data: only superusers see it, and nobody searches it."""

    list_display = ("received_at", "source", "status", "outcome", "last_error")
    list_filter = (
        ("state", ChoiceFilter),
        ("source", ValueFilter),
        ("received_at", DateFilter),
    )
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)
    actions = None

    class Media:
        css = {"all": ["gifting/admin/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookReceipt]:
        """The list needs no bodies."""
        return super().get_queryset(request).defer("body")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def status(self, receipt: WebhookReceipt) -> SafeString:
        return badge(receipt.get_state_display(), TONES[receipt.state])

    @admin.display(description=gettext_lazy("body"))
    def text(self, receipt: WebhookReceipt) -> SafeString:
        return format_html('<pre class="gc-body">{}</pre>', readable(bytes(receipt.body)))

    def get_fields(self, request: HttpRequest, obj: WebhookReceipt | None = None) -> tuple[str, ...]:
        shown = (*self.list_display, "attempts", "due_at")
        return (*shown, "text") if request.user.is_superuser else shown

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """The menu has it only where somebody can push."""
        return super().get_model_perms(request) if conf().CARRIERS else {}

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or self.has_retry_permission(request)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("gifting.change_webhookreceipt")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        receipt = context.get("original")
        has_failed = receipt is not None and receipt.state == WebhookReceipt.State.FAILED
        context["may_retry"] = has_failed and self.has_retry_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        retry = self.admin_site.admin_view(require_POST(self.retry_view))
        return [path("<int:pk>/retry/", retry, name="gifting_webhookreceipt_retry"), *super().get_urls()]

    def retry_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Process a push again that could not be read."""
        if not self.has_retry_permission(request):
            raise PermissionDenied
        receipt = self.get_object(request, str(pk))
        if receipt is None:
            raise Http404
        try:
            inbox.retry(receipt=receipt, actor=staff_actor(request), now=timezone.now())
        except GiftingError as exc:
            messages.error(request, exc.message)
        else:
            messages.success(request, _("The push is being processed again. Reload this page in a minute."))
        return HttpResponseRedirect(self._way_back(request, pk))

    def _way_back(self, request: HttpRequest, pk: int) -> str:
        wanted = request.POST.get("next", "")
        if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
            return wanted
        return reverse(f"{self.admin_site.name}:gifting_webhookreceipt_change", args=[pk])


def readable(body: bytes) -> str:
    """JSON with a field on each line; anything else as the text that it may be."""
    text = body[:SHOWN_BYTES].decode(errors="replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
