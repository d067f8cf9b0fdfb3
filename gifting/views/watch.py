"""The receiver's page: what the QR code and the mail open, and what it tells when the message is played."""

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from gifting.errors import NotFound
from gifting.models import VideoContainer
from gifting.services import links, seen
from gifting.services.containers import CLOSED
from gifting.views import pages


@login_not_required
@require_safe
def watch_page(request: HttpRequest, token: str) -> HttpResponse:
    """The message once it is live; until then, and after the end, a page that says nothing about it.

    A hosted gift has such a page in its account, and leads there.
    """
    try:
        container = links.open_watch_link(token=token)
    except NotFound:
        return pages.not_found(request)
    if template := _silence(container):
        return pages.page(request, template, order=container.order, context={})
    if container.is_hosted:
        return pages.elsewhere(container.hosted.watch_url)
    context = pages.message_context(container)
    return pages.page(request, "gifting/watch.html", order=container.order, context=context)


def _silence(container: VideoContainer) -> str:
    """The neutral page to show instead of the message; empty where the message may be seen."""
    if container.state in CLOSED or container.is_withdrawn:
        return "gifting/watch_closed.html"
    if container.is_hosted:
        return "" if container.hosted.watch_url else "gifting/watch_waiting.html"
    if not container.is_live:
        return "gifting/watch_waiting.html"
    return "" if container.has_message else "gifting/watch_empty.html"


@login_not_required
@csrf_exempt  # A token would need a cookie; the page's own origin says as much.
@require_POST
def message_seen(request: HttpRequest, token: str) -> HttpResponse:
    """The page says that the message is being played. The answer is the same whether or not that is news."""
    if not _is_from_here(request):
        return HttpResponse(status=403, headers=pages.PRIVATE)
    try:
        container = links.open_watch_link(token=token)
    except NotFound:
        return pages.not_found(request)
    if not _is_staff(request):
        seen.mark_seen(container=container, now=timezone.now())
    return HttpResponse(status=204, headers=pages.PRIVATE)


def _is_from_here(request: HttpRequest) -> bool:
    """Browsers say so themselves; older ones name the page's origin at least."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    try:
        return urlsplit(request.headers.get("Origin", "")).netloc == request.get_host()
    except ValueError:  # Not an address at all.
        return False


def _is_staff(request: HttpRequest) -> bool:
    """Somebody of the shop who looks at the page has not received the gift."""
    user = getattr(request, "user", None)
    return bool(user and user.is_staff)
