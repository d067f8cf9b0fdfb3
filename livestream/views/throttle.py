"""Counts what one visitor does in a minute. The cache is a help, never a condition."""

import logging
import time
from hashlib import blake2b

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

from livestream.conf import conf

log = logging.getLogger(__name__)
WINDOW = 60  # seconds


def is_too_much(request: HttpRequest, what: str, *, most: int) -> bool:
    """Whether this visitor did it more than `most` times in this minute; never, where the cache is down."""
    digest = blake2b(_visitor(request).encode(), digest_size=12, key=settings.SECRET_KEY.encode()[:64])
    name = f"livestream.{what}.{digest.hexdigest()}.{int(time.time()) // WINDOW}"
    try:
        cache = caches[conf().CACHE]
        cache.add(name, 0, WINDOW)
        return cache.incr(name) > most
    except Exception:  # Every cache backend has errors of its own, and none may stop a show.
        log.warning("The cache does not answer: nobody is limited for now.", exc_info=True)
        return False


def _visitor(request: HttpRequest) -> str:
    """The address; behind a proxy that the settings trust, the one that the proxy saw."""
    seen = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return seen.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
