"""The giver's page: the widget, for whoever was mailed the recording link."""

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gifting.conf import conf
from gifting.errors import NotFound
from gifting.models import VideoContainer
from gifting.services import hosting, links
from gifting.services.containers import CLOSED
from gifting.views import pages


@login_not_required
@require_safe
def record_page(request: HttpRequest, urid: str) -> HttpResponse:
    """The widget with a few warm words. What the giver may still do, the widget says.

    A hosted gift has such a page in its account, and leads there.
    """
    try:
        container = links.open_giver_link(urid=urid)
    except NotFound:
        return pages.not_found(request)
    if container.is_hosted and container.state in CLOSED:
        return pages.page(request, "gifting/watch_closed.html", order=container.order, context={})
    if container.is_hosted and container.hosted.recording_url:
        return pages.elsewhere(container.hosted.recording_url)
    context = {"container": container, "order": container.order, "max_seconds": conf().MAX_VIDEO_SECONDS}
    response = pages.page(request, "gifting/record.html", order=container.order, context=context)
    response["Permissions-Policy"] = permissions(container)
    return response


def permissions(container: VideoContainer | None) -> str:
    """Camera and microphone for this page, and for what a hosted account's widget puts into it."""
    widget = hosting.find_widget(container) if container else None
    parts = urlsplit(widget.script if widget else "")
    allowed = f'(self "{parts.scheme}://{parts.netloc}")' if parts.netloc else "(self)"
    return f"camera={allowed}, microphone={allowed}"
