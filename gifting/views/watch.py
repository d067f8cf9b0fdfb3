"""The receiver's page: what the QR code and the mail open."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gifting.errors import NotFound
from gifting.models import VideoContainer
from gifting.services import links
from gifting.services.containers import CLOSED
from gifting.views import pages


@login_not_required
@require_safe
def watch_page(request: HttpRequest, token: str) -> HttpResponse:
    """The message once it is live; until then, and after the end, a page that says nothing about it."""
    try:
        container = links.open_watch_link(token=token)
    except NotFound:
        return pages.not_found(request)
    if template := _silence(container):
        return pages.page(request, template, order=container.order, context={})
    context = pages.message_context(container)
    return pages.page(request, "gifting/watch.html", order=container.order, context=context)


def _silence(container: VideoContainer) -> str:
    """The neutral page to show instead of the message; empty where the message may be seen."""
    if container.state in CLOSED:
        return "gifting/watch_closed.html"
    if not container.is_live:
        return "gifting/watch_waiting.html"
    return "" if container.has_message else "gifting/watch_empty.html"
