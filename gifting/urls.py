"""The app's addresses: pages for people, the API for shops (`""` includes both), health for monitors."""

from django.urls import include, path, register_converter

from gifting.api import uploads, webhooks, widget
from gifting.api.gift.build import api_urls as gift_api_urls
from gifting.api.v3.build import api_urls
from gifting.views import (
    assets,
    brands,
    confirmation,
    health,
    media,
    my_gifts,
    pack_images,
    preview,
    record,
    watch,
)


class UridConverter:
    """Ten characters of a container's public id."""

    regex = "[a-z0-9]{10}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(UridConverter, "urid")

app_name = "gifting"

public_urls = [
    path("w/<str:token>", watch.watch_page, name="watch"),
    path("w/<str:token>/seen", watch.message_seen, name="seen"),
    path("preview/<urid:urid>", preview.preview_page, name="preview"),
    path("confirmation/<str:token>", confirmation.confirmation_page, name="confirmation"),
    path("confirmation/<str:token>/recorder", confirmation.recorder, name="recorder"),
    path("media/<str:token>/<str:name>", media.media_file, name="media"),
    path("brands/<slug:slug>/theme.css", brands.theme, name="theme"),
    path("brands/<slug:slug>/my-gifts.css", brands.my_gifts_theme, name="my_gifts_theme"),
    path("brands/<slug:slug>/logo", brands.logo, name="logo"),
    path("packs/<int:pk>/<str:name>", pack_images.pack_image, name="pack_image"),
    path("stickers/<int:pk>/<str:name>", pack_images.sticker_image, name="sticker_image"),
    path("my-gifts/change", my_gifts.change, name="my_gifts_change"),
    path("widget/assets/<str:name>", assets.widget_asset, name="widget_asset"),
    path("widget/containers/<str:urid>", widget.container, name="widget_container"),
    path("widget/containers/<str:urid>/note", widget.note, name="widget_note"),
    path("widget/uploads", uploads.create, name="uploads"),
    path("widget/uploads/<str:uid>", uploads.upload, name="upload"),
    path("webhooks/<str:alias>", webhooks.webhook, name="webhook"),
    path("<urid:urid>", record.record_page, name="record"),
]

health_urls = [path("healthz", health.healthz, name="healthz")]

urlpatterns = [path("v3", include(api_urls)), path("v1", include(gift_api_urls)), *public_urls]
