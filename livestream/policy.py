"""What a page of live shopping may load, and who may show it in a frame (Content-Security-Policy)."""

import re
from collections.abc import Iterable, Sequence

from django.templatetags.static import static

from livestream.conf import conf

ORIGIN = re.compile(
    r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?(?=[/?#]|$)", re.ASCII | re.IGNORECASE
)


def policy(*, is_secure: bool, peers: Iterable[str] = (), frames: Sequence[str] = ()) -> str:
    """The header of one page. Pictures and videos are wherever shops keep them; scripts are only ours.

    `peers`: addresses that its own code talks to, beside the events. `frames`: the origins of the pages that
    may show it.
    """
    anywhere = ("https:",) if is_secure else ("https:", "http:")
    ours = ("'self'", *_origins(static("livestream/live.css")))
    hls = conf().HLS_JS_URL
    directives = {
        "default-src": ("'none'",),
        "script-src": (*ours, *_origins(hls)),
        "style-src": ours,
        "img-src": ("'self'", "data:", *anywhere),
        "media-src": ("'self'", "blob:", *anywhere),
        "connect-src": ("'self'", *_origins(conf().EVENTS_URL, *peers), *(anywhere if hls else ())),
        "worker-src": ("'self'", "blob:"),
        "manifest-src": ("'self'",),
        "object-src": ("'none'",),
        "base-uri": ("'none'",),
        "form-action": ("'self'",),
        "frame-ancestors": frames or ("'none'",),
    }
    return "; ".join(f"{name} {' '.join(dict.fromkeys(sources))}" for name, sources in directives.items())


def _origins(*addresses: str) -> list[str]:
    """`https://shop.example:8443` of each that is on another site; a path alone is on this one.

    What is no address gives none: some are typed by people, and nothing of them may end up in the header.
    """
    return [found.group() for found in map(ORIGIN.match, addresses) if found]
