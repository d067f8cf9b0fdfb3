"""What each address opens: the opaque ids of pages, and signed links for media and confirmation."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.urls import reverse

from gifting.conf import conf
from gifting.errors import NotFound
from gifting.models import Order, Recording, VideoContainer
from gifting.services.containers import CLOSED

MEDIA_SALT = "gifting.media"
CONFIRMATION_SALT = "gifting.confirmation"
# Written out because a player asks for many parts, and composing this query took longer than sending one.
OPEN_MEDIA = """
    SELECT recording.id, recording.container_id, recording.video, recording.poster, recording.ready_at
    FROM gifting_recording AS recording
    JOIN gifting_videocontainer AS container ON container.id = recording.container_id
    WHERE recording.id = %s AND recording.state = %s AND container.state NOT IN (%s, %s)
"""
FILES = {"video.mp4": "video", "poster.jpg": "poster"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLinks:
    """Paths below the brand's base URL that open for `MEDIA_URL_SECONDS`."""

    video: str
    poster: str


def open_watch_link(*, token: str) -> VideoContainer:
    """The gift that a printed card or a mail points to, in whatever state it is. Raises NotFound."""
    return _open_page(watch_token=token)


def open_giver_link(*, urid: str) -> VideoContainer:
    """The gift of the giver's recording and preview pages. Raises NotFound."""
    return _open_page(urid=urid)


def _open_page(**opaque: str) -> VideoContainer:
    if not all(value.isprintable() for value in opaque.values()):  # PostgreSQL takes no NUL in a text.
        raise NotFound("This page does not exist.")
    try:
        return VideoContainer.objects.select_related("order__brand", "recording").get(**opaque)
    except VideoContainer.DoesNotExist:
        raise NotFound("This page does not exist.") from None


def media_links(recording: Recording) -> MediaLinks:
    """Signed, expiring paths of a recording's files."""
    token = signing.TimestampSigner(salt=MEDIA_SALT).sign(str(recording.pk))
    return MediaLinks(
        video=reverse("gifting:media", args=[token, "video.mp4"]),
        poster=reverse("gifting:media", args=[token, "poster.jpg"]),
    )


def open_media_link(*, token: str) -> Recording:
    """The recording that a link was made for, with what sending its files needs, in one query.

    Raises NotFound for a forged or expired link, and once the gift was cancelled or erased.
    """
    max_age = timedelta(seconds=conf().MEDIA_URL_SECONDS)
    try:
        pk = int(signing.TimestampSigner(salt=MEDIA_SALT).unsign(token, max_age=max_age))
        return Recording.objects.raw(OPEN_MEDIA, [pk, Recording.State.READY, *CLOSED])[0]
    except (signing.BadSignature, IndexError):
        raise NotFound("This link has expired. Reload the page that showed it.") from None


def confirmation_path(order: Order) -> str:
    """The path of the order's confirmation page: whoever holds it may record."""
    token = signing.Signer(salt=CONFIRMATION_SALT).sign(str(order.pk))
    return reverse("gifting:confirmation", args=[token])


def open_confirmation(*, token: str) -> Order:
    """The order of a confirmation link, with its brand and gift. Raises NotFound for a forged link."""
    try:
        pk = signing.Signer(salt=CONFIRMATION_SALT).unsign(token)
        return Order.objects.select_related("brand", "container").get(pk=int(pk))
    except (signing.BadSignature, Order.DoesNotExist):
        raise NotFound("This page does not exist.") from None
