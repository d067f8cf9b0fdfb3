"""Every address of the project."""

from django.conf import settings
from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from gifting.urls import health_urls

handler400 = "config.bad_request.bad_request"
admin.site.site_header = admin.site.site_title = "Giftcast"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("favicon.ico", RedirectView.as_view(url=static("config/favicon.svg"))),
    *([path("", include("config.demo.urls"))] if settings.DEMO else []),
    path("", include(health_urls)),
    path("", include("livestream.urls")),
    path("", include("gifting.urls")),
]
