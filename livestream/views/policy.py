"""What the pages of a livestream may load, and who may show them in a frame (Content-Security-Policy)."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.templatetags.static import static

from livestream.conf import conf
from livestream.models import LiveStream


def policy(request: HttpRequest, *, stream: LiveStream, frames: Sequence[str] = ()) -> str:
    """The header of one page. Pictures and videos are wherever shops keep them; scripts are only ours.

    `frames`: the origins of the pages that may show this one.
    """
    anywhere = ("https:",) if request.is_secure() else ("https:", "http:")
    ours = ("'self'", *_origins(static("livestream/live.css")))
    directives = {
        "default-src": ("'none'",),
        "script-src": (*ours, *_origins(conf().HLS_JS_URL)),
        "style-src": ours,
        "img-src": ("'self'", "data:", *anywhere),
        "media-src": ("'self'", "blob:", *anywhere),
        "connect-src": ("'self'", *_peers(stream), *(anywhere if conf().HLS_JS_URL else ())),
        "worker-src": ("'self'", "blob:"),
        "manifest-src": ("'self'",),
        "object-src": ("'none'",),
        "base-uri": ("'none'",),
        "form-action": ("'self'",),
        "frame-ancestors": frames or ("'none'",),
    }
    return "; ".join(f"{name} {' '.join(dict.fromkeys(sources))}" for name, sources in directives.items())


def _peers(stream: LiveStream) -> Iterable[str]:
    """Whom the page's own code talks to: for events, the basket and captions."""
    return _origins(conf().EVENTS_URL, stream.channel.basket_url, stream.captions_url)


def _origins(*addresses: str) -> list[str]:
    """`https://shop.example:8443` of each that is on another site; a path alone is on this one."""
    parts = [urlsplit(address) for address in addresses]
    return [f"{one.scheme}://{one.netloc}" for one in parts if one.scheme in ("http", "https") and one.netloc]
