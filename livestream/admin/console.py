"""The live console: a page, what it shows as JSON, and one address for each thing it does."""

import json
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from livestream.admin import console_state
from livestream.admin.actors import staff_actor
from livestream.admin.console_deeds import DEEDS, Deed, Situation
from livestream.admin.console_words import words
from livestream.admin.sentences import sentence
from livestream.conf import conf
from livestream.errors import (
    BusUnavailable,
    IllegalMove,
    Invalid,
    LivestreamError,
    NotEndable,
    NotFound,
    NotLive,
    VendorRejected,
)
from livestream.models import LiveStream
from livestream.policy import policy

MAX_BODY = 16_384
STATUS = {
    NotFound: 404,
    NotLive: 409,
    NotEndable: 409,
    IllegalMove: 409,
    Invalid: 400,
    VendorRejected: 409,
}


class ConsolePages:
    """For the admin of livestreams: `<livestream>/console/`, and what its page asks for."""

    def console_urls(self) -> list[URLPattern]:
        pages = [
            ("", require_safe(self.console_view), "console"),
            ("state/", require_safe(self.console_state_view), "console_state"),
            ("search/", require_safe(self.console_search_view), "console_search"),
        ]
        pages += [
            (f"{name}/", require_POST(partial(self.console_deed_view, deed=deed)), f"console_{name}")
            for name, deed in DEEDS.items()
        ]
        return [
            path(
                f"<int:pk>/console/{route}",
                self.admin_site.admin_view(never_cache(view)),
                name=f"livestream_livestream_{name}",
            )
            for route, view, name in pages
        ]

    def console_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page. Whoever may look at livestreams sees it; the buttons are those that they may press."""
        stream = self._console_stream(request, pk)
        names = [name for name, deed in DEEDS.items() if request.user.has_perm(deed.permission)]
        config = {
            "urls": {name: self._console_url(stream, name) for name in ("state", "search", *DEEDS)},
            "may": names,
            "hls": conf().HLS_JS_URL,
            "hosted": bool(stream.remote_id and stream.channel.backend),
            "csrf": get_token(request),
            "first": self._document(stream),
            "tray": console_state.tray(stream),
            "words": words(),
            "language": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        }
        context = {
            **self.admin_site.each_context(request),
            "is_nav_sidebar_enabled": False,
            "opts": self.opts,
            "title": _("Console"),
            "watch": reverse("livestream:watch", args=[stream.public_id]),
            "original": stream,
            "config": config,
            "may": names,
            "may_pin": "pin" in names,
            "may_edit": self.has_change_permission(request, stream),
        }
        headers = {"Content-Security-Policy": policy(is_secure=request.is_secure())}
        return TemplateResponse(request, "livestream/admin/console.html", context, headers=headers)

    def console_state_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the page shows now."""
        stream = self._console_stream(request, pk)
        return JsonResponse({**self._document(stream), "csrf": get_token(request)})

    def console_search_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """`?q=`: products of the catalogue that are not in the tray."""
        stream = self._console_stream(request, pk)
        text = request.GET.get("q", "").replace("\0", "")[:100]
        return JsonResponse({"products": console_state.found(stream, text)})

    def console_deed_view(self, request: HttpRequest, pk: int, deed: Deed) -> HttpResponse:
        """Do it, and answer with what the page shows then; or with `error`, a sentence.

        `warning` is a sentence about what is done all the same.
        """
        if not (self.has_view_permission(request) and request.user.has_perm(deed.permission)):
            return JsonResponse({"error": _("You are not allowed to do this.")}, status=403)
        stream = self._console_stream(request, pk)
        warning = ""
        try:
            said = _body(request)
            deed.run(Situation(stream, said, staff_actor(request), timezone.now()))
        except BusUnavailable as exc:
            warning = sentence(exc)
        except LivestreamError as exc:
            return JsonResponse({"error": sentence(exc)}, status=_status(exc))
        stream = self._console_stream(request, pk)
        tray = {"tray": console_state.tray(stream)} if deed.fills_tray else {}
        return JsonResponse({**self._document(stream), **tray, "warning": warning})

    def _document(self, stream: LiveStream) -> dict[str, Any]:
        return console_state.console_state(stream, now=timezone.now())

    def _console_url(self, stream: LiveStream, name: str) -> str:
        return reverse(f"{self.admin_site.name}:livestream_livestream_console_{name}", args=[stream.pk])

    def _console_stream(self, request: HttpRequest, pk: int) -> LiveStream:
        """Raises PermissionDenied before it tells whether there is such a livestream."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        stream = LiveStream.objects.select_related("channel").filter(pk=pk).first()
        if stream is None:
            raise Http404
        return stream


def _body(request: HttpRequest) -> dict[str, Any]:
    """A JSON object. Raises Invalid."""
    unread = Invalid(_("The page sent something that cannot be read. Load it again."))
    if len(request.body) > MAX_BODY:
        raise unread
    try:
        said = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise unread from None
    if not isinstance(said, dict) or not _can_be_kept(said):
        raise unread
    return said


def _can_be_kept(said: dict[str, Any]) -> bool:
    """Databases take neither a zero byte nor half a character."""
    try:
        return b"\\u0000" not in json.dumps(said, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False


def _status(exc: LivestreamError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(exc, kind)), 503)
