"""Lists that are there to be looked at: rows are written by services alone."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gifting.admin.lookups import CarefulLookups


class ReadOnly(CarefulLookups, admin.ModelAdmin):
    """Nothing can be added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
