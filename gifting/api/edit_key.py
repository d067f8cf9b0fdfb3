"""The giver's key: whoever sends it may record for its gift message."""

import logging
from datetime import datetime
from secrets import compare_digest

from django.core.cache import caches
from django.http import HttpRequest
from django.utils import timezone

from gifting.conf import conf
from gifting.errors import RateLimited, Unauthorized
from gifting.models import VideoContainer

log = logging.getLogger(__name__)
WRONG_KEYS = 20
WINDOW = 60  # seconds


def check(request: HttpRequest, container: VideoContainer) -> None:
    """Raises Unauthorized for a wrong key in `X-Edit-Key`, RateLimited after too many from one address."""
    now = timezone.now()
    name = _counter(request, container, now=now)
    if _wrong_keys(name) >= WRONG_KEYS:
        seconds = WINDOW - int(now.timestamp()) % WINDOW
        raise RateLimited("Too many wrong keys. Wait a minute, then reload the page.", retry_after=seconds)
    given = request.headers.get("X-Edit-Key", "").strip().lower()
    if not compare_digest(given.encode(errors="replace"), str(container.edit_key).encode()):
        _count(name)
        raise Unauthorized("This key does not open the gift message. Check the X-Edit-Key header.")


def _counter(request: HttpRequest, container: VideoContainer, *, now: datetime) -> str:
    minute = int(now.timestamp()) // WINDOW
    return f"gifting.edit-key.{container.pk}.{request.META.get('REMOTE_ADDR', '')}.{minute}"


def _wrong_keys(name: str) -> int:
    try:
        return int(caches[conf().CACHE].get(name, 0))
    except Exception:  # Every cache backend has errors of its own, and none may stop the giver.
        log.warning("Wrong edit keys are not counted: the cache does not answer.", exc_info=True)
        return 0


def _count(name: str) -> None:
    cache = caches[conf().CACHE]
    try:
        if not cache.add(name, 1, WINDOW):
            cache.incr(name)
    except Exception:
        log.warning("A wrong edit key was not counted.", exc_info=True)
