"""The app's addresses: pages for viewers, the API for shops, tokens, hooks for encoders."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from livestream.api import hooks, oauth, webhooks
from livestream.api.build import api_urls
from livestream.views import (
    calendar,
    channels,
    clicks,
    embedding,
    facts,
    health,
    media,
    reminders,
    watch,
)

app_name = "livestream"

public_urls: list[URLPattern | URLResolver] = [
    path("live/healthz", health.healthz, name="healthz"),
    path("live/webhooks/<str:alias>", webhooks.webhook, name="webhook"),
    path("live/hooks/rtmp/<str:event>", hooks.rtmp, name="rtmp_hook"),
    path("live/hooks/mediamtx/<str:event>", hooks.mediamtx, name="mediamtx_hook"),
    path("live/embed.js", embedding.embed_script, name="embed_script"),
    path("live/channels/<slug:slug>/theme.css", channels.theme, name="theme"),
    path("live/channels/<slug:slug>/logo", channels.logo, name="logo"),
    path("live/<str:public_id>/", watch.watch, name="watch"),
    path("live/<str:public_id>/embed/", watch.embed, name="embed"),
    path("live/<str:public_id>/state", facts.live_state, name="state"),
    path("live/<str:public_id>/ticket", facts.ticket, name="ticket"),
    path("live/<str:public_id>/moments", facts.moments, name="moments"),
    path("live/<str:public_id>/calendar.ics", calendar.calendar, name="calendar"),
    path("live/<str:public_id>/reminder", reminders.ask, name="reminder"),
    path("live/<str:public_id>/reminder/<str:token>/", reminders.unsubscribe, name="unsubscribe"),
    path("live/<str:public_id>/products/<str:item>/", clicks.click, name="click"),
    path("live/<str:public_id>/products/<str:item>/basket", clicks.basket, name="basket"),
    path("live/<str:public_id>/replay.mp4", media.replay, name="replay"),
    path("live/<str:public_id>/frame.jpg", media.frame, name="frame"),
    path("live/<str:public_id>/chapters.vtt", media.chapters_track, name="chapters_track"),
]

oauth_urls: list[URLPattern | URLResolver] = [
    re_path(r"^oauth/token/?\Z", oauth.token, name="oauth_token"),
    re_path(r"^oauth/authorize/?\Z", oauth.authorize, name="oauth_authorize"),
    re_path(r"^oauth/revoke/?\Z", oauth.revoke, name="oauth_revoke"),
    path(".well-known/oauth-authorization-server", oauth.metadata, name="oauth_metadata"),
]

urlpatterns = [*public_urls, *oauth_urls, path("api", include(api_urls))]
