"""The app's addresses: pages for viewers, the API for shops, tokens, hooks for encoders."""

from django.urls import URLPattern, URLResolver, path

from livestream.views import clicks, media

app_name = "livestream"

public_urls: list[URLPattern | URLResolver] = [
    path("live/<str:public_id>/products/<str:item>/", clicks.click, name="click"),
    path("live/<str:public_id>/replay.mp4", media.replay, name="replay"),
    path("live/<str:public_id>/frame.jpg", media.frame, name="frame"),
]

urlpatterns = [*public_urls]
