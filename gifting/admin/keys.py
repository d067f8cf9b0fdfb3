"""API keys: made by the service, shown once, blocked for a while or revoked for good, but never deleted."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
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
    """Nobody can see, change or delete a key; whoever may change API keys may block or revoke one."""

    list_display = ("begins_with", "brand", "name", "kind", "created_at", "status")
    list_filter = (("brand", BrandFilter),)
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ("brand",)
    search_fields = ("name", "prefix")
    fields = ("brand", "name", "kind")
    actions = ("block_keys", "unblock_keys", "revoke_keys")

    class Media:
        css = {"all": ["gifting/admin/admin.css"]}

    @admin.display(description=gettext_lazy("begins with"), ordering="prefix")
    def begins_with(self, key: ApiKey) -> SafeString:
        return format_html("<code>{}…</code>", key.prefix)

    @admin.display(description=gettext_lazy("state"), ordering="revoked_at")
    def status(self, key: ApiKey) -> SafeString:
        if key.revoked_at:
            return badge(_("revoked"), "cancelled")
        return badge(_("blocked"), "cancelled") if key.blocked_at else badge(_("in use"), "activated")

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        return self.fields if obj is None else (*self.list_display, "blocked_at", "revoked_at")

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
        pages = {"revoke": self.revoke_view, "block": self.block_view, "unblock": self.unblock_view}
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"gifting_apikey_{name}",
            )
            for name, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The buttons on a key's page, here and below."""
        return self._change(request, pk, self._revoke)

    def block_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Also from the gift reports: `back` is where they are."""
        return self._change(request, pk, self._block)

    def unblock_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The way back from `block_view`."""
        return self._change(request, pk, self._unblock)

    def _change(
        self, request: HttpRequest, pk: int, change: Callable[[HttpRequest, list[ApiKey]], None]
    ) -> HttpResponse:
        if not self.has_revoke_permission(request):
            raise PermissionDenied
        key = self.get_object(request, str(pk))
        if key is None:
            raise Http404
        change(request, [key])
        back = request.POST.get("back", "")
        if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
            return HttpResponseRedirect(back)
        return redirect(f"{self.admin_site.name}:gifting_apikey_change", pk)

    @admin.action(description=gettext_lazy("Block the selected keys"), permissions=["revoke"])
    def block_keys(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        self._block(request, list(queryset))

    @admin.action(description=gettext_lazy("Unblock the selected keys"), permissions=["revoke"])
    def unblock_keys(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        self._unblock(request, list(queryset))

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

    def _block(self, request: HttpRequest, chosen: list[ApiKey]) -> None:
        for key in chosen:
            keys.block_key(key=key, now=timezone.now())
            self.log_change(request, key, _("Blocked."))
        words = ngettext(
            "The key %(keys)s is blocked: it opens nothing until it is unblocked.",
            "The keys %(keys)s are blocked: they open nothing until they are unblocked.",
            len(chosen),
        )
        messages.success(request, words % {"keys": ", ".join(map(str, chosen))})

    def _unblock(self, request: HttpRequest, chosen: list[ApiKey]) -> None:
        for key in chosen:
            keys.unblock_key(key=key)
            self.log_change(request, key, _("Unblocked."))
        words = ngettext("The key %(keys)s is unblocked.", "The keys %(keys)s are unblocked.", len(chosen))
        messages.success(request, words % {"keys": ", ".join(map(str, chosen))})
