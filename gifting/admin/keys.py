"""API keys: made by the service, shown once, revoked but never deleted."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from gifting.admin.columns import badge
from gifting.admin.filters import BrandFilter
from gifting.admin.selection import CarefulSelection
from gifting.models import ApiKey
from gifting.services import keys


@admin.register(ApiKey)
class ApiKeyAdmin(CarefulSelection, admin.ModelAdmin):
    """Nobody can see, change or delete a key; whoever may change API keys may revoke one."""

    list_display = ("begins_with", "brand", "name", "kind", "created_at", "status")
    list_filter = (("brand", BrandFilter),)
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ("brand",)
    search_fields = ("name", "prefix")
    fields = ("brand", "name", "kind")
    actions = ("revoke_keys",)

    class Media:
        css = {"all": ["gifting/admin/admin.css"]}

    @admin.display(description=gettext_lazy("begins with"), ordering="prefix")
    def begins_with(self, key: ApiKey) -> SafeString:
        return format_html("<code>{}…</code>", key.prefix)

    @admin.display(description=gettext_lazy("state"), ordering="revoked_at")
    def status(self, key: ApiKey) -> SafeString:
        return badge(_("revoked"), "cancelled") if key.revoked_at else badge(_("in use"), "activated")

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        return self.fields if obj is None else (*self.list_display, "revoked_at")

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return super().has_view_permission(request, obj) or self.has_revoke_permission(request)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("gifting.change_apikey")

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        key, clear = keys.create_key(brand=obj.brand, name=obj.name, kind=obj.kind, now=timezone.now())
        obj.pk, obj.prefix = key.pk, key.prefix
        words = _("This is the key. Copy it now: it cannot be shown again.")
        messages.warning(request, format_html('{} <code class="gc-secret">{}</code>', words, clear))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        context["may_revoke"] = self.has_revoke_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        revoke = self.admin_site.admin_view(require_POST(self.revoke_view))
        return [path("<int:pk>/revoke/", revoke, name="gifting_apikey_revoke"), *super().get_urls()]

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The button on a key's page."""
        if not self.has_revoke_permission(request):
            raise PermissionDenied
        key = self.get_object(request, str(pk))
        if key is None:
            raise Http404
        self._revoke(request, [key])
        return redirect(f"{self.admin_site.name}:gifting_apikey_change", pk)

    @admin.action(description=gettext_lazy("Revoke the selected keys"), permissions=["revoke"])
    def revoke_keys(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        self._revoke(request, list(queryset))

    def _revoke(self, request: HttpRequest, chosen: list[ApiKey]) -> None:
        for key in chosen:
            keys.revoke_key(key=key, now=timezone.now())
            self.log_change(request, key, _("Revoked."))
        words = ngettext(
            "The key %(keys)s is revoked: it opens nothing any more.",
            "The keys %(keys)s are revoked: they open nothing any more.",
            len(chosen),
        )
        messages.success(request, words % {"keys": ", ".join(map(str, chosen))})
