"""The sample shop's addresses; only there with DEMO=1."""

from django.urls import path

from config.demo.views import carrier, live, mailbox, packs, shop

app_name = "demo"

urlpatterns = [
    path("", shop.shop, name="shop"),
    path("shop/gifts/<slug:slug>/", shop.gift, name="gift"),
    path("shop/thanks/<slug:number>/", shop.thanks, name="thanks"),
    path("shop/mailbox/", mailbox.mailbox, name="mailbox"),
    path("shop/mailbox/<slug:mail_id>/", mailbox.mailbox, name="mail"),
    path("shop/mailbox/<slug:mail_id>/html", mailbox.mail_html, name="mail_html"),
    path("shop/packs/", packs.catalogue, name="packs"),
    path("shop/packs/me/", packs.be, name="be"),
    path("shop/packs/<int:number>/", packs.pack, name="pack"),
    path("shop/live/", live.live, name="live"),
    path("shop/live/video/replay-<str:public_id>.m3u8", live.replay, name="live_replay"),
    path("shop/live/video/<str:name>", live.video, name="live_video"),
    path("shop/parcel/", carrier.parcel_list, name="parcels"),
    path("shop/parcel/<int:pk>/ship/", carrier.ship, name="ship"),
    path("shop/parcel/<int:pk>/<slug:status>/", carrier.report, name="report"),
]
