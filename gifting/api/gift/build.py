"""The /v1 API as URLs: django-ninja's calls, found by addresses as clients wrote them."""

import re
from typing import Any

from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from gifting.api.errors import MethodNotAllowed
from gifting.api.gift import document, envelope, gifts, packages, paths
from gifting.api.gift.auth import AppKey


def build_api() -> NinjaAPI:
    """The API with its routers. Nothing of it exists until somebody calls this."""
    api = NinjaAPI(
        title="Giftcast gift packs",
        version="1",
        description=document.DESCRIPTION,
        urls_namespace="gifting:v1",
        auth=AppKey(),
        docs_url="/docs" if apps.is_installed("ninja") else None,  # Never from a CDN.
        docs_decorator=require_safe,
    )
    api.add_exception_handler(Exception, _refuse)
    api.add_router("/gift", gifts.router)
    api.add_router("", packages.router)
    return api


def _refuse(request: HttpRequest, exc: Any) -> HttpResponse:
    return envelope.error(exc)


PATTERNS, APP_NAME, NAMESPACE = build_api().urls
# What stands between the slashes of each address; a name in angle brackets takes any text.
CALLS: list[tuple[list[str], Any]] = [
    (str(pattern.pattern).split("/"), pattern.callback) for pattern in PATTERNS
]


@csrf_exempt
@login_not_required
def serve(request: HttpRequest, rest: str) -> HttpResponse:
    """Everything that begins with /v1. Nothing of the framework's own gets out. HEAD is a GET."""
    method = request.method
    request.method = "GET" if method == "HEAD" else method
    try:
        view, named = _find(paths.parts(request, rest))
        return _in_our_words(view(request, **named))
    except Exception as exc:
        return envelope.error(exc)
    finally:
        request.method = method


def _find(parts: list[str]) -> tuple[Any, dict[str, str]]:
    """Raises Http404."""
    for template, view in CALLS:
        pairs = list(zip(template, parts, strict=False))
        if len(template) == len(parts) and all(_is_name(wanted) or wanted == part for wanted, part in pairs):
            return view, {wanted[1:-1]: part for wanted, part in pairs if _is_name(wanted)}
    raise Http404


def _is_name(wanted: str) -> bool:
    return wanted.startswith("<")


def _in_our_words(response: HttpResponse) -> HttpResponse:
    if response.status_code != 405:
        return response
    allowed = {*response["Allow"].split(", ")}
    raise MethodNotAllowed(allowed=", ".join(sorted(allowed | {"HEAD"} if "GET" in allowed else allowed)))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For `handler400`: what Django refuses before it looks for an address, such as a wrong Host header."""
    if re.match(r"/v1(/|\Z)", request.path_info):
        return envelope.error(BadRequest())
    return defaults.bad_request(request, exception)


api_urls: list[Any] = [
    re_path(r"^(?P<rest>(?:/[\s\S]*)?)\Z", serve),
    path("/", include((PATTERNS, APP_NAME), namespace=NAMESPACE)),  # Only for the names of its addresses.
]
