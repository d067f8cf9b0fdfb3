"""Calls from the pages of shops: one door for them, open to the origins that their brand registered."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TypeVar
from urllib.parse import urlsplit

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from gifting.api.errors import MethodNotAllowed, error_response
from gifting.conf import conf
from gifting.errors import GiftingError
from gifting.models import Brand

Target = TypeVar("Target")
Handler = Callable[[HttpRequest, Target], HttpResponse]
PREFLIGHT_SECONDS = 3600
TUS_HEADERS = (
    "Tus-Resumable, Upload-Checksum, Upload-Defer-Length, Upload-Length, Upload-Metadata, Upload-Offset"
)
ACCEPTED = f"Content-Type, X-Edit-Key, X-HTTP-Method-Override, X-Request-ID, X-Requested-With, {TUS_HEADERS}"
EXPOSED = (
    "Location, Retry-After, Tus-Checksum-Algorithm, Tus-Extension, Tus-Max-Size, Tus-Resumable, Tus-Version, "
    "Upload-Defer-Length, Upload-Expires, Upload-Length, Upload-Metadata, Upload-Offset"
)
DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def serve(
    request: HttpRequest,
    *,
    find: Callable[[], Target],
    brand_of: Callable[[Target], Brand],
    methods: Mapping[str, Handler[Target]],
    method: str = "",
    errors: Callable[[Exception], HttpResponse] = error_response,
) -> HttpResponse:
    """Answer by the handler of the method, with what the address names; every exception by `errors`.

    A preflight cannot know more than the address: where that names no brand, any brand's origin may go on.
    """
    target, allowed = None, ", ".join(["OPTIONS", *methods])
    try:
        if request.method == "OPTIONS":
            response = empty(204, {"Allow": allowed})
            with suppress(GiftingError):
                target = find()
        else:
            target = find()
            response = _handler(methods, method or request.method or "", allowed)(request, target)
    except Exception as exc:
        response = errors(exc)
    patch_vary_headers(response, ["Origin"])
    try:
        if _is_foreign(request):
            _open(response, request, brand_of(target) if target else None, allowed)
    except DatabaseError as exc:
        return errors(exc)
    return response


def _handler(methods: Mapping[str, Handler[Target]], method: str, allowed: str) -> Handler[Target]:
    if method not in methods:
        raise MethodNotAllowed(allowed=allowed)
    return methods[method]


def empty(status: int, headers: Mapping[str, str]) -> HttpResponse:
    """A response without a body, and without a word on what type the nothing has."""
    response = HttpResponse(status=status, headers=dict(headers))
    del response["Content-Type"]
    return response


def _is_foreign(request: HttpRequest) -> bool:
    """Our own pages need no permission, and so their chunks need no look at the brand."""
    origin = request.headers.get("Origin", "")
    return bool(origin) and origin.lower() != f"{request.scheme}://{request.get_host()}".lower()


def _open(response: HttpResponse, request: HttpRequest, brand: Brand | None, allowed: str) -> None:
    origin = request.headers["Origin"]
    if not _may_read(origin, brand):
        return
    response["Access-Control-Allow-Origin"] = origin
    response["Access-Control-Expose-Headers"] = EXPOSED
    if request.method == "OPTIONS":
        response["Access-Control-Allow-Methods"] = allowed
        response["Access-Control-Allow-Headers"] = ACCEPTED
        response["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)


def _may_read(origin: str, brand: Brand | None) -> bool:
    brands = [brand] if brand else Brand.objects.only("base_url", "widget_origins")
    return any(origin.lower() in _origins(one) for one in brands)


def _origins(brand: Brand) -> set[str]:
    """Where pages with the widget may be: the shop's registered origins, and our own."""
    return {_origin(url) for url in (*brand.widget_origins, brand.base_url, conf().PUBLIC_BASE_URL) if url}


def _origin(url: str) -> str:
    """As browsers write it: lower case, and no port where it is the scheme's own."""
    parts = urlsplit(url.lower())
    return f"{parts.scheme}://{parts.netloc}".removesuffix(DEFAULT_PORTS.get(parts.scheme, ":"))
