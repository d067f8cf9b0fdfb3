"""What carries changes to viewers, and where viewers connect, from the environment."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from csp.constants import SELF
from django.core.exceptions import ImproperlyConfigured
from environ import Env

Directives = dict[str, list[str]]
EVENTS_PUBLISH_URL = "http://127.0.0.1:8001/live/events/-publish"
NCHAN_PUBLISH_URL = "http://127.0.0.1:8102/live/publish/"


def bus_from(env: Env, *, redis_url: str) -> dict[str, Any]:
    """The bus that LIVE_BUS names; without a name Redis where there is one, straight to the events process
    where there is none. Raises ImproperlyConfigured.
    """
    name = env.str("LIVE_BUS", default="") or ("redis" if redis_url else "direct")
    direct = env.list("EVENTS_PUBLISH_URL", default=[]) or [EVENTS_PUBLISH_URL]
    nchan = env.str("NCHAN_PUBLISH_URL", default="") or NCHAN_PUBLISH_URL
    options: Mapping[str, tuple[str, dict[str, Any]]] = {
        "memory": ("memory.MemoryBus", {}),
        "direct": ("direct.DirectBus", {"urls": direct}),
        "redis": ("redis.RedisBus", {"url": redis_url}),
        "postgres": ("postgres.PostgresBus", {"url": env.str("DATABASE_URL", default="")}),
        "nchan": ("nchan.NchanBus", {"url": nchan}),
    }
    if name not in options:
        raise ImproperlyConfigured(f"LIVE_BUS is {name!r}; it must be one of {', '.join(options)}.")
    path, keywords = options[name]
    return {"BACKEND": f"livestream.bus.{path}", "OPTIONS": keywords}


def allow_events(directives: Directives, url: str) -> Directives:
    """Pages may connect to an events server that has an address of its own."""
    parts = urlsplit(url)
    if not parts.netloc:
        return directives
    there = directives.get("connect-src", [SELF])
    return {**directives, "connect-src": [*there, f"{parts.scheme}://{parts.netloc}"]}
