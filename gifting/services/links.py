"""What each address opens: the opaque ids of pages, and signed links for media and confirmation."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.core import signing
from django.urls import reverse

from gifting.conf import conf
from gifting.errors import NotFound
from gifting.models import Order, Recording, VideoContainer
from gifting.services import cache
from gifting.services.containers import CLOSED

MEDIA_SALT = "gifting.media"
STAFF = "staff-"
CONFIRMATION_SALT = "gifting.confirmation"
REMEMBERED_SECONDS = 5  # A player asks for many parts; a gift that is switched off still closes soon.
SENT = ("pk", "container_id", "video", "poster", "ready_at")
EXPIRED = "This link has expired. Reload the page that showed it."
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
        return VideoContainer.objects.select_related("order__brand", "recording", "hosted").get(**opaque)
    except VideoContainer.DoesNotExist:
        raise NotFound("This page does not exist.") from None


def media_links(recording: Recording, *, for_staff: bool = False) -> MediaLinks:
    """Signed, expiring paths of a recording's files. Those for staff open a withdrawn message too."""
    key = f"{STAFF}{recording.pk}" if for_staff else str(recording.pk)
    return MediaLinks(video=_media_path(key, "video.mp4"), poster=_media_path(key, "poster.jpg"))


def _media_path(key: str, name: str) -> str:
    """Each file has a token of its own: whoever may see the poster cannot make the video's link of it."""
    token = signing.TimestampSigner(salt=f"{MEDIA_SALT}.{name}").sign(key)
    return reverse("gifting:media", args=[token, name])


def open_media_link(*, token: str, name: str) -> Recording:
    """The recording that a link was made for, with only what is needed to send its files.

    Raises NotFound for a forged or expired link, and seconds after the gift was withdrawn or closed.
    """
    max_age = timedelta(seconds=conf().MEDIA_URL_SECONDS)
    try:
        key = signing.TimestampSigner(salt=f"{MEDIA_SALT}.{name}").unsign(token, max_age=max_age)
    except signing.BadSignature:
        raise NotFound(EXPIRED) from None
    find = partial(_sent, key)
    return Recording(**cache.remember(f"gifting.media.{key}", find, seconds=REMEMBERED_SECONDS))


def _sent(key: str) -> dict[str, Any]:
    ready = Recording.objects.filter(pk=int(key.removeprefix(STAFF)), state=Recording.State.READY)
    if not key.startswith(STAFF):
        ready = ready.filter(container__recalled_at=None, container__hidden_at=None)
    found: dict[str, Any] | None = ready.exclude(container__state__in=CLOSED).values(*SENT).first()
    if found is None:
        raise NotFound(EXPIRED)
    return found


def confirmation_path(order: Order) -> str:
    """The path of the order's confirmation page: whoever holds it may record."""
    return reverse("gifting:confirmation", args=[_confirmation_token(order)])


def recorder_path(order: Order) -> str:
    """Where a page of the order asks whether its recorder is there."""
    return reverse("gifting:recorder", args=[_confirmation_token(order)])


def _confirmation_token(order: Order) -> str:
    return signing.Signer(salt=CONFIRMATION_SALT).sign(str(order.pk))


def open_confirmation(*, token: str) -> Order:
    """The order of a confirmation link, with its brand and gift. Raises NotFound for a forged link."""
    try:
        pk = signing.Signer(salt=CONFIRMATION_SALT).unsign(token)
        return Order.objects.select_related("brand", "container__hosted").get(pk=int(pk))
    except (signing.BadSignature, Order.DoesNotExist):
        raise NotFound("This page does not exist.") from None
