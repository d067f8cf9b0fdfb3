"""What happened and what is sent: lists to look at. What failed can be tried again."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from livestream.admin.columns import badge
from livestream.admin.read_only import ReadOnly
from livestream.admin.retries import Retries
from livestream.conf import conf
from livestream.models import JournalEntry, Reminder, WebhookReceipt
from livestream.services import inbox, reminders

SHOWN_BYTES = 100_000


@admin.register(JournalEntry)
class JournalAdmin(ReadOnly):
    """Who did what in which livestream."""

    list_display = ("at", "stream", "event", "actor", "details")
    list_select_related = ("stream",)
    list_filter = ("event", "at")
    search_fields = ("stream__event_name", "actor")
    fields = ("at", "stream", "event", "actor", "details")

    class Media:
        css = {"all": ["livestream/console/admin.css"]}

    @admin.display(description=_("details"))
    def details(self, entry: JournalEntry) -> str:
        return ", ".join(f"{name}: {_listed(value)}" for name, value in entry.detail.items())


def _listed(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


@admin.register(Reminder)
class ReminderAdmin(Retries):
    """The address is erased once the mail has left, or comes too late."""

    list_display = ("stream", "masked", "status", "sent_at", "last_error")
    list_select_related = ("stream",)
    list_filter = ("state", "created_at")
    search_fields = ("stream__event_name",)
    fields = ("stream", "masked", "language", "status", "created_at", "sent_at", "attempts", "last_error")

    class Media:
        css = {"all": ["livestream/console/admin.css"]}

    def again(self, job: Reminder) -> None:
        reminders.retry(reminder=job, now=timezone.now())

    def can_retry(self, job: Reminder) -> bool:
        return super().can_retry(job) and bool(job.email)

    @admin.display(description=_("mail address"))
    def masked(self, reminder: Reminder) -> str:
        name, _at, domain = reminder.email.partition("@")
        return f"{name[:1]}…@{domain}" if domain else "—"

    @admin.display(description=_("state"), ordering="state")
    def status(self, reminder: Reminder) -> SafeString:
        return badge(reminder.get_state_display(), reminder.state)


@admin.register(WebhookReceipt)
class ReceiptAdmin(Retries):
    """What hosted accounts pushed. Only superusers see the body."""

    list_display = ("received_at", "account", "status", "attempts", "last_error")
    list_filter = ("state", "received_at")

    class Media:
        css = {"all": ["livestream/console/admin.css"]}

    def again(self, job: WebhookReceipt) -> None:
        inbox.retry(receipt=job, now=timezone.now())

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookReceipt]:
        """The list needs no bodies."""
        return super().get_queryset(request).defer("body")

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """The menu has it only where an account can push."""
        return super().get_model_perms(request) if conf().BACKENDS else {}

    def get_fields(self, request: HttpRequest, obj: WebhookReceipt | None = None) -> tuple[str, ...]:
        return (*self.list_display, "text") if request.user.is_superuser else self.list_display

    @admin.display(description=_("state"), ordering="state")
    def status(self, receipt: WebhookReceipt) -> SafeString:
        return badge(receipt.get_state_display(), receipt.state)

    @admin.display(description=_("body"))
    def text(self, receipt: WebhookReceipt) -> SafeString:
        return format_html('<pre class="lc-body">{}</pre>', _readable(bytes(receipt.body)))


def _readable(body: bytes) -> str:
    """JSON with a field on each line; anything else as the text that it may be."""
    text = body[:SHOWN_BYTES].decode(errors="replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
