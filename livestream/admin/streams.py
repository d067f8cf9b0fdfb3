"""Livestreams: planned here, steered from their console. Everything is written by services."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from livestream.admin.actors import staff_actor
from livestream.admin.columns import quiet, status_badge
from livestream.admin.console import ConsolePages
from livestream.admin.filters import ATTENTION, AttentionFilter
from livestream.admin.late_bus import LateBus
from livestream.admin.lines import Lines
from livestream.admin.recordings import PAGE as RECORDINGS
from livestream.admin.recordings import RecordingPages
from livestream.admin.reports import report_urls
from livestream.admin.selection import CarefulSelection
from livestream.admin.stream_actions import StreamActions
from livestream.admin.stream_forms import LiveStreamForm, ProductSelect, TrayForm, TrayFormSet
from livestream.admin.stream_pages import StreamPages
from livestream.models import Channel, LiveStream, StreamProduct
from livestream.services import attention, exports, streams, tray_edits
from livestream.services.attention import Reason

TIMES = ("status_shown", "started_at", "paused_at", "ended_at", "replay_until")
HELPED_THERE = (Reason.RECORDING, Reason.REPLAY)


class TrayInline(Lines):
    """The products at hand in the console, in their order."""

    model = StreamProduct
    form = TrayForm
    formset = TrayFormSet

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        own = {"widget": ProductSelect(db_field, self.admin_site)} if db_field.name == "product" else {}
        return super().formfield_for_foreignkey(db_field, request, **kwargs, **own)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StreamProduct]:
        return super().get_queryset(request).select_related("product")


@admin.register(LiveStream)
class LiveStreamAdmin(
    *(LateBus, ConsolePages, StreamPages, RecordingPages, StreamActions, CarefulSelection),
    admin.ModelAdmin,
):
    """What was broadcast stays: only a livestream that never began can be deleted."""

    form = LiveStreamForm
    inlines = (TrayInline,)
    change_form_template = "livestream/admin/livestream.html"
    change_list_template = "livestream/admin/livestreams.html"
    list_display = ("show", "console_link", "status_shown", "scheduled_at", "peak")
    attention_display = ("show", "trouble", "status_shown", "scheduled_at")
    list_select_related = ("channel",)
    list_filter = (AttentionFilter, "status", "channel", "scheduled_at")
    list_per_page = 50
    date_hierarchy = "scheduled_at"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("event_name", "event_description")
    ordering = ("-scheduled_at", "-pk")
    actions = ("end_selected", "duplicate_selected", "add_to_playlist", "export_selected")
    readonly_fields = TIMES

    class Media:
        css = {"all": ["livestream/console/admin.css"]}

    @admin.display(description=gettext_lazy("name"), ordering="event_name")
    def show(self, stream: LiveStream) -> SafeString:
        return format_html('{}<br><span class="lc-quiet">{}</span>', stream, stream.channel)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_shown(self, stream: LiveStream) -> SafeString:
        return status_badge(stream) if stream.pk else quiet("—")

    @admin.display(description=gettext_lazy("what is wrong"))
    def trouble(self, stream: LiveStream) -> SafeString:
        """What the filter found, and the way to what can be done about it."""
        page = reverse(f"{self.admin_site.name}:{RECORDINGS}", args=[stream.pk])
        told = [
            format_html('<a href="{}">{}</a>', page, title) if reason in HELPED_THERE else title
            for reason, title in attention.TITLES.items()
            if getattr(stream, f"needs_{reason}", False)
        ]
        return format_html_join(", ", "{}", ((one,) for one in told))

    @admin.display(description=gettext_lazy("peak"))
    def peak(self, stream: LiveStream) -> Any:
        return quiet("—") if stream.viewers_peak is None else stream.viewers_peak

    @admin.display(description=gettext_lazy("console"))
    def console_link(self, stream: LiveStream) -> SafeString:
        url = reverse(f"{self.admin_site.name}:livestream_livestream_console", args=[stream.pk])
        return format_html(
            '<a href="{}" aria-label="{}">{}</a>',
            url,
            _("Console of %(stream)s") % {"stream": stream},
            _("Console"),
        )

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return self.attention_display if ATTENTION in request.GET else self.list_display

    def get_queryset(self, request: HttpRequest) -> QuerySet[LiveStream]:
        return exports.with_peak(super().get_queryset(request))

    def get_fieldsets(self, request: HttpRequest, obj: LiveStream | None = None) -> Any:
        show = ("channel", "event_name", "event_description", "scheduled_at")
        plan = [
            (None, {"fields": show}),
            (_("Video"), {"fields": ("live_url", "trailer_url", "poster_url")}),
            (_("Replay"), {"fields": ("replay_url", "captions_url", "captions_language")}),
        ]
        return [*plan, (_("How it went"), {"fields": TIMES})] if obj else plan

    def get_readonly_fields(self, request: HttpRequest, obj: LiveStream | None = None) -> tuple[str, ...]:
        """A livestream never changes hands."""
        return ("channel", *TIMES) if obj else TIMES

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The channel, where there is only one."""
        channels = list(Channel.objects.all()[:2])
        only = {"channel": channels[0].pk} if len(channels) == 1 else {}
        return {**only, **super().get_changeform_initial_data(request)}

    def has_delete_permission(self, request: HttpRequest, obj: LiveStream | None = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or obj.started_at is None)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Journal and reminders go with it, though nobody may delete them by themselves."""
        to_delete, counts, _needed, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, set(), protected

    def save_model(self, request: HttpRequest, obj: LiveStream, form: Any, change: bool) -> None:
        who = {"actor": staff_actor(request), "now": timezone.now()}
        said = {name: form.cleaned_data[name] for name in form.fields if name != "channel"}
        if change:
            streams.change(stream=obj, **said, **who)
        else:
            obj.pk = streams.create(channel=obj.channel, **said, **who).pk

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """`save` of the formset only tells the log what it would do; the service does it."""
        formset.save(commit=False)
        formset.save_m2m()
        tray_edits.arrange(stream=form.instance, products=formset.arranged())

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("export/", require_safe(self.export_view), "export"),
            ("end/", self.end_view, "end"),
            ("playlist/", self.playlist_view, "playlist"),
            ("<int:pk>/key/", self.key_view, "key"),
            ("<int:pk>/chapters/", self.chapters_view, "chapters"),
        ]
        own = [
            path(route, self.admin_site.admin_view(view), name=f"livestream_livestream_{name}")
            for route, view, name in pages
        ]
        return [*own, *self.console_urls(), *self.recording_urls(), *report_urls(self), *super().get_urls()]
