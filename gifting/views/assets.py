"""The widget's files for any page in the world: `latest` for a script tag, versioned for a year in caches."""

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

FOLDER = Path(__file__).parent.parent / "static" / "gifting" / "widget"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
ENTRY, WIDGET = "index.js", "widget"
LATEST = "latest"
NAME = re.compile(r"(?P<stem>[a-z0-9_-]+)\.(?P<version>latest|[0-9a-f]{12})(?P<suffix>\.js|\.css)")
IMPORT = re.compile(r"""(?P<quote>["'])\./(?P<name>[a-z0-9_-]+\.(?:js|css))(?P=quote)""")
MINUTES = "public, max-age=300"
A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Bundle:
    """All files of the widget, and one hash over them: a change in any is a new version of each."""

    files: dict[str, str]
    version: str

    def render(self, name: str, version: str) -> str:
        """The file, importing its neighbors under the same version."""

        def versioned(found: re.Match[str]) -> str:
            if found["name"] not in self.files:
                return found[0]
            stem, _, suffix = found["name"].rpartition(".")
            return f"{found['quote']}./{stem}.{version}.{suffix}{found['quote']}"

        return IMPORT.sub(versioned, self.files[name])


def read_bundle(folder: Path) -> Bundle:
    """The files of the folder that pages may load."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in TYPES)
    files = {path.name: path.read_text(encoding="utf-8") for path in paths}
    digest = sha256("\x00".join(f"{name}\x00{text}" for name, text in files.items()).encode())
    return Bundle(files, digest.hexdigest()[:12])


@lru_cache(maxsize=1)
def _bundle(stamp: int) -> Bundle:
    return read_bundle(FOLDER)


def _current() -> Bundle:
    """Read once; while developing, again after every change."""
    return _bundle(max(path.stat().st_mtime_ns for path in FOLDER.iterdir()) if settings.DEBUG else 0)


@login_not_required
@require_safe
def widget_asset(request: HttpRequest, name: str) -> HttpResponse:
    """`widget.latest.js`, `widget.<hash>.js`, and `<module>.<hash>.js|css`.

    Any other hash gets the current files under that hash: a page that pinned an older one goes on working.
    """
    bundle, asked = _current(), NAME.fullmatch(name)
    file = _file(asked) if asked else ""
    if asked is None or file not in bundle.files:
        raise Http404("There is no such file.")
    version = bundle.version if asked["version"] == LATEST else asked["version"]
    body = bundle.render(file, version)
    response = HttpResponse(body, content_type=TYPES[asked["suffix"]])
    response["Cache-Control"] = A_YEAR if asked["version"] == bundle.version else MINUTES
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    etag = quote_etag(sha256(body.encode()).hexdigest()[:16])
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


def _file(asked: re.Match[str]) -> str:
    """The name in the folder. Only the entry has a `latest`: modules are always imported by their hash."""
    if asked["stem"] == WIDGET and asked["suffix"] == ".js":
        return ENTRY
    return "" if asked["version"] == LATEST else asked["stem"] + asked["suffix"]
