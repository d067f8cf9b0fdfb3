"""The API as URLs: django-ninja's, each behind a door that speaks the contract's words alone."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from livestream.api import document, reads, writes
from livestream.api.errors import MethodNotAllowed, error_response

View = Callable[..., HttpResponse]


def build_api() -> NinjaAPI:
    """The API with its routers. Nothing of it exists until somebody calls this."""
    api = NinjaAPI(
        title="Giftcast livestreams",
        version="1",
        description=document.DESCRIPTION,
        urls_namespace="livestream:api",
        docs_url="/docs" if apps.is_installed("ninja") else None,  # Never from a CDN.
        docs_decorator=require_safe,
    )
    api.add_exception_handler(Exception, _refuse)
    api.add_router("/v1/live_streams", reads.router("v1"))
    api.add_router("/v1/live_streams", writes.router)
    api.add_router("/oauth_app/live_streams", reads.router("oauth_app", deprecated=True))
    return api


def _refuse(request: HttpRequest, exc: Any) -> HttpResponse:
    return error_response(exc)


def door(view: View) -> View:
    """Nothing of the framework's own gets out: no 404, no 405, no traceback. HEAD is a GET."""

    @csrf_exempt
    @login_not_required
    @transaction.non_atomic_requests  # What a commit has to say is said in the answer.
    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        method = request.method
        request.method = "GET" if method == "HEAD" else method
        try:
            return _in_our_words(view(request, *args, **kwargs))
        except Exception as exc:
            return error_response(exc)
        finally:
            request.method = method

    return inside


def _in_our_words(response: HttpResponse) -> HttpResponse:
    if response.status_code != 405:
        return response
    allowed = {*response["Allow"].split(", ")}
    raise MethodNotAllowed(allowed=", ".join(sorted(allowed | {"HEAD"} if "GET" in allowed else allowed)))


def unknown_address(request: HttpRequest) -> HttpResponse:
    """Whatever else begins with /api."""
    raise Http404


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For a project's `handler400`, of addresses that begin with /api."""
    return error_response(exception)


def _behind_a_door(pattern: Any) -> URLPattern:
    return URLPattern(pattern.pattern, door(pattern.callback), pattern.default_args, pattern.name)


def _urls() -> list[Any]:
    patterns, app_name, namespace = build_api().urls
    doors = [_behind_a_door(pattern) for pattern in patterns]
    return [
        path("/", include((doors, app_name), namespace=namespace)),
        re_path(r"^(?:/|$)", door(unknown_address)),
    ]


api_urls = _urls()
