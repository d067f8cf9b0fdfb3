"""Channels: their look, their addresses, their rules, and the applications that open their API."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from livestream.admin.channel_forms import ApplicationForm, ChannelForm
from livestream.admin.selection import CarefulSelection
from livestream.admin.sentences import sentence
from livestream.errors import LivestreamError
from livestream.models import Channel, ChannelApplication
from livestream.services import applications

ADD, DELETE = "livestream.add_channelapplication", "livestream.delete_channelapplication"


class ApplicationInline(admin.TabularInline):
    """A list: applications are made and revoked by the buttons above it."""

    model = ChannelApplication
    fields = ("name", "client_id", "created_at")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Channel)
class ChannelAdmin(CarefulSelection, admin.ModelAdmin):
    """Plain fields, so the admin saves them itself."""

    form = ChannelForm
    inlines = (ApplicationInline,)
    change_form_template = "livestream/admin/channel.html"
    list_display = ("name", "slug", "base_url", "default_language", "replay_days", "backend")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = (
        (None, {"fields": ("name", "slug", "default_language")}),
        (gettext_lazy("Look"), {"fields": ("logo", "accent_color")}),
        (gettext_lazy("Addresses"), {"fields": ("base_url", "mail_sender", "embed_origins")}),
        (gettext_lazy("Shop"), {"fields": ("attribution", "basket_url")}),
        (gettext_lazy("Rules"), {"fields": ("replay_days", "backend")}),
    )

    class Media:
        css = {"all": ["livestream/console/admin.css"]}

    def get_prepopulated_fields(self, request: HttpRequest, obj: Channel | None = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("<int:pk>/new-application/", never_cache(self.application_view), "new_application"),
            ("<int:pk>/applications/<int:application>/revoke/", require_POST(self.revoke_view), "revoke"),
        ]
        own = [
            path(route, self.admin_site.admin_view(view), name=f"livestream_channel_{name}")
            for route, view, name in pages
        ]
        return [*own, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        context["may_add_application"] = request.user.has_perm(ADD)
        channel = context.get("original")
        may_revoke = channel is not None and request.user.has_perm(DELETE)
        context["revocable"] = list(channel.applications.all()) if may_revoke else []
        return super().render_change_form(request, context, *args, **kwargs)

    def application_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET asks, POST makes the application and shows its secret: this once, and in no message."""
        channel = self._channel(request, pk, ADD)
        form = ApplicationForm(request.POST or None)
        made = None
        if request.method == "POST" and form.is_valid():
            made = self._make(request, channel, form)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("New application of %(channel)s") % {"channel": channel},
            "channel": channel,
            "form": form,
            "made": made,
        }
        status = 400 if form.is_bound and form.errors else 200
        return TemplateResponse(request, "livestream/admin/application.html", context, status=status)

    def _make(
        self, request: HttpRequest, channel: Channel, form: ApplicationForm
    ) -> applications.NewApplication | None:
        try:
            made = applications.create(channel=channel, now=timezone.now(), **form.cleaned_data)
        except LivestreamError as exc:
            form.add_error(None, sentence(exc))
            return None
        self.log_change(request, channel, _("New application %(name)s.") % {"name": made.application})
        return made

    def revoke_view(self, request: HttpRequest, pk: int, application: int) -> HttpResponse:
        """The application and its tokens open nothing any more."""
        channel = self._channel(request, pk, DELETE)
        row = get_object_or_404(channel.applications, pk=application)
        words = _("The application %(name)s is revoked: it opens nothing any more.") % {"name": row}
        applications.revoke(application=row)
        self.log_change(request, channel, words)
        messages.success(request, words)
        return redirect(f"{self.admin_site.name}:livestream_channel_change", channel.pk)

    def _channel(self, request: HttpRequest, pk: int, permission: str) -> Channel:
        """Raises PermissionDenied before it tells whether there is such a channel."""
        if not (request.user.has_perm(permission) and self.has_view_permission(request)):
            raise PermissionDenied
        channel = self.get_object(request, str(pk))
        if channel is None:
            raise Http404
        return channel
