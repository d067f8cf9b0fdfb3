"""The giver's key: whoever sends it may record for its gift message."""

from datetime import datetime
from secrets import compare_digest

from django.http import HttpRequest
from django.utils import timezone

from gifting.errors import RateLimited, Unauthorized
from gifting.models import VideoContainer
from gifting.services import cache

WRONG_KEYS = 20
WINDOW = 60  # seconds


def check(request: HttpRequest, container: VideoContainer) -> None:
    """Raises Unauthorized for a wrong key in `X-Edit-Key`, RateLimited after too many from one address."""
    now = timezone.now()
    name = _counter(request, container, now=now)
    if cache.counted(name) >= WRONG_KEYS:
        seconds = WINDOW - int(now.timestamp()) % WINDOW
        raise RateLimited("Too many wrong keys. Wait a minute, then reload the page.", retry_after=seconds)
    given = request.headers.get("X-Edit-Key", "").strip().lower()
    if not compare_digest(given.encode(errors="replace"), str(container.edit_key).encode()):
        cache.count(name, seconds=WINDOW)
        raise Unauthorized("This key does not open the gift message. Check the X-Edit-Key header.")


def _counter(request: HttpRequest, container: VideoContainer, *, now: datetime) -> str:
    minute = int(now.timestamp()) // WINDOW
    return f"gifting.edit-key.{container.pk}.{request.META.get('REMOTE_ADDR', '')}.{minute}"
