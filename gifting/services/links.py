"""Signed links: media for a while, the confirmation page of an order for good."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.urls import reverse

from gifting.conf import conf
from gifting.errors import NotFound
from gifting.models import Order, Recording

MEDIA_SALT = "gifting.media"
CONFIRMATION_SALT = "gifting.confirmation"
FILES = {"video.mp4": "video", "poster.jpg": "poster"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLinks:
    """Paths below the brand's base URL that open for `MEDIA_URL_SECONDS`."""

    video: str
    poster: str


def media_links(recording: Recording) -> MediaLinks:
    """Signed, expiring paths of a recording's files."""
    token = signing.TimestampSigner(salt=MEDIA_SALT).sign(str(recording.pk))
    return MediaLinks(
        video=reverse("gifting:media", args=[token, "video.mp4"]),
        poster=reverse("gifting:media", args=[token, "poster.jpg"]),
    )


def open_media_link(*, token: str) -> Recording:
    """The recording that a link was made for. Raises NotFound for a forged or expired one."""
    max_age = timedelta(seconds=conf().MEDIA_URL_SECONDS)
    try:
        pk = signing.TimestampSigner(salt=MEDIA_SALT).unsign(token, max_age=max_age)
        return Recording.objects.get(pk=int(pk), state=Recording.State.READY)
    except (signing.BadSignature, Recording.DoesNotExist):
        raise NotFound("This link has expired. Reload the page that showed it.") from None


def confirmation_path(order: Order) -> str:
    """The path of the order's confirmation page: whoever holds it may record."""
    token = signing.Signer(salt=CONFIRMATION_SALT).sign(str(order.pk))
    return reverse("gifting:confirmation", args=[token])


def open_confirmation(*, token: str) -> Order:
    """The order that a confirmation link was made for. Raises NotFound for a forged one."""
    try:
        pk = signing.Signer(salt=CONFIRMATION_SALT).unsign(token)
        return Order.objects.select_related("brand", "container").get(pk=int(pk))
    except (signing.BadSignature, Order.DoesNotExist):
        raise NotFound("This page does not exist.") from None
