"""What the console may load (Content-Security-Policy): pictures and videos are wherever shops keep them."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.templatetags.static import static

from livestream.conf import conf


def policy(request: HttpRequest) -> str:
    """The header of the page; scripts are only ours, and the player that the settings name."""
    anywhere = ("https:",) if request.is_secure() else ("https:", "http:")
    ours = ("'self'", *_origins(static("livestream/console/console.js")))
    hls = conf().HLS_JS_URL
    directives = {
        "default-src": ours,
        "script-src": (*ours, *_origins(hls)),
        "img-src": ("'self'", "data:", *anywhere),
        "media-src": ("'self'", "blob:", *anywhere),
        "connect-src": ("'self'", *_origins(conf().EVENTS_URL), *(anywhere if hls else ())),
        "worker-src": ("'self'", "blob:"),
        "object-src": ("'none'",),
        "base-uri": ("'none'",),
        "form-action": ("'self'",),
        "frame-ancestors": ("'none'",),
    }
    return "; ".join(f"{name} {' '.join(dict.fromkeys(sources))}" for name, sources in directives.items())


def _origins(address: str) -> list[str]:
    """Where an address on another site is; a path alone is on this one."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.scheme in ("http", "https") and parts.netloc else []
