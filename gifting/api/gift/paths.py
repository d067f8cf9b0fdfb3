"""Addresses as the client wrote them: in /v1 a user id may hold slashes, which servers decode too early."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode, urlsplit

from django.http import HttpRequest
from django.utils.encoding import repercent_broken_unicode

from gifting.errors import Invalid
from gifting.models.packs import USER_MAX

KEPT = "gifting.path"
# Where the undecoded path is told: gunicorn; uWSGI, Apache and waitress; a proxy before granian.
RAW = ("RAW_URI", "REQUEST_URI", "HTTP_X_ORIGINAL_URI")
PAIR, MARK = "pair", "-"
LONGEST = 2 * USER_MAX + 1


class AskAgain(Exception):
    """Only the client knows where one user id ends: `location` makes it tell."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


def keep_path(*, environ: dict[str, Any] | None = None, **kwargs: Any) -> None:
    """For `request_started`: Django replaces what is no UTF-8 in a path, and a client should hear of it."""
    if environ is not None:
        environ[KEPT] = environ.get("PATH_INFO", "")


def parts(request: HttpRequest, rest: str) -> list[str]:
    """What stands between the slashes of `rest`, the end of the request's path, decoded.

    Of the addresses with one user id at the end, all that follows is the id. Raises Invalid for what is no
    UTF-8; AskAgain where the server decoded slashes and nobody tells which.
    """
    _check_text(request)
    exact = _exact(request, rest.removeprefix("/"))
    match exact or rest.removeprefix("/").split("/"):
        case ["gift", "send" | "receive" as which, *user] if user:
            return ["gift", which, "/".join(user)]
        case ["gift", number, *pair] if not exact and (len(pair) > 2 or _is_answer(request, pair)):
            return ["gift", number, *_pair(request, pair)]
        case found:
            return found


def _check_text(request: HttpRequest) -> None:
    """By the path before it was decoded, under WSGI and ASGI: afterwards two ids may look like one."""
    scope: dict[str, Any] = getattr(request, "scope", {})
    try:
        request.META.get(KEPT, "").encode("latin-1").decode()
        unquote_to_bytes(scope.get("raw_path") or b"").decode()
    except UnicodeError:
        raise Invalid("The address is not UTF-8 text.") from None


def _exact(request: HttpRequest, rest: str) -> list[str]:
    """The parts by an undecoded path, where somebody tells it. It is believed as far as it decodes to the
    path that was asked for: it can say where slashes are encoded, and nothing else.
    """
    above = request.path.removesuffix(rest).count("/")
    for raw in _raw_paths(request):
        found = [unquote_to_bytes(part) for part in raw.split("/")[above:]]
        if repercent_broken_unicode(b"/".join(found)).decode() == rest:
            return [part.decode() for part in found]
    return []


def _raw_paths(request: HttpRequest) -> list[str]:
    told = [request.META[name].partition("?")[0] for name in RAW if name in request.META]
    scope: dict[str, Any] = getattr(request, "scope", {})
    told += [scope["raw_path"].decode("latin-1")] if scope.get("raw_path") else []
    return [raw if raw.startswith("/") else urlsplit(raw).path for raw in told]


def _is_answer(request: HttpRequest, pair: Sequence[str]) -> bool:
    return PAIR in request.GET and pair[-1:] == [MARK]


def _pair(request: HttpRequest, pair: Sequence[str]) -> tuple[str, str]:
    """Sender and receiver. A client that is sent to another last part keeps all before it as it wrote it:
    so it tells the sender, and the rest of what it asked for first is the receiver.
    """
    sender = "/".join(pair[:-1])
    whole = request.GET.get(PAIR) if _is_answer(request, pair) else None
    if whole is None and PAIR not in request.GET and len("/".join(pair)) <= LONGEST:
        query = {PAIR: "/".join(pair), **request.GET.dict()}
        raise AskAgain(f"{MARK}?{urlencode(query)}")
    if whole is None or not whole.startswith(f"{sender}/"):
        raise Invalid("A user id is too long, or holds a slash that is not percent-encoded.")
    return sender, whole.removeprefix(f"{sender}/")
