"""The admin's front page gets the packing bench and what needs attention, unless the host has its own."""

from functools import wraps
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from gifting.admin.attention_panel import panel_for

if admin.site.index_template is None:
    admin.site.index_template = "gifting/admin/front.html"
    plain_index = admin.site.index

    @wraps(plain_index)
    def index(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return plain_index(request, {**panel_for(request), **(extra_context or {})})

    admin.site.index = index
