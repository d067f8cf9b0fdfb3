"""Lines in the form of something: part of it, and nothing with rights of its own."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.http import HttpRequest


class Lines(admin.TabularInline):
    """Whoever may look at, add or change the whole may do the same with its lines."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view") or self._may(request, "change")

    def has_add_permission(self, request: HttpRequest, obj: Any) -> bool:
        return self._may_write(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_write(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_write(request, obj)

    def _may_write(self, request: HttpRequest, obj: Any) -> bool:
        return self._may(request, "change" if obj else "add")

    def _may(self, request: HttpRequest, what: str) -> bool:
        whole = self.parent_model._meta
        return bool(request.user.has_perm(f"{whole.app_label}.{get_permission_codename(what, whole)}"))
