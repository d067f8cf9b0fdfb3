"""Every address of the project."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    *([path("", include("config.demo.urls"))] if settings.DEMO else []),
    path("", include("gifting.urls")),
]
